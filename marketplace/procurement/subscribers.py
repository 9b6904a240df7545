"""What finding and choosing do when something happens below. All of it can be repeated."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance import events as assurance
from marketplace.assurance.actions.safety.deployments import end_deployment, open_use
from marketplace.assurance.models import Deployment
from marketplace.catalogue import events as catalogue
from marketplace.catalogue.models import Product
from marketplace.evidence import events as evidence
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import CLOCK, Permission
from marketplace.kit.jobs import Heard
from marketplace.procurement import events
from marketplace.procurement.actions.joint import telling
from marketplace.procurement.actions.saved import hasten_searches
from marketplace.procurement.actions.watch import (
    tell_asked,
    tell_colleague,
    tell_followers,
    tell_mentioned,
    tell_of_certificate,
    tell_project,
    watch_products,
)
from marketplace.procurement.models import Approval, Comment, Procurement, Project
from marketplace.procurement.queries.joint import joined_parties

NEWS = {
    catalogue.ListingPublished: "a new edition is on show",
    catalogue.ListingSuspended: "suspended",
    catalogue.ListingReinstated: "on the catalogue again",
    catalogue.ListingWithdrawn: "withdrawn from the catalogue",
    catalogue.PricesChanged: "the prices changed",
}


CERTIFICATE_MOVED = assurance.CertificateSuspended | assurance.CertificateReinstated | assurance.CertificateWithdrawn
CERTIFICATES = {
    assurance.CertificateIssued: "Certificate given",
    assurance.CertificateSuspended: "Certificate suspended",
    assurance.CertificateReinstated: "Certificate in force again",
    assurance.CertificateWithdrawn: "Certificate withdrawn",
    assurance.CertificateLapsed: "Certificate no longer holds",
}
STUDIES = {
    evidence.StudyPublished: "A study was published",
    evidence.StudyRetracted: "A study was retracted",
    evidence.PilotResultRecorded: "The result of a pilot came in",
}


def watches_shortlists(db: Session, heard: Heard) -> None:
    """A product changed: tell those who have it on a shortlist."""
    event = heard.event
    ids = event.product_ids if isinstance(event, catalogue.ProductsImported) else [event.about_id]
    watch_products(db, ids, key=heard.key, at=heard.at)


def tells_followers(db: Session, heard: Heard) -> None:
    """A product changed: tell those who follow it, or its supplier."""
    event = heard.event
    product = db.get(Product, event.about_id)
    if product is None or product.live_version_id is None:
        return
    is_first = isinstance(event, catalogue.ListingPublished) and event.superseded_id is None
    tell_followers(db, product, "new on the catalogue" if is_first else NEWS[type(event)], key=heard.key, at=heard.at)


def tells_shortlists_of_certificates(db: Session, heard: Heard) -> None:
    """A certificate changed: tell those who have its product on a shortlist."""
    product_id, words = _certified(heard)
    tell_of_certificate(db, product_id, words, _reason(heard), key=heard.key, at=heard.at)


def tells_followers_of_certificates(db: Session, heard: Heard) -> None:
    """A certificate changed: tell those who follow its product, or its supplier."""
    product_id, words = _certified(heard)
    product = db.get(Product, product_id)
    if product is not None and product.live_version_id is not None:
        tell_followers(db, product, words.lower(), key=heard.key, at=heard.at)


def tells_shortlists_of_studies(db: Session, heard: Heard) -> None:
    """A study was retracted, or a pilot came to something: tell those who have its product on a shortlist."""
    event = heard.event
    if isinstance(event, evidence.StudyRetracted | evidence.PilotResultRecorded):
        why = f"{event.title}. {event.reason}" if isinstance(event, evidence.StudyRetracted) else event.title
        tell_of_certificate(db, event.product_id, STUDIES[type(event)], why, key=heard.key, at=heard.at)


def tells_followers_of_studies(db: Session, heard: Heard) -> None:
    """The evidence of a product changed: tell those who follow it, or its supplier."""
    event = heard.event
    if isinstance(event, evidence.StudyPublished | evidence.StudyRetracted | evidence.PilotResultRecorded):
        product = db.get(Product, event.product_id)
        if product is not None and product.live_version_id is not None:
            tell_followers(db, product, STUDIES[type(event)].lower(), key=heard.key, at=heard.at)


def tells_of_syntheses(db: Session, heard: Heard) -> None:
    """What studies come to turned another way: tell those who have the product on a shortlist, or follow it."""
    event = heard.event
    product = db.get(Product, event.product_id) if isinstance(event, evidence.SynthesisChanged) else None
    if not isinstance(event, evidence.SynthesisChanged) or product is None or not event.turned:
        return
    why = f"{event.sentence}. {event.because}"
    tell_of_certificate(db, event.product_id, "What its studies come to has changed", why, key=heard.key, at=heard.at)
    if product.live_version_id is not None:
        tell_followers(db, product, "what its studies come to has changed", key=heard.key, at=heard.at)


def hastens_searches(db: Session, heard: Heard) -> None:
    """Something was published: saved searches are looked at soon."""
    hasten_searches(db, at=heard.at)


def tells_colleagues(db: Session, heard: Heard) -> None:
    """Somebody was named on a project by somebody else."""
    event = heard.event
    if isinstance(event, events.ColleagueAdded) and event.person_id != heard.by_person_id:
        project = _project(db, heard)
        tell_colleague(db, project, event.person_id, event.organisation_id, key=heard.key, at=heard.at)


def tells_who_is_asked(db: Session, heard: Heard) -> None:
    """A comment asks somebody for something, or names somebody behind an @."""
    event, project = heard.event, _project(db, heard)
    if isinstance(event, events.CommentMade):
        rows = select(Comment).options(joinedload(Comment.by)).where(Comment.id == event.comment_id)
        comment = db.scalars(rows).one()
        if comment.assigned_to_id != heard.by_person_id:
            tell_asked(db, project, comment, key=heard.key, at=heard.at)
        tell_mentioned(db, project, comment, key=heard.key, at=heard.at)


def tells_the_end(db: Session, heard: Heard) -> None:
    """A project was decided, closed or opened again."""
    words = {events.ProjectDecided: "decided", events.ProjectClosed: "closed", events.ProjectReopened: "opened again"}
    project = _project(db, heard)
    tell_project(db, project, words[type(heard.event)], but=heard.by_person_id, key=heard.key, at=heard.at)


def tells_invited(db: Session, heard: Heard) -> None:
    """An organisation was invited to buy together with others."""
    event = heard.event
    if isinstance(event, events.PartyInvited):
        procurement = telling.procurement_of(db, event.procurement_id)
        party = next(each for each in procurement.parties if each.id == event.party_id)
        telling.tell_invited(db, procurement, party, key=heard.key, at=heard.at)


def tells_who_confirms(db: Session, heard: Heard) -> None:
    """Terms changed: whoever said yes to others is asked to say yes again."""
    telling.tell_who_confirms(db, telling.procurement_of(db, heard.event.about_id), key=heard.key, at=heard.at)


def tells_lead(db: Session, heard: Heard) -> None:
    """A party joined, confirmed, declined or left: the lead's buyers hear it."""
    words = {
        events.PartyJoined: "joined",
        events.PartyConfirmed: "confirmed again",
        events.PartyDeclined: "declined",
        events.PartyWithdrew: "left",
    }
    event, procurement = heard.event, telling.procurement_of(db, heard.event.about_id)
    party = next(each for each in procurement.parties if each.id == getattr(event, "party_id", None))
    telling.tell_organisation(
        db, procurement.organisation_id, telling.BUYERS, kind="contract",
        title=f"{party.organisation.name} {words[type(event)]}: {procurement.name}", body=_said(heard),
        path=f"/procurements/{procurement.ref}/parties", but=heard.by_person_id, key=heard.key, at=heard.at,
    )  # fmt: skip


