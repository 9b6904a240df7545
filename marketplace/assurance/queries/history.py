"""What the record says of a certificate, in words, for everybody."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance import events
from marketplace.assurance.events.surveillance import VisitEnded
from marketplace.assurance.models import Certificate
from marketplace.assurance.states import VISIT_OUTCOMES
from marketplace.identity.models import Organisation
from marketplace.kit.events import Event, event_from
from marketplace.kit.record import Entry
from marketplace.kit.values import Value

MOST = 100
TITLES = {
    "CertificateIssued": "Given out",
    "CertificateSuspended": "Suspended",
    "CertificateReinstated": "In force again",
    "CertificateWithdrawn": "Withdrawn",
    "CertificateLapsed": "No longer holds: a dated part ran out",
    "CertificateRunsOut": "A dated part runs out soon",
    "AssuranceReused": "Relied on",
    "VisitEnded": "Looked at again",
}


class Happening(Value):
    """One entry of the record: when, what, why, and for which organisation."""

    at: datetime
    title: str
    text: str
    by: str
    url: str = ""


def certificate_history(db: Session, *certificates: Certificate) -> list[Happening]:
    """What happened to certificates, the newest first, each with its address where there are several.

    Who refused one, and why, is not for everybody.
    """
    places = {each.id: f"/certificates/{each.ref}" for each in certificates} if len(certificates) > 1 else {}
    rows = (
        select(Entry, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Entry.by_organisation_id)
        .where(Entry.about_id.in_([each.id for each in certificates]))
        .order_by(Entry.id.desc())
        .limit(MOST)
    )
    told = ((entry.name.rpartition(".")[2], entry, body) for entry, body in db.execute(rows))
    return [
        Happening(
            entry.at, TITLES[name], _text(event_from(entry.name, entry.payload)), body or "Touchstone",
            places.get(entry.about_id, ""),
        )
        for name, entry, body in told if name in TITLES
    ]  # fmt: skip


def _text(event: Event) -> str:
    match event:
        case events.CertificateSuspended() | events.CertificateReinstated() | events.CertificateWithdrawn():
            return event.reason
        case events.CertificateLapsed() | events.CertificateRunsOut():
            return event.cause
        case VisitEnded():
            return f"{VISIT_OUTCOMES[event.outcome]}. {event.reasons}"
        case _:
            return ""
