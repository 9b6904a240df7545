"""Harms, which hold the part at risk, and the decision that ends a pilot."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.contracts.outcomes.common import contract_of, scene_of
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.contracts.actions.outcomes.deciding import decide_pilot
from marketplace.contracts.actions.outcomes.safety import close_harm, report_harm
from marketplace.contracts.models import Harm, PilotDecision
from marketplace.contracts.queries.outcomes.history import decisions_of, harms_of
from marketplace.contracts.queries.outcomes.results import Finding, findings_of
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import parse_day

READ, WRITE = Permission.CONTRACT_READ, Permission.CONTRACT_MANAGE


class HarmIn(In):
    """A harm or a near miss: near-miss, low, moderate, severe or fatal. Name no patient."""

    severity: Line
    words: Text


class HarmOut(Out):
    id: UUID
    organisation: str
    severity: str
    words: str
    opened_at: datetime
    closed_at: datetime | None
    closed_reason: str


class DecisionIn(In):
    """`verdict` is scale, extend or stop; `until` the new last day, to extend. `at_once` ends it today."""

    verdict: Line
    reasons: Text
    until: Line = ""
    at_once: bool = False


class FindingOut(Out):
    """What one measure came to over the whole pilot."""

    measure: str
    label: str
    verdict: str
    words: str
    count: int


class DecisionOut(Out):
    """A decision; of the clock where `by` is empty. `study_id` is the evidence that the result became."""

    number: int
    verdict: str
    reasons: str
    by: str
    at: datetime
    study_id: UUID | None
    findings: list[dict[str, Any]]


class PilotOut(Out):
    """How the pilot stands and what was decided, newest first."""

    state: str
    ends_on: date | None
    decision: str
    findings: list[FindingOut]
    decisions: list[DecisionOut]


@get("/contracts/{ref:str}/harms", who=ANYBODY_SIGNED_IN, scope=READ)
def list_harms(ask: Asked, ref: str) -> Listed[HarmOut]:
    """Harms under the contract, open ones first."""
    return all_of(_harm(one) for one in harms_of(ask.db, contract_of(ask, ref).id))


@post("/contracts/{ref:str}/harms", who=ANYBODY_SIGNED_IN, scope=READ, status=201)
def report(ask: Asked, ref: str, body: HarmIn) -> Listed[HarmOut]:
    """Report a harm: from now on nothing at risk is paid."""
    contract = contract_of(ask, ref)
    report_harm(ask.db, contract, severity=body.severity, words=body.words, by=ask.by, at=ask.at)
    return all_of(_harm(one) for one in harms_of(ask.db, contract.id))


@post("/contracts/{ref:str}/harms/{harm:str}/closure", who=ANYBODY_SIGNED_IN, scope=Permission.SAFETY_APPROVE)
def close(ask: Asked, ref: str, harm: UUID, body: Reason) -> Listed[HarmOut]:
    """Say that a harm is dealt with; what waited is released."""
    contract = contract_of(ask, ref)
    close_harm(ask.db, contract, harm, reason=body.reason, by=ask.by, at=ask.at)
    return all_of(_harm(one) for one in harms_of(ask.db, contract.id))


@get("/contracts/{ref:str}/decision", who=ANYBODY_SIGNED_IN, scope=READ)
def show_decision(ask: Asked, ref: str) -> PilotOut:
    """What the pilot came to, and what was decided."""
    return _pilot(ask, ref)


@post("/contracts/{ref:str}/decision", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def decide(ask: Asked, ref: str, body: DecisionIn) -> PilotOut:
    """Scale, extend or stop, with reasons; to extend begins a variation that all sign."""
    decide_pilot(
        ask.db, ask.services.frameworks, contract_of(ask, ref), verdict=body.verdict, reasons=body.reasons,
        until=parse_day(body.until) if body.until else None, at_once=body.at_once, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _pilot(ask, ref)


def _harm(one: Harm) -> HarmOut:
    return HarmOut(
        id=one.id, organisation=one.organisation.name, severity=one.severity, words=one.words,
        opened_at=one.opened_at, closed_at=one.closed_at, closed_reason=one.closed_reason,
    )  # fmt: skip


def _pilot(ask: Asked, ref: str) -> PilotOut:
    contract, book = scene_of(ask, ref)
    return PilotOut(
        state=contract.state, ends_on=contract.ends_on, decision=contract.decision,
        findings=[_finding(one) for one in findings_of(book)] if contract.live_at is not None else [],
        decisions=[_decision(one) for one in decisions_of(ask.db, contract.id)],
    )  # fmt: skip


def _finding(one: Finding) -> FindingOut:
    return FindingOut(
        measure=one.measure.key, label=one.measure.label, verdict=one.verdict, words=one.words, count=one.found.count
    )


def _decision(one: PilotDecision) -> DecisionOut:
    return DecisionOut(
        number=one.number, verdict=one.verdict, reasons=one.reasons, by=one.by.name if one.by else "", at=one.at,
        study_id=one.study_id, findings=list(one.findings),
    )  # fmt: skip


CALLS = [list_harms, report, close, show_decision, decide]