def tells_approvers(db: Session, heard: Heard) -> None:
    """An approval was asked for: whoever can give it in that organisation hears it."""
    event = heard.event
    if not isinstance(event, events.ApprovalAsked):
        return
    procurement, approval = telling.procurement_of(db, event.procurement_id), db.get(Approval, event.approval_id)
    if approval is not None:
        words = approval.kind.replace("-", " ")
        telling.tell_organisation(
            db, event.organisation_id, [Permission(approval.needs)], kind="task",
            title=f"Your approval is asked for: {words}, {procurement.name}", body=approval.note,
            path=f"/procurements/{procurement.ref}/approvals", but=None, key=heard.key, at=heard.at,
        )  # fmt: skip


def tells_preparers(db: Session, heard: Heard) -> None:
    """An approval was given or refused: the buyers of that organisation hear it, and nobody else."""
    event = heard.event
    if isinstance(event, (events.ApprovalGiven, events.ApprovalRefused)):
        procurement = telling.procurement_of(db, event.procurement_id)
        word = "Approved" if isinstance(event, events.ApprovalGiven) else "Refused"
        telling.tell_organisation(
            db, event.organisation_id, telling.BUYERS, kind="contract",
            title=f"{word}: {event.kind.replace('-', ' ')}, {procurement.name}", body="",
            path=f"/procurements/{procurement.ref}/approvals", but=heard.by_person_id, key=heard.key, at=heard.at,
        )  # fmt: skip


