"""What every declared file has in common: whole words, no unknown keys, an id for life, a version, a source."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Protocol, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHORT = re.compile(r"[a-z][0-9]*")


def _kebab(text: str) -> str:
    if not _KEBAB.fullmatch(text):
        raise ValueError(f"“{text}” is not an id: use small letters, digits and single hyphens, such as care-setting")
    return text


def _as_written(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def titled(name: str, label: str) -> str:
    """A label behind its id where that is a code that people know: “C1 Clinical safety”."""
    return f"{name.upper()} {label}" if _SHORT.fullmatch(name) else label


def twice(ids: Iterable[str]) -> str:
    """The ids that stand more than once, in quotes; empty when there are none."""
    return ", ".join(f"“{each}”" for each, times in Counter(ids).items() if times > 1)


Identifier = Annotated[str, AfterValidator(_kebab)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Count = Annotated[int, Strict(), Field(ge=0)]
Flag = Annotated[bool, Strict()]


class Declared(BaseModel):
    """Something written in YAML: kebab-case keys, none unknown, never changed once read."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, alias_generator=_as_written)


class Source(Declared):
    """Where a rule or a word comes from. `key` names one of taxonomy/sources.yaml; `mark` says what is unsure."""

    document: Words
    section: str = ""
    key: str = ""
    mark: str = ""


class Option(Declared):
    """One of the answers to choose from. A retired option can still be read, and no longer chosen."""

    id: Identifier
    label: Words
    hint: str = ""
    group: str = ""
    retired: Flag = False


class DeclaredFile(Declared):
    """The head of a file. Version 1 stands in `<id>.yaml`, version 2 in `<id>.2.yaml` with only what differs."""

    id: Identifier
    version: Annotated[int, Strict(), Field(ge=1)]
    label: Words
    date: date
    note: str = ""

    def amended_by(self, newer: Self) -> Self:
        """This file with the differences of its next version put in."""
        raise NotImplementedError


class Named(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Part = TypeVar("Part", bound=Named)


def amended(older: tuple[Part, ...], newer: tuple[Part, ...]) -> tuple[Part, ...]:
    """The older parts, each replaced by the newer one of its id, then those that are new."""
    changes = {part.id: part for part in newer}
    known = {part.id for part in older}
    return tuple(changes.get(part.id, part) for part in older) + tuple(part for part in newer if part.id not in known)
