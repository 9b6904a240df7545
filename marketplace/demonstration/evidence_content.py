"""The shape of frameworks/demonstration/evidence.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marketplace.evidence.schemas.files import COLUMNS
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared


class MemberOf(Declared):
    """A study of a series; `found` are the estimate and its interval, `arms` people and events of both groups."""

    title: str
    began: int
    ended: int
    published: int
    participants: int
    sites: int
    found: tuple[str, str, str]
    arms: tuple[int, ...] = ()
    changes: dict[str, str] = {}


class SeriesOf(Declared):
    """Studies that share what `shared` says, and what the series that is `named` so says before it."""

    product: str
    version: str
    shared: dict[str, str]
    result: dict[str, str]
    studies: tuple[MemberOf, ...]
    named: str = ""
    like: str = ""


class ClaimOf(Declared):
    """A claim as its form sends it, published so many days ago."""

    product: str
    words: str
    measure: str
    effect: str
    better: str
    direction: str
    role: str
    published: int
    unit: str = ""
    size: str = ""
    setting: str = ""
    population: str = ""


class ReadingOf(Declared):
    """A study read by two people; `second` is where the other says otherwise, `agreed` what both then say of it."""

    study: str
    days_ago: int
    tool: str
    readers: tuple[str, str]
    answers: dict[str, str]
    reason: str = ""
    second: dict[str, str] = {}
    agreed: dict[str, str] = {}


class CertaintyOf(Declared):
    claim: str
    days_ago: int
    by: str
    start: str
    steps: dict[str, int]
    reasons: dict[str, str]


class LookUpOf(Declared):
    study: str
    days_ago: int
    by: str
    what: str
    outcome: str
    note: str = ""


class Source(Declared):
    document: str


class EvidenceOf(Declared):
    """The whole file."""

    id: str
    version: int
    label: str
    date: Any
    source: Source
    demonstration: bool
    series: tuple[SeriesOf, ...]
    claims: tuple[ClaimOf, ...]
    readings: tuple[ReadingOf, ...]
    certainties: tuple[CertaintyOf, ...]
    lookups: tuple[LookUpOf, ...]

    def members(self) -> Iterator[tuple[SeriesOf, MemberOf, dict[str, str]]]:
        """Every study with its series and the fields that its form sends, but for days."""
        shared: dict[str, dict[str, str]] = {}
        for series in self.series:
            common = {**shared.get(series.like, {}), **series.shared}
            shared[series.named or series.product] = common
            for member in series.studies:
                yield series, member, _fields(series, member, common)


def read_evidence(folder: Path) -> EvidenceOf:
    """Raises Invalid with file and line."""
    return declared(EvidenceOf, read(folder / "evidence.yaml", "evidence.yaml"))


def result_of(series: SeriesOf, member: MemberOf) -> dict[str, str]:
    """The result of a study as its form sends it."""
    estimate, low, high = member.found
    arms = dict(zip(("arm1_n", "arm1_events", "arm2_n", "arm2_events"), map(str, member.arms), strict=False))
    told = {"estimate": estimate, "low": low, "high": high, "participants": str(member.participants), **arms}
    return {name: value for name, value in {**series.result, **told}.items() if name in COLUMNS}


def _fields(series: SeriesOf, member: MemberOf, common: dict[str, str]) -> dict[str, str]:
    estimate, low, high = member.found
    fields = {"country": "gb", **common, **member.changes, "title": member.title, "version_number": series.version}
    for name in ("plain_summary", "summary"):
        fields[name] = fields[name].format(estimate=estimate, low=low, high=high)
    return {**fields, "participants": str(member.participants), "sites": str(member.sites)}
