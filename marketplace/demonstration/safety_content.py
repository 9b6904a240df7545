"""The shape of frameworks/demonstration/safety.yaml."""

from pathlib import Path

from marketplace.demonstration.content import Sheet
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared


class LogOf(Declared):
    """A hazard log, with a report given out of it on the same day; hazards as their form sends them."""

    product: str
    supplier: str
    days_ago: int
    hazards: tuple[dict[str, str], ...]


class UseOf(Declared):
    """An organisation that uses a product; `live` once everything is decided on."""

    organisation: str
    product: str
    supplier: str
    days_ago: int
    place: str = ""
    live: bool = False


class IncidentOf(Declared):
    """An incident, as far as it went: what is empty did not happen yet."""

    id: str
    organisation: str
    product: str
    supplier: str
    days_ago: int
    severity: str
    words: str
    lfpse: str = ""
    judged: str = ""
    assessment: str = ""
    hazard: str = ""
    made_safe: str = ""
    cause: str = ""


class AnsweredOf(Declared):
    organisation: str
    days_ago: int
    answer: str
    words: str


class NoticeOf(Declared):
    """A notice that was sent, and who answered it; `in_days` is how long after it a change takes effect."""

    title: str
    product: str
    supplier: str
    days_ago: int
    kind: str
    what: str
    action: str
    urgency: str = ""
    risk: str = ""
    change: str = ""
    new_version: str = ""
    in_days: int = 0
    incident: str = ""
    closed: str = ""
    answers: tuple[AnsweredOf, ...] = ()


class SafetyOf(Sheet):
    report: dict[str, str]
    logs: tuple[LogOf, ...]
    deployments: tuple[UseOf, ...]
    incidents: tuple[IncidentOf, ...]
    notices: tuple[NoticeOf, ...]

    def incident(self, key: str) -> IncidentOf:
        return next(each for each in self.incidents if each.id == key)


def read_safety(folder: Path) -> SafetyOf:
    """Raises Invalid with file and line."""
    return declared(SafetyOf, read(folder / "safety.yaml", "safety.yaml"))
