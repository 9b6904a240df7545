"""What anybody may read of how a product stands under a framework: what was decided, not what was answered."""

from collections.abc import Iterable, Mapping
from datetime import date

from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.kit.values import Value

SAID = "Answered: "


class Decided(Value):
    """What a certificate adds: who gave it, and for what."""

    body: str
    scope: str


class Line(Value, kw_only=True):
    """A framework in a passport. `facts` are what a certificate of others says, by label."""

    framework: str
    version: int
    label: str
    name: str
    kind: str
    applies: bool
    reason: str
    mark: str
    status: str
    word: str
    cause: str
    said_by: str
    body: str = ""
    scope: str = ""
    until: date | None = None
    until_cause: str = ""
    conditions: tuple[Mapping[str, str], ...] = ()
    certificate: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    answered: int = 0
    asked: int = 0

    def days_left(self, on: date) -> int | None:
        """Days from a day to its last, below 0 where that is over; None without one."""
        return (self.until - on).days if self.until else None


def lines_of(standings: Iterable[FrameworkStanding], decided: Mapping[str, Decided]) -> tuple[Line, ...]:
    """The passport, framework by framework; `decided` is by the reference of a certificate."""
    return tuple(line_of(each, decided.get(each.certificate_ref or "")) for each in standings)


def line_of(standing: FrameworkStanding, decided: Decided | None) -> Line:
    """One framework. Of what only the supplier says, how much is answered and until when, and no answer."""
    framework, source = standing.framework, standing.applicability.source
    return Line(
        framework=framework.id, version=framework.version, label=framework.label, name=framework.name,
        kind=framework.kind, applies=standing.applies, reason=standing.reason, mark=source.mark if source else "",
        status=standing.status, word=standing.word, cause=_cause(standing), said_by=standing.said_by,
        body=decided.body if decided else "", scope=decided.scope if decided else "",
        until=standing.until, until_cause=standing.until_cause, conditions=standing.conformity.conditions,
        certificate=standing.certificate_ref or "" if standing.basis == "certificate" else "",
        facts=_facts(standing), answered=standing.answered, asked=standing.asked,
    )  # fmt: skip


def first_to_end(lines: Iterable[Line]) -> Line | None:
    """What ends first of what holds or has ended already."""
    dated = [each for each in lines if each.until is not None]
    return min(dated, key=lambda each: str(each.until), default=None)


def _cause(standing: FrameworkStanding) -> str:
    if standing.basis in ("answers", "attestation"):
        return f"{standing.answered} of {standing.asked} answered; nobody here has assessed it."
    return standing.cause


def _facts(standing: FrameworkStanding) -> tuple[tuple[str, str], ...]:
    """What a certificate of others says of itself: number, body, scope. Nothing where it is not in date."""
    if standing.basis != "attestation" or not standing.holds:
        return ()
    told = [each for each in standing.verdict.criteria if each.criterion.passes and each.criterion.passes.answered]
    return tuple(
        (each.criterion.label, each.reason.removeprefix(SAID).rstrip(".")) for each in told if each.status == "met"
    )
