"""Maps from what is assured at home to what other markets ask, as they are written in frameworks/crosswalks/."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from marketplace.frameworks.schema.base import Declared, DeclaredFile, Identifier, Source, Words, twice

Reach = Literal["meets", "partly", "not", "not-asked"]


class HomeRow(Declared):
    """A line of every map: `criteria` are the codes of each framework that it stands for; `named` says them short."""

    id: Identifier
    label: Words
    named: Words
    criteria: Annotated[dict[Identifier, tuple[str, ...]], Field(min_length=1)]


class Home(DeclaredFile):
    """What is assured at home, line by line."""

    rows: tuple[HomeRow, ...]

    @model_validator(mode="after")
    def _stands_once(self) -> Self:
        if repeated := twice(row.id for row in self.rows):
            raise ValueError(f"the row {repeated} stands twice")
        return self


class Only(Declared):
    """A condition on the description of a product without which the market is not open to it at all."""

    id: Identifier
    label: Words
    when: Annotated[dict[Identifier, tuple[str, ...]], Field(min_length=1)]
    because: Words


class Thing(Declared):
    """Something that has to be done for a market: the rows that it sums up."""

    id: Identifier
    label: Words
    rows: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class Demand(Declared):
    """How far a row at home satisfies what is asked there, where that stands, and why."""

    row: Identifier
    answer: Reach
    reference: str = ""
    reason: str = ""


class Market(DeclaredFile):
    """A market. `place` is how a sentence names it; `mark` says what nobody has confirmed of its rows."""

    place: Words
    mark: Words
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    only_for: tuple[Only, ...] = ()
    things: tuple[Thing, ...]
    rows: tuple[Demand, ...]

    @model_validator(mode="after")
    def _stands_once(self) -> Self:
        for told, names in (("row", [each.row for each in self.rows]), ("thing", [each.id for each in self.things])):
            if repeated := twice(names):
                raise ValueError(f"the {told} {repeated} stands twice")
        if repeated := twice(row for thing in self.things for row in thing.rows):
            raise ValueError(f"the row {repeated} belongs to two things")
        return self
