"""Which questions describe a product version, in which sections, and for which kinds of product."""

from typing import Literal, Self

from pydantic import model_validator

from marketplace.frameworks.schema.base import (
    Declared,
    DeclaredFile,
    Flag,
    Identifier,
    Source,
    Words,
    amended,
    twice,
)


class Placement(Declared):
    """A question in its place. Without `kinds` it is asked of every kind that its section is for."""

    question: Identifier
    kinds: tuple[Identifier, ...] = ()
    required_for: tuple[Identifier, ...] | Literal["all"] = ()
    compared: Flag = True


class SectionDeclared(Declared):
    """A section of the form. `stands-above` puts its answers over whatever else the supplier writes."""

    id: Identifier
    label: Words
    hint: str = ""
    kinds: tuple[Identifier, ...] = ()
    stands_above: Flag = False
    questions: tuple[Placement, ...]


class Description(DeclaredFile):
    """The whole form. A next version names the sections that changed, each in full, and those `retired`."""

    source: Source
    kinds_from: Identifier
    sections: tuple[SectionDeclared, ...]
    retired: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _everything_stands_once(self) -> Self:
        if repeated := twice(section.id for section in self.sections):
            raise ValueError(f"the section {repeated} stands twice")
        if repeated := twice(place.question for section in self.sections for place in section.questions):
            raise ValueError(f"the question {repeated} stands twice")
        return self

    def amended_by(self, newer: Self) -> Self:
        """Raises ValueError when a question would then stand twice, or a section is retired that there never was."""
        sections = amended(self.sections, newer.sections)
        if unknown := set(newer.retired) - {section.id for section in sections}:
            raise ValueError(f"retires {', '.join(sorted(unknown))}, which it never had")
        kept = tuple(section for section in sections if section.id not in newer.retired)
        if repeated := twice(place.question for section in kept for place in section.questions):
            raise ValueError(f"the question {repeated} stands twice")
        return newer.model_copy(update={"sections": kept, "retired": ()})
