"""What finding and choosing do when something happens below. All of it can be repeated."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance import events as assurance
from marketplace.catalogue import events as catalogue
from marketplace.catalogue.models import Product
from marketplace.evidence import events as evidence
from marketplace.kit.jobs import Heard
from marketplace.procurement import events
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
from marketplace.procurement.models import Comment, Project

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


def _project(db: Session, heard: Heard) -> Project:
    rows = select(Project).options(joinedload(Project.organisation)).where(Project.id == heard.event.about_id)
    return db.scalars(rows).one()
