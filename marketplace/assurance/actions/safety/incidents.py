"""Incidents: reported by anybody, judged and made safe by the supplier, closed with their cause."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events.safety import (
    IncidentClosed,
    IncidentLate,
    IncidentMadeSafe,
    IncidentNoted,
    IncidentNumbered,
    IncidentReopened,
    IncidentReported,
    IncidentTriaged,
)
from marketplace.assurance.models import Incident, IncidentNote
from marketplace.assurance.policies import is_of_incident, may_handle_incident, may_report_incident
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.deployments import open_deployment
from marketplace.assurance.queries.safety.incidents import clocks_running, open_incidents
from marketplace.assurance.queries.safety.logs import hazard_in
from marketplace.assurance.states import INCIDENT
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record

LONG, LONGEST_NUMBER = 4_000, 60
NO_PATIENT = "Say what happened, without naming a patient."


def report_incident(
    db: Session, product: Product, given: Mapping[str, str], *, frameworks: Frameworks, by: Actor, at: datetime
) -> Incident:
    """Tell what went wrong with a product, or nearly did. Raises NotAllowed, Conflict, Invalid.

    Fields: severity, words, effect, happened-on, lfpse, yellow-card.
    """
    if not may_report_incident(by) or by.organisation_id is None:
        raise NotAllowed("an incident is reported for an organisation", "Act for the one where it happened.")
    if product.organisation_id is None:
        raise Conflict(f"{product.name} has no supplier here yet", "Report it by Yellow Card and LFPSE.")
    clocks, fields = clocks_of(frameworks), Fields(given)
    severity = fields.one_of("severity", clocks.severity, needed="Say how severe it was.")
    words = fields.text("words", LONG, needed=NO_PATIENT)
    effect = fields.text("effect", LONG)
    happened_on = fields.day("happened-on") or day_in_london(at)
    if happened_on > day_in_london(at):
        fields.wrong["happened-on"] = "It cannot have happened after today."
    numbers = {each.id: typed for each in clocks.numbers
               if each.who == "reporter" and (typed := fields.line(each.id, LONGEST_NUMBER))}  # fmt: skip
    fields.check("the report is not whole")
    used = open_deployment(db, by.organisation_id, product.id)
    incident = Incident(
        id=new_id(at), ref=new_reference("INC"), product_id=product.id,
        version_id=used.version_id if used else product.live_version_id, supplier_id=product.organisation_id,
        organisation_id=by.organisation_id, deployment_id=used.id if used else None, state=INCIDENT.start,
        severity=severity, words=words, effect=effect, happened_on=happened_on, reported_by_id=by.person_id,
        reported_at=at, numbers=numbers, late=[],
    )  # fmt: skip
    db.add(incident)
    db.flush()
    record(db, IncidentReported(**_about(incident), severity=severity), by=by, at=at)
    return incident


def triage_incident(
    db: Session, incident: Incident, given: Mapping[str, str], *, frameworks: Frameworks, by: Actor, at: datetime
) -> None:
    """Judge how severe it is and what it means for the safety case; it can be judged anew.

    Fields: judged, assessment, is-device (yes or no), hazard (its number in the log, or nothing).
    Raises NotAllowed, Conflict, Invalid.
    """
    _allow(by, incident)
    state = INCIDENT.after("triage", incident.state)
    clocks, fields = clocks_of(frameworks), Fields(given)
    judged = fields.one_of("judged", clocks.severity, needed="Say how severe it is.")
    assessment = fields.text("assessment", LONG, needed="Say what it means for patients, and for the safety case.")
    is_device = fields.yes_or_no("is-device", needed="Say whether the product is a medical device.")
    number = fields.whole("hazard")
    hazard_id = _hazard(db, incident, number, fields)
    fields.check("the incident is not judged yet")
    incident.state, incident.judged, incident.assessment, incident.is_device = state, judged, assessment, is_device
    incident.hazard_id = hazard_id
    incident.triaged_at, incident.triaged_by_id = incident.triaged_at or at, by.person_id
    serious = clocks.severity[judged].serious
    record(db, IncidentTriaged(**_about(incident), severity=judged, serious=serious), by=by, at=at)
    db.flush()


def make_safe(db: Session, incident: Incident, given: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Say what was done so that it cannot happen again for now. Raises NotAllowed, Conflict, Invalid."""
    _allow(by, incident)
    state = INCIDENT.after("make safe", incident.state)
    words = _needed(given, "made-safe", "Say what was done.")
    incident.state, incident.made_safe, incident.made_safe_at = state, words, at
    record(db, IncidentMadeSafe(**_about(incident), words=words), by=by, at=at)
    db.flush()