def tells_owner(db: Session, heard: Heard) -> None:
    """Somebody was given a thing to make ready by somebody else."""
    event = heard.event
    if isinstance(event, events.ReadinessPlanned) and event.owner_id not in (None, heard.by_person_id):
        procurement = telling.procurement_of(db, event.procurement_id)
        due = f"By {event.due_on:%-d %B %Y}. " if event.due_on else ""
        tell(
            db, [event.owner_id], kind="task", title=f"To make ready: {event.label}", body=f"{due}{procurement.name}",
            path=f"/procurements/{procurement.ref}/readiness", key=heard.key, at=heard.at,
            organisation_id=event.organisation_id,
        )  # fmt: skip


def tells_parties(db: Session, heard: Heard) -> None:
    """It was settled, opened again, begun, closed or cancelled: all who take part hear it, and the supplier."""
    words = {
        events.ProcurementSettled: "is settled",
        events.ProcurementReopened: "is open again",
        events.ProcurementRunning: "is running",
        events.ProcurementClosed: "is closed",
        events.ProcurementCancelled: "is cancelled",
    }
    event, procurement = heard.event, telling.procurement_of(db, heard.event.about_id)
    said, key, at = words[type(event)], heard.key, heard.at
    title = f"{procurement.name} {said}"
    telling.tell_parties(db, procurement, title, _said(heard), but=heard.by_person_id, key=key, at=at)
    if not isinstance(event, events.ProcurementCancelled) or event.was == "settled":
        telling.tell_supplier(db, procurement, said, key=key, at=at)


def tells_of_seat(db: Session, heard: Heard) -> None:
    """Another organisation has a seat now: all who take part hear it."""
    assert isinstance(heard.event, events.SeatPassed)
    procurement = telling.procurement_of(db, heard.event.procurement_id)
    title = f"{procurement.name}: a party is another organisation now"
    telling.tell_parties(db, procurement, title, heard.event.reason, but=None, key=heard.key, at=heard.at)


def plans_deployments(db: Session, heard: Heard) -> None:
    """Whoever takes part is going to use the product: a log begins with what is handed over. Repeatable."""
    procurement = db.get_one(Procurement, heard.event.about_id)
    for party in joined_parties(db, procurement.id):
        open_use(
            db, organisation_id=party.organisation_id, product_id=procurement.product_id,
            version_id=procurement.version_id, supplier_id=procurement.supplier_id, procurement_id=procurement.id,
            at=heard.at,
        )  # fmt: skip


def ends_plans(db: Session, heard: Heard) -> None:
    """It was cancelled: what was planned with it and never went live is not planned any more. Repeatable."""
    rows = select(Deployment).where(Deployment.procurement_id == heard.event.about_id, Deployment.state == "planned")
    for deployment in db.scalars(rows):
        end_deployment(db, deployment, reason="The procurement was cancelled.", by=CLOCK, at=heard.at)


def _certified(heard: Heard) -> tuple[UUID, str]:
    """The product of a certificate, and what became of it."""
    event = heard.event
    assert isinstance(event, assurance.CertificateIssued | assurance.CertificateLapsed | CERTIFICATE_MOVED)
    return event.product_id, CERTIFICATES[type(event)]


def _reason(heard: Heard) -> str:
    event = heard.event
    if isinstance(event, assurance.CertificateLapsed):
        return event.cause
    return event.reason if isinstance(event, CERTIFICATE_MOVED) else ""


def _said(heard: Heard) -> str:
    said: str = getattr(heard.event, "reason", "")
    return said


def _project(db: Session, heard: Heard) -> Project:
    rows = select(Project).options(joinedload(Project.organisation)).where(Project.id == heard.event.about_id)
    return db.scalars(rows).one()
