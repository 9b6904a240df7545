"""A payment mechanism as it is declared: its words, its parameters, its rules, and examples that have to come out."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from marketplace.frameworks.schema.base import Count, Declared, DeclaredFile, Identifier, Source, Words, twice


class MechanismParameter(Declared):
    """Something that the contract gives the mechanism, by the id that its template uses; `default` where it may not."""

    id: Identifier
    label: Words
    meaning: Words
    default: str = ""


class MechanismRule(Declared):
    """What the mechanism does in one case, in words that a text of the contract can repeat."""

    id: Identifier
    label: Words
    words: Words
    source: Source


class WorkedExample(Declared):
    """What is put in, as `desk settle` takes it, and the pence that have to come out: in all, and of each party."""

    id: Identifier
    label: Words
    given: dict[str, Any]
    total_pence: Count
    owed_pence: dict[str, Count] = {}
    source: Source


class Mechanism(DeclaredFile):
    """One way to pay by results."""

    explanation: Words
    formula: Words
    rounding: Words
    source: Source
    parameters: Annotated[tuple[MechanismParameter, ...], Field(min_length=1)]
    rules: Annotated[tuple[MechanismRule, ...], Field(min_length=1)]
    examples: Annotated[tuple[WorkedExample, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _everything_stands_once(self) -> Self:
        for part in (self.parameters, self.rules, self.examples):
            if repeated := twice(each.id for each in part):
                raise ValueError(f"{repeated} stands twice")
        return self

    def rule(self, name: str) -> MechanismRule:
        """Raises KeyError for a rule that is not declared."""
        found = {rule.id: rule for rule in self.rules}
        return found[name]

    def amended_by(self, newer: Self) -> Self:
        """A next version of a mechanism is written out in full: money is read in one piece."""
        return newer
