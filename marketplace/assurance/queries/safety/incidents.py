"""Incidents, as far as the actor may know of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Certificate, Incident, IncidentNote, SafetyNotice
from marketplace.assurance.queries.safety.logs import spelled
from marketplace.assurance.rules.safety.declared import Clocks
from marketplace.assurance.rules.safety.limits import IncidentFacts, Running, running
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote

LOADED = (
    joinedload(Incident.product), joinedload(Incident.version), joinedload(Incident.supplier),
    joinedload(Incident.organisation), joinedload(Incident.deployment), joinedload(Incident.hazard),
)  # fmt: skip
OPEN = ("reported", "triaged", "made-safe")


def find_incident(db: Session, ref: str, *, by: Actor) -> Incident:
    """An incident that one's organisation reported or supplies; its assessors and an operator too. Raises NotFound."""
    asked = select(Incident).options(*LOADED).where(Incident.ref == spelled(ref, "INC", "incident"), seen_by(by))
    found = db.scalars(asked).one_or_none()
    if found is None:
        raise NotFound(f"there is no incident {quote(ref)}", "Incidents that concern you are listed under Safety.")
    return found


def incidents_for(db: Session, *, by: Actor, product_id: UUID | None = None, most: int = 200) -> list[Incident]:
    """The incidents that the actor may know of, open ones first, then the newest; of one product where it is named."""
    asked = select(Incident).options(*LOADED).where(seen_by(by))
    asked = asked if product_id is None else asked.where(Incident.product_id == product_id)
    return list(db.scalars(asked.order_by(Incident.state == "closed", Incident.id.desc()).limit(most)))


def notes_of(db: Session, incident_id: UUID) -> list[IncidentNote]:
    """The journal of an incident, oldest first."""
    mine = select(IncidentNote).options(joinedload(IncidentNote.organisation))
    return list(db.scalars(mine.where(IncidentNote.incident_id == incident_id).order_by(IncidentNote.id)))


def notices_of_incident(db: Session, incident_id: UUID) -> list[SafetyNotice]:
    """The notices that were sent because of an incident, or are being written."""
    mine = select(SafetyNotice).where(SafetyNotice.incident_id == incident_id, SafetyNotice.state != "discarded")
    return list(db.scalars(mine.order_by(SafetyNotice.id)))


def clocks_running(
    db: Session, incident: Incident, clocks: Clocks, *, now: datetime, notices: Sequence[SafetyNotice] | None = None
) -> list[Running]:
    """The time limits of an incident: by when, and when each was kept. `notices` where they are known already."""
    known = notices_of_incident(db, incident.id) if notices is None else notices
    sent = min((notice.issued_at for notice in known if notice.issued_at), default=None)
    done = {
        "triage": incident.triaged_at, "written-notice": sent,
        "device-report": (incident.triaged_at or incident.reported_at) if incident.numbers.get("mhra") else None,
    }  # fmt: skip
    facts = IncidentFacts(incident.judged or incident.severity, incident.is_device, incident.reported_at, done)
    return running(facts, clocks, now=now)


def open_incidents(db: Session) -> list[Incident]:
    """Every incident that is not closed, for the clock."""
    return list(db.scalars(select(Incident).options(*LOADED).where(Incident.state.in_(OPEN)).order_by(Incident.id)))


def seen_by(by: Actor) -> ColumnElement[bool]:
    """Which incidents an actor may know of."""
    if by.may(Permission.OPERATE):
        return true()
    mine = or_(Incident.organisation_id == by.organisation_id, Incident.supplier_id == by.organisation_id)
    if not by.may(Permission.ASSURANCE_ASSESS):
        return mine
    certified = select(Certificate.product_id).where(Certificate.body_id == by.organisation_id)
    return or_(mine, Incident.product_id.in_(certified))
