"""What becomes of a listing by the risk that its product leaves, and who hears of it. All can be repeated."""

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.listings import hold_to_matrix
from marketplace.assurance.events.safety import HazardWritten
from marketplace.assurance.queries.people import who_hears_of_safety
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.holders import holders_of
from marketplace.assurance.queries.safety.logs import what_keeps_off_the_catalogue
from marketplace.assurance.subscribers.telling import tell_of
from marketplace.catalogue.events import ListingReinstated, ListingSuspended
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.history import suspended_by_the_house
from marketplace.catalogue.queries.people import moderators, people_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.actions.notices import tell
from marketplace.kit.calendar import day_in_london
from marketplace.kit.jobs import Heard, Subscriber

HoldersAbove = Callable[[Session, UUID], Collection[UUID]]
"""Who holds a product by what rooms above know of."""


def holds_to_matrix(frameworks: Frameworks) -> Subscriber:
    """A line of a manufacturer's log was written: the listing is held to it, or may be put back now."""

    def hear(db: Session, heard: Heard) -> None:
        event = heard.event
        if not isinstance(event, HazardWritten) or event.deployment_id is not None:
            return
        product = db.get_one(Product, event.product_id)
        if hold_to_matrix(db, product, frameworks, at=heard.at) or product.state != "suspended":
            return
        if not what_keeps_off_the_catalogue(db, product.id, matrix_of(frameworks)):
            _tell_it_may_come_back(db, product, heard)

    return hear


def tells_holders_of_listing(above: HoldersAbove) -> Subscriber:
    """A listing was suspended or put back: every organisation that holds the product hears why."""

    def hear(db: Session, heard: Heard) -> None:
        match heard.event:
            case ListingSuspended() as event:
                word, still = "is suspended", "Whoever uses it decides in their own hazard log whether they go on."
            case ListingReinstated() as event:
                word, still = "is on show again", ""
            case _:
                return
        product = db.get_one(Product, event.product_id)
        title, body = f"{product.name}, which you hold, {word}", f"{event.reason}\n{still}".strip()
        for organisation_id in sorted({*holders_of(db, product.id), *above(db, product.id)}):
            whom = who_hears_of_safety(db, organisation_id, on=day_in_london(heard.at))
            tell_of(db, whom, organisation_id, heard, title, body, f"/products/{product.ref}/safety", kind="safety")

    return hear


def tells_moderators_of_suspension(db: Session, heard: Heard) -> None:
    """A rule of the house suspended a listing, and no moderator: those who moderate hear of it."""
    event = heard.event
    if isinstance(event, ListingSuspended) and heard.by_organisation_id is None:
        product = db.get_one(Product, event.product_id)
        tell(db, moderators(db), kind="moderation", title=f"{product.name} was suspended by a rule of the house",
             body=event.reason, path=f"/moderation/{product.ref}", key=heard.key, at=heard.at)  # fmt: skip


def _tell_it_may_come_back(db: Session, product: Product, heard: Heard) -> None:
    """Once for each suspension that the matrix brought about: its moderators decide, its supplier knows."""
    suspended = suspended_by_the_house(db, product.id)
    if suspended is None:
        return
    title = f"{product.name}: the risk that is left is no longer too high"
    key = f"may come back {suspended}"
    tell(db, moderators(db), kind="moderation", title=title, body="Look at its hazard log, then put the listing back.",
         path=f"/moderation/{product.ref}", key=key, at=heard.at)  # fmt: skip
    if product.organisation_id is not None:
        tell(db, people_of(db, product.organisation_id), kind="listing", title=title,
             body="A moderator was asked to put the listing back.", path=f"/listings/{product.ref}", key=key,
             at=heard.at, organisation_id=product.organisation_id)  # fmt: skip
