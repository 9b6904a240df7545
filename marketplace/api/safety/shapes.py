"""Shapes of clinical safety, as programs send and read them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marketplace.api.shapes import In, Line, Out, Text
from marketplace.assurance.models import Hazard, SafetyCase
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.rules.safety.hazards import Hindrance, rated_all
from marketplace.frameworks.loader import Frameworks


class HazardIn(In):
    """A line of a hazard log. Severities and likelihoods are ids of GET /v1/safety-scheme; empty where not rated."""

    name: Line
    effect: Text
    causes: Text
    description: Text = ""
    controls: Text = ""
    severity: Line = ""
    likelihood: Line = ""
    design: Text = ""
    test: Text = ""
    process: Text = ""
    training: Text = ""
    residual_severity: Line = ""
    residual_likelihood: Line = ""
    reason: Text = ""
    action: Text = ""
    owner: Line = ""
    state: Line = "open"
    handed_over: Text = ""


class HazardOut(Out):
    """A line of a log; `before` and `after` are levels of the declared matrix, None where not rated.

    A change of it sends `version` in If-Match.
    """

    number: int
    name: str
    description: str
    effect: str
    causes: str
    controls: str
    severity: str
    likelihood: str
    before: int | None
    added: dict[str, str]
    residual_severity: str
    residual_likelihood: str
    after: int | None
    reason: str
    action: str
    owner: str
    state: str
    handed_over: str
    is_handed_over_to_us: bool
    disposition: str
    disposition_reason: str
    version: int


class HindranceOut(Out):
    """Why something cannot be done yet; `number` is that of a hazard, 0 for the log as a whole."""

    number: int
    words: str


class ReportIn(In):
    """What the clinical safety officer writes; the rest of the report comes from the record and the log."""

    phase: Line
    officer: Line
    registration: Line
    management: Text
    analysis: Text
    control: Text
    outstanding: Text
    statement: Text


class ReportOut(Out):
    """A safety case report as it was given out; `document` is every word of it, empty in lists."""

    ref: str
    number: int
    phase: str
    version: str
    officer: str
    issued_on: date
    digest: str
    document: dict[str, Any] = {}


class LogOut(Out):
    """A hazard log, what stops the next report, and the reports so far, newest first."""

    hazards: list[HazardOut]
    blocked: list[HindranceOut]
    reports: list[ReportOut]


class ReceiptOut(Out):
    """How far one organisation is with a notice."""

    organisation: str
    grounds: list[str]
    standing: str
    due: date | None
    is_late: bool
    acknowledged_at: datetime | None
    answer: str
    words: str
    reminded: int


def raw_of(body: In) -> dict[str, str]:
    """What was sent, under the names that forms use: residual-severity for residual_severity."""
    return {name.replace("_", "-"): str(value) for name, value in body.model_dump().items() if value is not None}


def hazards_out(hazards: Sequence[Hazard], frameworks: Frameworks) -> list[HazardOut]:
    rows = rated_all(hazards, matrix_of(frameworks))
    return [hazard_out(hazard, row.before, row.after) for hazard, row in zip(hazards, rows, strict=True)]


def hazard_out(hazard: Hazard, before: Any, after: Any) -> HazardOut:
    return HazardOut(
        number=hazard.number, name=hazard.name, description=hazard.description, effect=hazard.effect,
        causes=hazard.causes, controls=hazard.controls, severity=hazard.severity, likelihood=hazard.likelihood,
        before=before.level if before else None, added=hazard.added, residual_severity=hazard.residual_severity,
        residual_likelihood=hazard.residual_likelihood, after=after.level if after else None, reason=hazard.reason,
        action=hazard.action, owner=hazard.owner, state=hazard.state, handed_over=hazard.handed_over,
        is_handed_over_to_us=hazard.origin_id is not None, disposition=hazard.disposition,
        disposition_reason=hazard.disposition_reason, version=hazard.row_version,
    )  # fmt: skip


def blocked_out(found: Sequence[Hindrance]) -> list[HindranceOut]:
    return [HindranceOut(number=each.number, words=each.words) for each in found]


def report_out(report: SafetyCase, *, whole: bool = False) -> ReportOut:
    return ReportOut(
        ref=report.ref, number=report.number, phase=report.phase, version=report.version.number,
        officer=report.officer, issued_on=report.issued_on, digest=report.digest,
        document=report.document if whole else {},
    )  # fmt: skip