def close_incident(db: Session, incident: Incident, given: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Close it with its cause. Raises NotAllowed, Conflict, Invalid."""
    _allow(by, incident)
    state = INCIDENT.after("close", incident.state)
    cause = _needed(given, "cause", "Say what caused it, and what was changed for good.")
    incident.state, incident.cause, incident.closed_at = state, cause, at
    record(db, IncidentClosed(**_about(incident), cause=cause), by=by, at=at)
    db.flush()


def reopen_incident(db: Session, incident: Incident, *, reason: str, by: Actor, at: datetime) -> None:
    """Open a closed one again: the supplier, or whoever reported it. Raises NotAllowed, Conflict, Invalid."""
    if not is_of_incident(by, incident):
        raise NotAllowed("only its supplier or whoever reported it opens an incident again", "Ask one of them.")
    state = INCIDENT.after("reopen", incident.state)
    words = _needed({"reason": reason}, "reason", "Say what is new.")
    incident.state, incident.closed_at = state, None
    record(db, IncidentReopened(**_about(incident), reason=words), by=by, at=at)
    db.flush()


def note_incident(db: Session, incident: Incident, *, words: str, by: Actor, at: datetime) -> IncidentNote:
    """Add a line to the journal that both sides read. Raises NotAllowed, Invalid."""
    if not is_of_incident(by, incident) or by.organisation_id is None:
        raise NotAllowed("the journal is kept by the supplier and whoever reported it", "Ask one of them.")
    note = IncidentNote(
        id=new_id(at), incident_id=incident.id, organisation_id=by.organisation_id,
        words=_needed({"words": words}, "words", "Write the line."), by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(note)
    record(db, IncidentNoted(**_about(incident), by_organisation_id=by.organisation_id), by=by, at=at)
    db.flush()
    return note


def number_incident(
    db: Session, incident: Incident, given: Mapping[str, str], *, frameworks: Frameworks, by: Actor, at: datetime
) -> None:
    """Record the references that national systems gave it; nothing sends anything there. Raises NotAllowed, Invalid."""
    if not is_of_incident(by, incident):
        raise NotAllowed("only its supplier or whoever reported it records its numbers", "Ask one of them.")
    fields = Fields(given)
    typed = {
        each.id: fields.line(each.id, LONGEST_NUMBER) for each in clocks_of(frameworks).numbers if each.id in given
    }
    fields.check("the number cannot be kept like this")
    new = {name: number for name, number in typed.items() if number and incident.numbers.get(name) != number}
    if not new:
        raise Invalid("no new number was given", "Enter the reference that the system gave you.")
    incident.numbers = {**incident.numbers, **new}
    for system, number in new.items():
        record(db, IncidentNumbered(**_about(incident), system=system, number=number), by=by, at=at)
    db.flush()


def watch_incidents(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """Record, once each, which time limits of open incidents ran out. Returns how many are new. Repeatable."""
    clocks, new = clocks_of(frameworks), 0
    for incident in open_incidents(db):
        for clock in clocks_running(db, incident, clocks, now=at):
            if clock.done_at is None and clock.is_late and clock.limit.id not in incident.late:
                incident.late = [*incident.late, clock.limit.id]
                record(db, IncidentLate(**_about(incident), limit=clock.limit.id), by=CLOCK, at=at)
                new += 1
    db.flush()
    return new


def _allow(by: Actor, incident: Incident) -> None:
    if not may_handle_incident(by, incident):
        raise NotAllowed("only the supplier judges an incident of its product", "Write into its journal instead.")


def _hazard(db: Session, incident: Incident, number: int | None, fields: Fields) -> UUID | None:
    if number is None:
        return None
    try:
        return hazard_in(db, incident.product_id, number).id
    except NotFound as wrong:
        fields.wrong["hazard"] = f"{wrong.fact[:1].upper()}{wrong.fact[1:]}."
        return None


def _needed(given: Mapping[str, str], name: str, needed: str) -> str:
    fields = Fields(given)
    text = fields.text(name, LONG, needed=needed)
    fields.check("something is missing")
    return text


def _about(incident: Incident) -> dict[str, UUID]:
    return {"incident_id": incident.id, "product_id": incident.product_id, "supplier_id": incident.supplier_id,
            "organisation_id": incident.organisation_id}  # fmt: skip
