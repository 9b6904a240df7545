"""The moves of a listing, each a noun under its address."""

from typing import Annotated

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, post
from marketplace.api.catalogue.listings import ListingOut, listing_of, own_or_moderated
from marketplace.api.shapes import In, Reason, Text
from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import (
    confirm_listing,
    publish_listing,
    reinstate_listing,
    send_back,
    submit_listing,
    suspend_listing,
    take_back_listing,
    withdraw_listing,
)
from marketplace.catalogue.queries.products import moderated_product, offers_of, own_product
from marketplace.faces.safety import hindered_by_hazards
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london


class Remarks(In):
    """What has to change: by question id, and in `reason` for the whole."""

    reason: Text = ""
    remarks: Annotated[dict[str, Text], Field(max_length=200)] = Field(default_factory=dict)


@post("/listings/{ref:str}/submission", who=Permission.CATALOGUE_WRITE)
def submit(ask: Asked, ref: str) -> ListingOut:
    """Ask for the open edition to be published."""
    product = own_product(ask.db, ref, by=ask.by)
    offers = offers_of(ask.db, product.id, on=day_in_london(ask.at))
    form = ask.services.frameworks.form(product.kind)
    hindered = hindered_by_hazards(ask.db, ask.services.frameworks, product)
    submit_listing(ask.db, product, form=form, offers=offers, hindered=hindered, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/recall", who=Permission.CATALOGUE_WRITE)
def take_back(ask: Asked, ref: str) -> ListingOut:
    """Take the submitted edition back, to write on it again; what is on show stays there."""
    product = own_product(ask.db, ref, by=ask.by)
    take_back_listing(ask.db, product, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/publication", who=Permission.CATALOGUE_MODERATE)
def publish(ask: Asked, ref: str) -> ListingOut:
    """Put the submitted edition on show."""
    product = moderated_product(ask.db, ref, by=ask.by)
    hindered = hindered_by_hazards(ask.db, ask.services.frameworks, product)
    publish_listing(ask.db, product, hindered=hindered, by=ask.by, at=ask.at)
    ask.db.expire(product, ["live_version"])
    return listing_of(ask, ref)


@post("/listings/{ref:str}/return", who=Permission.CATALOGUE_MODERATE)
def return_it(ask: Asked, ref: str, body: Remarks) -> ListingOut:
    """Send the submitted edition back with reasons, each under its question."""
    product = moderated_product(ask.db, ref, by=ask.by)
    send_back(ask.db, product, {"": body.reason, **body.remarks}, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/suspension", who=Permission.CATALOGUE_MODERATE)
def suspend(ask: Asked, ref: str, body: Reason) -> ListingOut:
    """Mark the listing as not to be bought for now, with a reason that everybody reads."""
    product = moderated_product(ask.db, ref, by=ask.by)
    suspend_listing(ask.db, product, reason=body.reason, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/reinstatement", who=Permission.CATALOGUE_MODERATE)
def reinstate(ask: Asked, ref: str, body: Reason) -> ListingOut:
    """Put the suspended listing back on show."""
    product = moderated_product(ask.db, ref, by=ask.by)
    hindered = hindered_by_hazards(ask.db, ask.services.frameworks, product)
    reinstate_listing(ask.db, product, reason=body.reason, hindered=hindered, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, scope=Permission.CATALOGUE_WRITE)
def withdraw(ask: Asked, ref: str, body: Reason) -> ListingOut:
    """Take the listing off the catalogue; its page stays, and says so."""
    product = own_or_moderated(ask, ref)
    withdraw_listing(ask.db, product, reason=body.reason, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/confirmation", who=Permission.CATALOGUE_WRITE)
def confirm(ask: Asked, ref: str) -> ListingOut:
    """Say that the listing is still true."""
    product = own_product(ask.db, ref, by=ask.by)
    confirm_listing(ask.db, product, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


@post("/listings/{ref:str}/edition", who=Permission.CATALOGUE_WRITE, status=201)
def begin(ask: Asked, ref: str) -> ListingOut:
    """Begin the draft of the next edition; the one on show stays until it is published."""
    product = own_product(ask.db, ref, by=ask.by)
    begin_edition(ask.db, product, by=ask.by, at=ask.at)
    return listing_of(ask, ref)


CALLS = [submit, take_back, publish, return_it, suspend, reinstate, withdraw, confirm, begin]
