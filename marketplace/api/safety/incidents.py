"""Incidents: reported, judged, made safe and closed, with their clocks and national numbers."""

from datetime import date, datetime
from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.safety.shapes import raw_of
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.assurance.actions.safety.incidents import (
    close_incident,
    make_safe,
    note_incident,
    number_incident,
    reopen_incident,
    report_incident,
    triage_incident,
)
from marketplace.assurance.models import Incident
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.incidents import clocks_running, find_incident, incidents_for, notes_of
from marketplace.catalogue.queries.products import product_for
from marketplace.identity.policies import Permission

WRITE = Permission.CATALOGUE_WRITE


class IncidentIn(In):
    """What went wrong; `severity` is near-miss, low, moderate, severe, fatal or public-threat. Name no patient."""

    severity: Line
    words: Text
    effect: Text = ""
    happened_on: Line = ""
    lfpse: Line = ""
    yellow_card: Line = ""


class TriageIn(In):
    """What the supplier found; `is_device` is yes or no, `hazard` a number of its log."""

    judged: Line
    assessment: Text
    is_device: Line
    hazard: Line = ""


class MadeSafeIn(In):
    made_safe: Text


class CauseIn(In):
    cause: Text


class NoteIn(In):
    words: Text


class NumbersIn(In):
    """References that national systems gave it: lfpse, yellow-card, mhra."""

    numbers: dict[Line, Line]


class ClockOut(Out):
    """A time limit; `not_sure` says what of it nobody has confirmed."""

    id: str
    label: str
    due_at: datetime
    done_at: datetime | None
    is_late: bool
    not_sure: str


class IncidentOut(Out):
    ref: str
    product: str
    organisation: str
    state: str
    severity: str
    judged: str
    happened_on: date
    reported_at: datetime
    words: str
    effect: str
    assessment: str
    made_safe: str
    cause: str
    numbers: dict[str, str]
    clocks: list[ClockOut]
    journal: list[dict[str, Any]]


@get("/incidents", who=ANYBODY_SIGNED_IN)
def list_incidents(ask: Asked) -> Listed[IncidentOut]:
    """The incidents that the caller may know of, open ones first; without their journals."""
    return all_of(_out(ask, each, whole=False) for each in incidents_for(ask.db, by=ask.by, most=100))


@post("/products/{ref:str}/incidents", who=ANYBODY_SIGNED_IN, status=201)
def report(ask: Asked, ref: str, body: IncidentIn) -> IncidentOut:
    """Report what went wrong with a product, or nearly did."""
    product, frameworks = product_for(ask.db, ref, by=ask.by), ask.services.frameworks
    made = report_incident(ask.db, product, raw_of(body), frameworks=frameworks, by=ask.by, at=ask.at)
    return _out(ask, find_incident(ask.db, made.ref, by=ask.by))


@get("/incidents/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_incident(ask: Asked, ref: str) -> IncidentOut:
    """An incident with its clocks and its journal."""
    return _out(ask, find_incident(ask.db, ref, by=ask.by))


@post("/incidents/{ref:str}/triage", who=ANYBODY_SIGNED_IN, scope=WRITE)
def triage(ask: Asked, ref: str, body: TriageIn) -> IncidentOut:
    """Judge how severe it is, and what it means for the safety case."""
    incident, frameworks = find_incident(ask.db, ref, by=ask.by), ask.services.frameworks
    triage_incident(ask.db, incident, raw_of(body), frameworks=frameworks, by=ask.by, at=ask.at)
    return _again(ask, ref)


@post("/incidents/{ref:str}/safety", who=ANYBODY_SIGNED_IN, scope=WRITE)
def make_it_safe(ask: Asked, ref: str, body: MadeSafeIn) -> IncidentOut:
    """Say what was done so that it cannot happen again for now."""
    make_safe(ask.db, find_incident(ask.db, ref, by=ask.by), raw_of(body), by=ask.by, at=ask.at)
    return _again(ask, ref)


@post("/incidents/{ref:str}/closure", who=ANYBODY_SIGNED_IN, scope=WRITE)
def close(ask: Asked, ref: str, body: CauseIn) -> IncidentOut:
    """Close it with its cause."""
    close_incident(ask.db, find_incident(ask.db, ref, by=ask.by), raw_of(body), by=ask.by, at=ask.at)
    return _again(ask, ref)


@post("/incidents/{ref:str}/reopening", who=ANYBODY_SIGNED_IN)
def reopen(ask: Asked, ref: str, body: Reason) -> IncidentOut:
    """Open it again."""
    reopen_incident(ask.db, find_incident(ask.db, ref, by=ask.by), reason=body.reason, by=ask.by, at=ask.at)
    return _again(ask, ref)


@post("/incidents/{ref:str}/notes", who=ANYBODY_SIGNED_IN, status=201)
def add_note(ask: Asked, ref: str, body: NoteIn) -> IncidentOut:
    """Add a line to the journal that both sides read."""
    note_incident(ask.db, find_incident(ask.db, ref, by=ask.by), words=body.words, by=ask.by, at=ask.at)
    return _again(ask, ref)


@post("/incidents/{ref:str}/numbers", who=ANYBODY_SIGNED_IN)
def add_numbers(ask: Asked, ref: str, body: NumbersIn) -> IncidentOut:
    """Record the references that national systems gave it."""
    incident, frameworks = find_incident(ask.db, ref, by=ask.by), ask.services.frameworks
    number_incident(ask.db, incident, body.numbers, frameworks=frameworks, by=ask.by, at=ask.at)
    return _again(ask, ref)


def _again(ask: Asked, ref: str) -> IncidentOut:
    return _out(ask, find_incident(ask.db, ref, by=ask.by))


def _out(ask: Asked, it: Incident, *, whole: bool = True) -> IncidentOut:
    clocks = clocks_running(
        ask.db, it, clocks_of(ask.services.frameworks), now=ask.at, notices=None if whole else ()
    )  # fmt: skip
    return IncidentOut(
        ref=it.ref, product=it.product.ref, organisation=it.organisation.name, state=it.state, severity=it.severity,
        judged=it.judged, happened_on=it.happened_on, reported_at=it.reported_at, words=it.words, effect=it.effect,
        assessment=it.assessment, made_safe=it.made_safe, cause=it.cause, numbers=it.numbers,
        clocks=[
            ClockOut(
                id=each.limit.id, label=each.limit.label, due_at=each.due_at, done_at=each.done_at,
                is_late=each.is_late, not_sure=each.limit.source.mark,
            ) for each in (clocks if whole else ())
        ],
        journal=[{"at": each.at, "by": each.organisation.name, "words": each.words} for each in notes_of(ask.db, it.id)]
        if whole else [],
    )  # fmt: skip


CALLS = [
    list_incidents, report, show_incident, triage, make_it_safe, close, reopen, add_note, add_numbers,
]  # fmt: skip
