"""What clinical safety does when something happened in it: logs follow, and everybody who has to know is told.

All can be repeated.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.deployments import take_over
from marketplace.assurance.actions.safety.notices import KINDS, reach_later
from marketplace.assurance.events import safety as events
from marketplace.assurance.models import Deployment, Incident, SafetyNotice
from marketplace.assurance.queries.people import who_hears_of_safety
from marketplace.assurance.queries.safety.deployments import LOADED as WHOLE_DEPLOYMENT
from marketplace.assurance.queries.safety.deployments import users_of
from marketplace.assurance.queries.safety.holders import bodies_of, holders_of
from marketplace.assurance.queries.safety.incidents import LOADED as WHOLE_INCIDENT
from marketplace.assurance.queries.safety.notices import LOADED as WHOLE_NOTICE
from marketplace.assurance.queries.safety.notices import receipts_of
from marketplace.assurance.subscribers.telling import able, tell_of
from marketplace.catalogue.events import ListingPublished
from marketplace.catalogue.models import Product
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.jobs import Heard

SUPPLIER, ASSESSOR = (Permission.CATALOGUE_WRITE,), (Permission.ASSURANCE_ASSESS,)


def hands_over(db: Session, heard: Heard) -> None:
    """The manufacturer gave out a report: every organisation that uses the product gets what is handed over."""
    event = heard.event
    assert isinstance(event, events.SafetyCaseIssued)
    if event.deployment_id is None:
        for deployment in users_of(db, event.product_id):
            take_over(db, deployment, at=heard.at)


def sends_open_notices(db: Session, heard: Heard) -> None:
    """An organisation begins to use a product: the notices that are still open reach it too."""
    reach_later(db, _deployment(db, heard), at=heard.at)


def asks_for_a_change_notice(db: Session, heard: Heard) -> None:
    """A new edition is on show and others use the product: its supplier is asked to tell them what changed."""
    event = heard.event
    if not isinstance(event, ListingPublished) or event.superseded_id is None:
        return
    product = db.get_one(Product, event.product_id)
    holders = holders_of(db, product.id)
    if holders and product.organisation_id is not None:
        count = len(holders)
        noun = "organisation" if count == 1 else "organisations"
        title = f"Held by {count} {noun}, {product.name}: tell them what changed"
        body = "A change notice says what changed and which criteria lapse, and asks them to accept it by a date."
        path = f"/listings/{product.ref}/safety/notices/new?kind=change"
        whom = able(db, product.organisation_id, SUPPLIER, heard)
        _tell(db, whom, product.organisation_id, heard, title, body, path)


def tells_safety_officers(db: Session, heard: Heard) -> None:
    """What a deployment was handed over waits for its clinical safety officer."""
    event = heard.event
    if not isinstance(event, events.HazardsTakenOver) or event.deployment_id is None:
        return
    deployment = db.get_one(Deployment, event.deployment_id, options=WHOLE_DEPLOYMENT)
    count = len(event.hazard_ids)
    title = f"{count} hazard{'' if count == 1 else 's'} of {deployment.version.name}: for your decision"
    body = "Its supplier hands them over to every organisation that uses it."
    whom = able(db, event.organisation_id, (Permission.SAFETY_APPROVE,), heard)
    _tell(db, whom, event.organisation_id, heard, title, body, f"/deployments/{deployment.ref}")


def tells_supplier_of_use(db: Session, heard: Heard) -> None:
    """A supplier hears who uses its product, and who does not any more."""
    deployment, event = _deployment(db, heard), heard.event
    name, product = deployment.organisation.name, deployment.product
    match event:
        case events.DeploymentWentLive():
            title, body = f"{name} uses {product.name} with patients", f"Version {deployment.version.number}."
        case events.DeploymentEnded():
            title, body = f"{name} does not use {product.name} any more", event.reason
        case _:
            return
    whom = able(db, deployment.supplier_id, SUPPLIER, heard)
    _tell(db, whom, deployment.supplier_id, heard, title, body, f"/listings/{product.ref}/safety")


def tells_of_incident(db: Session, heard: Heard) -> None:
    """Both sides hear of each step that the other takes; assessors hear of what is serious or late."""
    event = heard.event
    incident = db.scalars(select(Incident).options(*WHOLE_INCIDENT).where(Incident.id == event.about_id)).one()
    name, where = incident.product.name, incident.organisation.name
    match event:
        case events.IncidentReported():
            _tell_supplier(db, incident, heard, f"{where} reports an incident with {name}", incident.words)
        case events.IncidentTriaged():
            _tell_reporter(db, incident, heard, f"The incident with {name} was judged", incident.assessment)
            if event.serious:
                _tell_assessors(db, incident, heard, f"A serious incident with {name}", incident.assessment)
        case events.IncidentMadeSafe():
            _tell_reporter(db, incident, heard, f"The incident with {name} was made safe", event.words)
        case events.IncidentClosed():
            _tell_reporter(db, incident, heard, f"The incident with {name} is closed", event.cause)
        case events.IncidentReopened():
            _tell_reporter(db, incident, heard, f"The incident with {name} is open again", event.reason)
            _tell_supplier(db, incident, heard, f"The incident with {name} is open again", event.reason)
        case events.IncidentNoted() if event.by_organisation_id == incident.supplier_id:
            _tell_reporter(db, incident, heard, f"{incident.supplier.name} wrote about the incident with {name}", "")
        case events.IncidentNoted():
            _tell_supplier(db, incident, heard, f"{where} wrote about the incident with {name}", "")
        case events.IncidentLate():
            _tell_supplier(db, incident, heard, f"A time limit ran out: the incident with {name}", incident.ref)
            _tell_assessors(db, incident, heard, f"A time limit ran out: the incident with {name}", incident.ref)


def tells_holders(db: Session, heard: Heard) -> None:
    """A notice reaches every organisation that holds the product, on the desk and by mail; later it is chased."""
    notice, event = _notice(db, heard), heard.event
    kind, name = KINDS[notice.kind], notice.product.name
    match event:
        case events.NoticeIssued():
            for organisation_id in event.organisation_ids:
                _tell_holder(db, notice, organisation_id, heard, f"{kind} on {name}: {notice.title}", notice.action)
        case events.NoticeReached():
            _tell_holder(db, notice, event.organisation_id, heard, f"{kind} on {name}: {notice.title}", notice.action)
        case events.NoticeChased():
            word = "Overdue" if event.overdue else "Due tomorrow"
            title, due = f"{word}: {kind.lower()} on {name}, {notice.title}", notice.act_by
            body = f"Answer it; everybody acts by {in_words(due)}." if due else ""
            _tell_holder(db, notice, event.organisation_id, heard, title, body)
        case events.NoticeClosed():
            for receipt in receipts_of(db, [notice.id])[notice.id]:
                title = f"Closed: {kind.lower()} on {name}, {notice.title}"
                _tell_holder(db, notice, receipt.organisation_id, heard, title, event.words)


def tells_who_watches(db: Session, heard: Heard) -> None:
    """The supplier hears who answered and who is late; the assessors hear of a notice, and of who is late with it."""
    notice, event = _notice(db, heard), heard.event
    kind, name = KINDS[notice.kind].lower(), notice.product.name
    match event:
        case events.NoticeIssued() if notice.kind == "safety":
            _tell_bodies(db, notice, heard, f"A safety notice on {name}: {notice.title}", notice.what)
        case events.NoticeAnswered():
            _tell_issuer(
                db, notice, heard, f"{_name(db, event.organisation_id)} answered the {kind} on {name}", event.words
            )
        case events.NoticeChased(overdue=True):
            title = f"{_name(db, event.organisation_id)} has not answered the {kind} on {name}"
            body = f"Reminded {event.times} time{'' if event.times == 1 else 's'}."
            _tell_issuer(db, notice, heard, title, body)
            _tell_bodies(db, notice, heard, title, body)


def _tell_holder(db: Session, notice: SafetyNotice, organisation_id: UUID, heard: Heard, title: str, body: str) -> None:
    whom = who_hears_of_safety(db, organisation_id, on=day_in_london(heard.at))
    _tell(db, whom, organisation_id, heard, title, body, f"/safety-notices/{notice.ref}")


def _tell_issuer(db: Session, notice: SafetyNotice, heard: Heard, title: str, body: str) -> None:
    whom = able(db, notice.supplier_id, SUPPLIER, heard)
    _tell(db, whom, notice.supplier_id, heard, title, body, f"/safety-notices/{notice.ref}")


def _tell_bodies(db: Session, notice: SafetyNotice, heard: Heard, title: str, body: str) -> None:
    for body_id in sorted(bodies_of(db, notice.product_id)):
        _tell(db, able(db, body_id, ASSESSOR, heard), body_id, heard, title, body, f"/safety-notices/{notice.ref}")


def _tell_supplier(db: Session, incident: Incident, heard: Heard, title: str, body: str) -> None:
    whom = able(db, incident.supplier_id, SUPPLIER, heard)
    _tell(db, whom, incident.supplier_id, heard, title, body, f"/incidents/{incident.ref}")


def _tell_reporter(db: Session, incident: Incident, heard: Heard, title: str, body: str) -> None:
    """Whoever reported it, and the clinical safety officers there."""
    whom = set(able(db, incident.organisation_id, (Permission.SAFETY_APPROVE,), heard))
    whom |= {incident.reported_by_id} if incident.reported_by_id else set()
    _tell(db, sorted(whom), incident.organisation_id, heard, title, body, f"/incidents/{incident.ref}")


def _tell_assessors(db: Session, incident: Incident, heard: Heard, title: str, body: str) -> None:
    for body_id in sorted(bodies_of(db, incident.product_id)):
        _tell(db, able(db, body_id, ASSESSOR, heard), body_id, heard, title, body, f"/incidents/{incident.ref}")


def _deployment(db: Session, heard: Heard) -> Deployment:
    asked = select(Deployment).options(*WHOLE_DEPLOYMENT).where(Deployment.id == heard.event.about_id)
    return db.scalars(asked).one()


def _notice(db: Session, heard: Heard) -> SafetyNotice:
    return db.scalars(select(SafetyNotice).options(*WHOLE_NOTICE).where(SafetyNotice.id == heard.event.about_id)).one()


def _name(db: Session, organisation_id: UUID) -> str:
    return db.get_one(Organisation, organisation_id).name


def _tell(
    db: Session, person_ids: Iterable[UUID], organisation_id: UUID, heard: Heard, title: str, body: str, path: str
) -> None:
    tell_of(db, person_ids, organisation_id, heard, title, body, path, kind="safety")
