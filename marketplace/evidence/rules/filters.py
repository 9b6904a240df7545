"""What a study is like, for whoever picks products out by the studies behind them."""

from datetime import date
from functools import cached_property

from pydantic import Field

from marketplace.evidence.rules.declared import Declared, Origin
from marketplace.kit.values import Value

ABROAD, AT_HOME, NOT_STATED = "abroad", "uk", "not-stated"


class Choice(Declared):
    """A value of a filter."""

    id: str
    label: str


class Band(Choice):
    """How many took part: from this number to the next band; `start` is None for a study that does not say."""

    start: int | None = Field(default=None, alias="from")


class FilterRules(Declared):
    """frameworks/evidence/filters.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    home: str
    backing: tuple[Choice, ...]
    places: tuple[Choice, ...]
    sizes: tuple[Band, ...]

    @cached_property
    def rising(self) -> tuple[Band, ...]:
        """The bands that begin at a number, the smallest first."""
        return tuple(sorted((each for each in self.sizes if each.start is not None), key=lambda each: each.start or 0))

    def bounds(self, band: str) -> tuple[int | None, int | None]:
        """The least number of a band, and the number that is beyond it. Raises KeyError for one that is none."""
        ids = [each.id for each in self.rising]
        if band not in ids:
            raise KeyError(band)
        place = ids.index(band)
        return self.rising[place].start, self.rising[place + 1].start if place + 1 < len(ids) else None


class StudyKind(Value, order=True):
    """A study as the filters see it: who stands behind it, where it was made, how many took part."""

    by: str
    place: str
    size: str


def kind_of(independence: str, country: str, participants: int | None, rules: FilterRules) -> StudyKind:
    """The kind of a study. `independence` is one of rules/effects.py."""
    place = (AT_HOME if country == rules.home else ABROAD) if country else NOT_STATED
    return StudyKind(independence, place, size_of(participants, rules))


def size_of(participants: int | None, rules: FilterRules) -> str:
    """The band that a number of people falls in."""
    if participants is None:
        return NOT_STATED
    return [band.id for band in rules.rising if participants >= (band.start or 0)][-1]
