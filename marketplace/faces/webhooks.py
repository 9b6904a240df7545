"""What webhooks hear of: each event of the record under a public name, and who may hear of it.

What is sent says which thing it is about, and no more: the receiver reads the thing with a token of its own.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue import events as catalogue
from marketplace.catalogue.models import Import, Product
from marketplace.identity import events as identity
from marketplace.identity.actions.webhooks import queue
from marketplace.identity.models import Organisation
from marketplace.kit.events import Event
from marketplace.kit.jobs import Heard
from marketplace.kit.values import Value
from marketplace.procurement import events as procurement
from marketplace.procurement.models import Project

Audience = Collection[UUID] | None
"""The organisations that may hear of an event; None for all of them."""


class Told(Value):
    """Who may hear, and the thing that it is about."""

    audience: Audience
    about: Mapping[str, str]


class Hook(Value):
    """The public name of an event, what it says, and how its audience is found."""

    name: str
    text: str
    told: Callable[[Session, Event], Told | None]


def _for_all(db: Session, event: Event) -> Told | None:
    """What concerns everybody, once an edition of the product was on show; until then its supplier alone."""
    product = db.get(Product, event.about_id)
    if product is None:
        return None
    return Told(None if product.live_version_id else _supplier(product), _product(product))


def _for_supplier(db: Session, event: Event) -> Told | None:
    product = db.get(Product, event.about_id)
    return Told(_supplier(product), _product(product)) if product else None


def _for_claimant(db: Session, event: Event) -> Told | None:
    product = db.get(Product, event.about_id)
    claimant: UUID = getattr(event, "organisation_id")  # noqa: B009 - events of claims have it
    return Told({claimant, *_supplier(product)}, _product(product)) if product else None


def _for_importer(db: Session, event: Event) -> Told | None:
    begun = db.get(Import, event.about_id)
    if begun is None or begun.organisation_id is None:
        return None
    return Told({begun.organisation_id}, {"kind": "import", "ref": begun.ref, "url": f"/v1/imports/{begun.ref}"})


def _for_project(db: Session, event: Event) -> Told | None:
    project = db.get(Project, event.about_id)
    if project is None:
        return None
    about = {"kind": "project", "ref": project.ref, "url": f"/v1/projects/{project.ref}"}
    return Told({project.organisation_id}, about)


def _for_organisation(db: Session, event: Event) -> Told | None:
    organisation = db.get(Organisation, getattr(event, "organisation_id", event.about_id))
    if organisation is None:
        return None
    url = f"/v1/organisations/{organisation.ref}"
    return Told({organisation.id}, {"kind": "organisation", "ref": organisation.ref, "url": url})


def _supplier(product: Product) -> set[UUID]:
    return {product.organisation_id} if product.organisation_id else set()


def _product(product: Product) -> dict[str, str]:
    return {"kind": "product", "ref": product.ref, "url": f"/v1/products/{product.ref}"}


HOOKS: Mapping[type[Event], Hook] = {
    catalogue.ListingPublished: Hook("listing.published", "An edition went on show.", _for_all),
    catalogue.ListingSuspended: Hook("listing.suspended", "A listing is not to be bought for now.", _for_all),
    catalogue.ListingReinstated: Hook("listing.reinstated", "A suspended listing is on show again.", _for_all),
    catalogue.ListingWithdrawn: Hook("listing.withdrawn", "A listing was taken off the catalogue.", _for_all),
    catalogue.ListingConfirmed: Hook("listing.confirmed", "A supplier confirmed a listing as true.", _for_all),
    catalogue.PricesChanged: Hook("prices.changed", "Prices were declared anew.", _for_all),
    catalogue.ListingSubmitted: Hook("listing.submitted", "Your listing is with a moderator.", _for_supplier),
    catalogue.ListingTakenBack: Hook("listing.taken-back", "Your listing was taken back by you.", _for_supplier),
    catalogue.ListingSentBack: Hook("listing.sent-back", "Your listing was sent back with reasons.", _for_supplier),
    catalogue.ProductClaimAsked: Hook("claim.asked", "You claimed a product.", _for_claimant),
    catalogue.ProductClaimSettled: Hook("claim.settled", "A claim was granted or refused.", _for_claimant),
    catalogue.ImportFinished: Hook("import.finished", "Your import has finished.", _for_importer),
    procurement.ProjectStarted: Hook("project.started", "A project of yours began.", _for_project),
    procurement.ProjectDescribed: Hook("project.described", "A project was described anew.", _for_project),
    procurement.ProjectDecided: Hook("project.decided", "A decision was recorded.", _for_project),
    procurement.ProjectClosed: Hook("project.closed", "A project ended without a decision.", _for_project),
    procurement.ProjectReopened: Hook("project.reopened", "A project is open again.", _for_project),
    procurement.SearchLocked: Hook("search.locked", "A search was written down as it stood.", _for_project),
    procurement.CandidateAdded: Hook("candidate.added", "A product is to be decided upon.", _for_project),
    procurement.CandidateIncluded: Hook("candidate.included", "A product is on the shortlist.", _for_project),
    procurement.CandidateExcluded: Hook("candidate.excluded", "A product was left out.", _for_project),
    procurement.CandidateChanged: Hook("candidate.changed", "A product on a shortlist changed.", _for_project),
    identity.MemberJoined: Hook("member.joined", "Somebody is a member now.", _for_organisation),
    identity.MembershipEnded: Hook("member.left", "A membership ended.", _for_organisation),
    identity.RoleGiven: Hook("role.given", "A member was given a role.", _for_organisation),
    identity.RoleTaken: Hook("role.taken", "A role was taken from a member.", _for_organisation),
    identity.TokenMade: Hook("token.made", "A token was made that acts for you.", _for_organisation),
    identity.TokenEnded: Hook("token.ended", "A token that acted for you ended.", _for_organisation),
}
NAMES = {hook.name: hook.text for hook in HOOKS.values()}


def queue_webhooks(db: Session, heard: Heard) -> None:
    """The subscriber of every event in HOOKS: puts it on its way to the webhooks that may hear of it. Repeatable."""
    hook = HOOKS.get(type(heard.event))
    told = hook.told(db, heard.event) if hook else None
    if hook is None or told is None:
        return
    body: dict[str, Any] = {"id": heard.key, "type": hook.name, "at": heard.at.isoformat(), "about": dict(told.about)}
    queue(db, hook.name, body, key=heard.key, organisation_ids=told.audience, at=heard.at)
