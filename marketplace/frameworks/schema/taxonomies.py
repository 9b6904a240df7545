"""Published lists of options: care settings, purposes, countries and the like."""

from typing import Self

from pydantic import model_validator

from marketplace.frameworks.schema.base import DeclaredFile, Identifier, Option, Source, amended, twice


class Taxonomy(DeclaredFile):
    """One list. A next version names options that are new or reworded, and in `retired` those no longer offered."""

    source: Source
    options: tuple[Option, ...]
    retired: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _options_stand_once(self) -> Self:
        if repeated := twice(option.id for option in self.options):
            raise ValueError(f"the option {repeated} stands twice")
        return self

    def amended_by(self, newer: Self) -> Self:
        """Raises ValueError when the newer version retires an option that there never was."""
        options = amended(self.options, newer.options)
        if unknown := set(newer.retired) - {option.id for option in options}:
            raise ValueError(f"retires {', '.join(sorted(unknown))}, which it never offered")
        kept = tuple(o.model_copy(update={"retired": o.retired or o.id in newer.retired}) for o in options)
        return newer.model_copy(update={"options": kept, "retired": ()})
