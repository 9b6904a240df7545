"""What goes on from a case: samples are drawn, model changes flagged, and whoever has to act hears of it.

All can be repeated.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.changes import flag_unclassed
from marketplace.assurance.actions.sampling import draw_sample
from marketplace.assurance.events import CaseDecided
from marketplace.assurance.events import cases as events
from marketplace.assurance.models import Appeal, Case, Remedy
from marketplace.assurance.queries.appeals import LOADED as WHOLE_APPEAL
from marketplace.assurance.queries.cases import LOADED as WHOLE_CASE
from marketplace.assurance.queries.remedies import LOADED as WHOLE_REMEDY
from marketplace.assurance.states import AGAINST
from marketplace.assurance.subscribers.telling import others, tell_of
from marketplace.catalogue.events import ListingPublished
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import in_words
from marketplace.kit.jobs import Heard, Subscriber


def draws_samples(frameworks: Frameworks) -> Subscriber:
    """A decided case is drawn where its reference says so, to be judged a second time, blind."""

    def hear(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, CaseDecided)
        case = db.scalars(select(Case).options(*WHOLE_CASE).where(Case.id == heard.event.case_id)).one()
        draw_sample(db, case, frameworks, at=heard.at)

    return hear


def flags_model_changes(frameworks: Frameworks) -> Subscriber:
    """An edition went on show: where its models differ and its class does not say so, that is recorded."""

    def hear(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, ListingPublished)
        product = db.get_one(Product, heard.event.product_id)
        flag_unclassed(db, product, db.get_one(Version, heard.event.version_id), frameworks, at=heard.at)

    return hear


def tells_of_unclassed(db: Session, heard: Heard) -> None:
    """The supplier hears that its listing is flagged, and what takes the flag away; operators hear it, too."""
    event = heard.event
    assert isinstance(event, events.ModelChangeUnclassed)
    product = db.get_one(Product, event.product_id)
    title = f"{product.name} names other models than before, and nobody classed the change"
    body = "The listing is flagged, and its certificate does not cover it, until the change is classed."
    writers = others(db, event.supplier_id, (Permission.CATALOGUE_WRITE,), heard)
    tell_of(db, writers, event.supplier_id, heard, title, body, f"/listings/{product.ref}/assurance/version")
    operators = list(db.scalars(select(Organisation.id).where(Organisation.kind == "operator")))
    for organisation_id in operators:
        whom = others(db, organisation_id, (Permission.OPERATE,), heard)
        tell_of(db, whom, organisation_id, heard, title, body, f"/products/{product.ref}")


def tells_who_mends(db: Session, heard: Heard) -> None:
    """The supplier's people hear what is to be put right, what is still missing, and what is closed or late."""
    event = heard.event
    remedy = _remedy(db, heard)
    name = f"{remedy.code} of {remedy.case.version.name}"
    match event:
        case events.RemedyOpened():
            by = f", by {in_words(event.due_on)}" if event.due_on else ""
            title, body = f"To be put right{by}: {name}", event.words
        case events.RemedyReturned():
            title, body = f"Not done yet: {name}", event.words
        case events.RemedyClosed():
            title, body = f"Closed: {name}", event.words
        case events.RemedyOverdue():
            title, body = f"Late: {name} was due on {in_words(event.due_on)}", remedy.words
        case _:
            return
    path = f"/listings/{remedy.case.product.ref}/assurance/remediation"
    whom = others(db, remedy.supplier_id, (Permission.CATALOGUE_WRITE,), heard)
    tell_of(db, whom, remedy.supplier_id, heard, title, body, path)


def tells_who_closes(db: Session, heard: Heard) -> None:
    """The body hears that something is said to be put right, or that its day has passed."""
    event, remedy = heard.event, _remedy(db, heard)
    name = f"{remedy.code} of {remedy.case.version.name}"
    said = isinstance(event, events.RemedyOffered)
    title = f"Said to be put right: {name}" if said else f"Late: {name}"
    whom = others(db, remedy.case.body_id, (Permission.ASSURANCE_ASSESS,), heard)
    tell_of(db, whom, remedy.case.body_id, heard, title, remedy.words, f"/cases/{remedy.case.ref}/remediation")


def tells_who_hears(db: Session, heard: Heard) -> None:
    """The hearing body, or the one who is named, hears of an appeal."""
    event, appeal = heard.event, _appeal(db, heard)
    about = f"{appeal.case.version.name}: an appeal against {AGAINST[appeal.against]}"
    match event:
        case events.AppealAssigned() if event.person_id != heard.by_person_id:
            whom: Sequence[UUID] = [event.person_id]
            title, body = f"You hear {about}", "Declare first whether you have a conflict of interest."
        case events.AppealFiled():
            whom = others(db, appeal.body_id, (Permission.ASSURANCE_ASSESS,), heard)
            title, body = about, event.grounds
        case events.AppealReleased():
            whom = others(db, appeal.body_id, (Permission.ASSURANCE_ASSESS,), heard)
            title, body = f"Somebody else is needed for {about}", event.words
        case _:
            return
    tell_of(db, whom, appeal.body_id, heard, title, body, f"/appeals/{appeal.ref}")


def tells_who_appealed(db: Session, heard: Heard) -> None:
    """Both sides hear what came of an appeal: the supplier, and the body whose decision it was."""
    event, appeal = heard.event, _appeal(db, heard)
    match event:
        case events.AppealUpheld():
            title = f"Upheld: the appeal of {appeal.supplier.name} on {appeal.case.version.name}"
        case events.AppealDismissed():
            title = f"Dismissed: the appeal of {appeal.supplier.name} on {appeal.case.version.name}"
        case _:
            return
    for organisation_id, permission in (
        (appeal.supplier_id, Permission.CATALOGUE_WRITE), (appeal.case.body_id, Permission.ASSURANCE_ASSESS),
    ):  # fmt: skip
        whom = others(db, organisation_id, (permission,), heard)
        tell_of(db, whom, organisation_id, heard, title, event.reasons, "/assurance/appeals")


def tells_who_samples(db: Session, heard: Heard) -> None:
    """The body hears that one of its cases is to be judged again."""
    event = heard.event
    assert isinstance(event, events.SampleDrawn)
    whom = others(db, event.body_id, (Permission.ASSURANCE_ASSESS,), heard)
    title, body = (
        "A decided case was drawn, to be judged again",
        "By somebody who had no part in it, without seeing what was found.",
    )
    tell_of(db, whom, event.body_id, heard, title, body, "/samples")


def _remedy(db: Session, heard: Heard) -> Remedy:
    return db.scalars(select(Remedy).options(*WHOLE_REMEDY).where(Remedy.id == heard.event.about_id)).one()


def _appeal(db: Session, heard: Heard) -> Appeal:
    return db.scalars(select(Appeal).options(*WHOLE_APPEAL).where(Appeal.id == heard.event.about_id)).one()
