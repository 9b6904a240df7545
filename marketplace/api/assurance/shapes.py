"""What goes out of assurance: verdicts criterion by criterion, cases with their clock, certificates as they stand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marketplace.api.shapes import Out
from marketplace.assurance.models import Case, Certificate, Clarification, Opinion
from marketplace.assurance.queries.given import Papers
from marketplace.assurance.rules.clock import Clock
from marketplace.assurance.rules.conformity import Conformity
from marketplace.assurance.rules.verdicts import CriterionVerdict, Verdict


class CriterionOut(Out):
    """A criterion: its answer, what the declared rule and the findings come to, until when, and what was found."""

    code: str
    question: str
    label: str
    section: str
    assessed: str
    status: str
    reason: str
    until: date | None
    cause: str
    value: Any = None
    dated: date | None = None
    documents: list[dict[str, str]] = []
    judgement: str = ""
    note: str = ""
    condition: str = ""


class VerdictOut(Out):
    """The least of the parts that must pass. `until` is the last day on which every dated part holds."""

    status: str
    cause: str
    until: date | None
    until_cause: str
    criteria: list[CriterionOut]


class ClockOut(Out):
    """Working days: those used and left to the assessors, and while a question is open those left to the supplier."""

    used: int
    left: int
    is_stopped: bool
    supplier_left: int | None
    supplier_due: date | None


class ClarificationOut(Out):
    id: UUID
    code: str
    words: str
    asked_at: datetime
    due_on: date
    reply: str
    replied_at: datetime | None


class OpinionOut(Out):
    """What an assessor says the outcome is, over the digest of everything that was seen."""

    stage: str
    by: str
    outcome: str
    reasons: str
    seen: str
    at: datetime


class CaseOut(Out):
    """A case. `state` is applied, assigned, in-assessment, clarification, proposed, disagreed, decided or withdrawn."""

    ref: str
    product: str
    name: str
    version: str
    supplier: str
    body: str
    framework: str
    framework_version: int
    state: str
    outcome: str
    scope: str
    applied_at: datetime
    ended_at: datetime | None
    assessors: list[str]
    clock: ClockOut


class CaseWholeOut(CaseOut):
    """A case with its papers, as it stands or as it stood at the end of `on`."""

    on: date | None
    verdict: VerdictOut
    clarifications: list[ClarificationOut]
    opinions: list[OpinionOut]
    certificate: str


class ConditionOut(Out):
    code: str
    condition: str
    due_on: date | None


class ConformityOut(Out):
    """How it stands today, worked out from dated parts: `status` is of the taxonomy `conformity`."""

    status: str
    word: str
    cause: str
    holds: bool
    until: date | None
    until_cause: str
    certificate: str | None


class CertificateOut(Out):
    """A certificate as it was given out, and how it stands today."""

    ref: str
    product: str
    name: str
    version: str
    edition: int
    supplier: str
    body: str
    framework: str
    framework_version: int
    outcome: str
    scope: str
    conditions: list[ConditionOut]
    issued_on: date
    state: str
    state_reason: str
    today: ConformityOut
    accepted_by: list[str]
    document: str


def criterion_out(verdict: CriterionVerdict, papers: Papers) -> CriterionOut:
    criterion = verdict.criterion
    given, finding = papers.given.get(criterion.question_id), papers.findings.get(criterion.code)
    row = papers.answers.get(criterion.question_id)
    return CriterionOut(
        code=criterion.code, question=criterion.question_id, label=criterion.label, section=criterion.section,
        assessed=criterion.assessed, status=verdict.status, reason=verdict.reason, until=verdict.until,
        cause=verdict.cause, value=given.value if given else None, dated=given.dated if given else None,
        documents=[dict(each) for each in row.documents] if row else [],
        judgement=finding.judgement if finding else "", note=finding.note if finding else "",
        condition=finding.condition if finding else "",
    )  # fmt: skip


def verdict_out(verdict: Verdict, papers: Papers) -> VerdictOut:
    return VerdictOut(
        status=verdict.status, cause=verdict.cause, until=verdict.until, until_cause=verdict.until_cause,
        criteria=[criterion_out(each, papers) for each in verdict.criteria],
    )  # fmt: skip


def clock_out(clock: Clock) -> ClockOut:
    return ClockOut.model_validate(clock)


def case_values(case: Case, clock: Clock, *, state: str = "") -> dict[str, Any]:
    """What every shape of a case says."""
    people = (case.first_assessor, case.second_assessor, case.third_assessor)
    shown = state or case.state
    return {
        "ref": case.ref, "product": case.product.ref, "name": case.version.name, "version": case.version.number,
        "supplier": case.supplier.name, "body": case.body.name, "framework": case.framework_id,
        "framework_version": case.framework_version, "state": shown,
        "outcome": case.outcome if shown == "decided" else "", "scope": case.scope, "applied_at": case.applied_at,
        "ended_at": case.ended_at, "assessors": [person.name for person in people if person],
        "clock": clock_out(clock),
    }  # fmt: skip


def clarification_out(one: Clarification) -> ClarificationOut:
    return ClarificationOut.model_validate(one)


def opinion_out(one: Opinion) -> OpinionOut:
    return OpinionOut(
        stage=one.stage, by=one.person.name, outcome=one.outcome, reasons=one.reasons, seen=one.seen, at=one.at
    )


def conformity_out(conformity: Conformity) -> ConformityOut:
    return ConformityOut(
        status=conformity.status, word=conformity.word, cause=conformity.cause, holds=conformity.holds,
        until=conformity.until, until_cause=conformity.until_cause, certificate=conformity.certificate_ref,
    )  # fmt: skip


def conditions_out(rows: Sequence[Mapping[str, str]]) -> list[ConditionOut]:
    return [
        ConditionOut(
            code=each["code"], condition=each["condition"],
            due_on=date.fromisoformat(each["due_on"]) if each["due_on"] else None,
        ) for each in rows
    ]  # fmt: skip


def certificate_out(certificate: Certificate, today: Conformity, accepted: Sequence[str]) -> CertificateOut:
    return CertificateOut(
        ref=certificate.ref, product=certificate.product.ref, name=certificate.version.name,
        version=certificate.version.number, edition=certificate.version.edition, supplier=certificate.supplier.name,
        body=certificate.body.name, framework=certificate.framework_id,
        framework_version=certificate.framework_version, outcome=certificate.outcome, scope=certificate.scope,
        conditions=conditions_out(certificate.conditions), issued_on=certificate.issued_on, state=certificate.state,
        state_reason=certificate.state_reason, today=conformity_out(today), accepted_by=list(accepted),
        document=f"/v1/certificates/{certificate.ref}/document",
    )  # fmt: skip
