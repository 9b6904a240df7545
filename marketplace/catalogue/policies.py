"""Who may do what with a listing. Every question takes the actor and the thing, and answers yes or no."""

from collections.abc import Collection
from uuid import UUID

from marketplace.catalogue.models import Attachment, Claim, Product, Version
from marketplace.identity.policies import Actor, Permission, owns

CLAIMING = ("supplier", "university")


def may_add(actor: Actor) -> bool:
    """Whether the actor's organisation can have products here at all."""
    return actor.may(Permission.CATALOGUE_WRITE) and actor.organisation_id is not None


def may_edit(actor: Actor, product: Product) -> bool:
    """Write on drafts, prices and documents: somebody of the supplier with the role for it."""
    return actor.may(Permission.CATALOGUE_WRITE) and owns(actor, product.organisation_id)


def may_submit(actor: Actor, product: Product) -> bool:
    """Ask for publication, withdraw and confirm: whoever may edit."""
    return may_edit(actor, product)


def may_moderate(actor: Actor, product: Product) -> bool:
    """Look through and decide: a moderator who is not of the supplier."""
    return actor.may(Permission.CATALOGUE_MODERATE) and not owns(actor, product.organisation_id)


def may_publish(actor: Actor, product: Product, version: Version) -> bool:
    """A moderator outside the supplier who did not submit the edition, by person and not by role."""
    return may_moderate(actor, product) and (actor.person_id is None or actor.person_id != version.submitted_by_id)


def may_withdraw(actor: Actor, product: Product) -> bool:
    """The supplier; for an unclaimed product, a moderator."""
    return may_submit(actor, product) or (product.organisation_id is None and may_moderate(actor, product))


def may_claim(actor: Actor, product: Product) -> bool:
    """Say that an unclaimed product is ours."""
    return may_add(actor) and actor.organisation_kind in CLAIMING and product.organisation_id is None


def may_settle(actor: Actor, claim: Claim) -> bool:
    """Grant or refuse: a moderator who neither asked nor acts for the organisation that did."""
    outside = not owns(actor, claim.organisation_id) and actor.person_id != claim.asked_by_id
    return actor.may(Permission.CATALOGUE_MODERATE) and outside


def may_see_drafts(actor: Actor | None, product: Product) -> bool:
    """Read what is not on show: people of the supplier and moderators."""
    if actor is None:
        return False
    return owns(actor, product.organisation_id) or actor.may(Permission.CATALOGUE_MODERATE)


def may_see_product(actor: Actor | None, product: Product) -> bool:
    """Anybody, once an edition was published; what became of it since is told on the page."""
    return product.live_version_id is not None or may_see_drafts(actor, product)


def may_see_version(actor: Actor | None, product: Product, version: Version) -> bool:
    """Anybody, where the edition is or was on show."""
    return version.state in ("published", "superseded") or may_see_drafts(actor, product)


def may_see_attachment(
    actor: Actor | None, product: Product, attachment: Attachment, *, granted: Collection[UUID] = ()
) -> bool:
    """Anybody, where it and the product are public; else the supplier's people, and whom they let read it.

    `granted` are the documents that the actor's organisation may read.
    """
    if may_see_drafts(actor, product):
        return True
    shown = may_see_product(actor, product) and attachment.removed_at is None
    return shown and (attachment.access == "public" or attachment.id in granted)


def may_ask_for(actor: Actor | None, product: Product, attachment: Attachment) -> bool:
    """Ask to read what is given on request: anybody who acts for another organisation than the supplier."""
    asks = actor is not None and actor.organisation_id is not None and not owns(actor, product.organisation_id)
    return asks and attachment.access == "on-request" and product.organisation_id is not None


def may_import(actor: Actor) -> bool:
    """Bring products in from a file: a supplier's own, or, as the operator, unclaimed ones."""
    return actor.may(Permission.CATALOGUE_IMPORT) and actor.organisation_id is not None
