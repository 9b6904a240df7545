"""The life of a listing: submitted, published or sent back, suspended and reinstated, withdrawn, confirmed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalogue.actions.editions import call
from marketplace.catalogue.events import (
    ListingConfirmed,
    ListingPublished,
    ListingReinstated,
    ListingSentBack,
    ListingSubmitted,
    ListingSuspended,
    ListingTakenBack,
    ListingWithdrawn,
)
from marketplace.catalogue.models import Product, Review, Version
from marketplace.catalogue.policies import may_moderate, may_publish, may_submit, may_withdraw
from marketplace.catalogue.queries.products import open_version
from marketplace.catalogue.rules.completeness import completeness
from marketplace.catalogue.rules.editions import edition_digest
from marketplace.catalogue.rules.offers import Offer
from marketplace.catalogue.states import EDITION, LISTING
from marketplace.frameworks.schema.forms import Form
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text

LONGEST_REASON = 2_000
OUTSIDE = "A moderator who is not of the supplier, and did not submit it, decides."


def submit_listing(
    db: Session, product: Product, *, form: Form, offers: Sequence[Offer], hindered: Sequence[str] = (), by: Actor,
    at: datetime,
) -> Version:  # fmt: skip
    """Ask for the open edition to be published. `hindered` says why rooms above keep it from going live.

    Raises NotAllowed, Conflict, and Invalid with all that is missing.
    """
    if not may_submit(by, product):
        raise NotAllowed("only the supplier's people can submit this listing", "Act for the supplier.")
    version = _open(db, product, "submit")
    _refuse_hindered(product, hindered)
    lacking = completeness(form, version.answers, offers)
    if not lacking.is_complete:
        raise Invalid(
            f"{product.name} is not complete: {len(lacking.gaps)} of {lacking.needed} things are missing",
            "Mend what is named, then submit it.",
            fields={gap.field: f"{gap.label} is missing" for gap in lacking.gaps},
        )
    if product.state in ("draft", "withdrawn"):
        product.state = LISTING.after("submit", product.state)
    version.state = EDITION.after("submit", version.state)
    version.submitted_at, version.submitted_by_id = at, by.person_id
    record(db, ListingSubmitted(product_id=product.id, version_id=version.id), by=by, at=at)
    db.flush()
    return version


def take_back_listing(db: Session, product: Product, *, by: Actor, at: datetime) -> Version:
    """Make a submitted edition a draft again; what is on show stays there. Raises NotAllowed, Conflict."""
    if not may_submit(by, product):
        raise NotAllowed("only the supplier's people can take this listing back", "Act for the supplier.")
    version = _open(db, product, "take back")
    version.state = EDITION.after("take back", version.state)
    if product.state == "submitted":
        product.state = LISTING.after("take back", product.state)
    record(db, ListingTakenBack(product_id=product.id, version_id=version.id), by=by, at=at)
    db.flush()
    return version


def publish_listing(db: Session, product: Product, *, hindered: Sequence[str] = (), by: Actor, at: datetime) -> Version:
    """Put the submitted edition in front of buyers; the one on show is superseded. Raises NotAllowed, Conflict."""
    version = _open(db, product, "publish")
    if not may_publish(by, product, version):
        raise NotAllowed("only a moderator outside the supplier can publish this listing", OUTSIDE)
    _refuse_hindered(product, hindered)
    version.state = EDITION.after("publish", version.state)
    if product.state == "submitted":
        product.state = LISTING.after("publish", product.state)
        product.state_reason = ""
    superseded = _supersede(db, product, at)
    version.published_at = product.touched_at = at
    product.live_version_id = version.id
    call(product, version.name)
    _review(db, version, "published", {}, by, at)
    record(db, _published(version, superseded), by=by, at=at)
    db.flush()
    db.expire(product, ["live_version"])
    return version


def send_back(db: Session, product: Product, reasons: Mapping[str, str], *, by: Actor, at: datetime) -> Version:
    """Return the submitted edition with reasons by question; the one under "" is about the whole. Raises Invalid."""
    version = _open(db, product, "send back")
    if not may_publish(by, product, version):
        raise NotAllowed("only a moderator outside the supplier can send this listing back", OUTSIDE)
    given = {name: _reason(text, name) for name, text in reasons.items() if text.strip()}
    if not given:
        told = "Say what has to change: beside a field, or for the whole."
        raise Invalid("no reason was given", told, fields={"reason": told})
    version.state = EDITION.after("send back", version.state)
    if product.state == "submitted":
        product.state = LISTING.after("send back", product.state)
    _review(db, version, "sent back", given, by, at)
    record(db, ListingSentBack(product_id=product.id, version_id=version.id, reasons=given), by=by, at=at)
    db.flush()
    return version


def suspend_listing(db: Session, product: Product, *, reason: str, by: Actor, at: datetime) -> None:
    """Mark a live listing as not to be bought for now, with the reason that everybody reads. Raises NotAllowed."""
    _move(product, "suspend", reason, is_allowed=may_moderate(by, product) or _is_the_house(by))
    record(db, ListingSuspended(product_id=product.id, reason=product.state_reason), by=by, at=at)
    db.flush()


def reinstate_listing(
    db: Session, product: Product, *, reason: str, hindered: Sequence[str] = (), by: Actor, at: datetime
) -> None:
    """Put a suspended listing back on show. Raises NotAllowed, Conflict, Invalid."""
    _move(product, "reinstate", reason, is_allowed=may_moderate(by, product) or _is_the_house(by))
    _refuse_hindered(product, hindered)
    record(db, ListingReinstated(product_id=product.id, reason=product.state_reason), by=by, at=at)
    product.state_reason = ""
    db.flush()


def withdraw_listing(db: Session, product: Product, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a listing off the catalogue; its page stays, and says so. An edition that waits goes back to draft."""
    _move(product, "withdraw", reason, is_allowed=may_withdraw(by, product))
    version = open_version(db, product)
    if version is not None and version.state == "submitted":
        version.state = EDITION.after("send back", version.state)
    record(db, ListingWithdrawn(product_id=product.id, reason=product.state_reason), by=by, at=at)
    db.flush()


def confirm_listing(db: Session, product: Product, *, by: Actor, at: datetime) -> None:
    """Say that a live listing is still true, which makes it fresh again. Raises NotAllowed, Conflict."""
    if not may_submit(by, product):
        raise NotAllowed("only the supplier's people can confirm this listing", "Act for the supplier.")
    if product.state != "live":
        raise Conflict(f"cannot confirm a {product.state} listing", "Only what is live can be confirmed.")
    product.touched_at = at
    record(db, ListingConfirmed(product_id=product.id), by=by, at=at)
    db.flush()


def _open(db: Session, product: Product, move: str) -> Version:
    """The edition that a move is about. A listing on show takes new editions; Conflict where nothing can be moved."""
    version = open_version(db, product)
    if version is None or product.state not in ("live", "suspended"):
        LISTING.after(move, product.state)
    if version is None:
        raise Conflict(f"{product.name} has no open edition", "Begin a new edition first.")
    EDITION.after(move, version.state)
    return version


def _refuse_hindered(product: Product, hindered: Sequence[str]) -> None:
    """Raises Conflict, with every reason why a product cannot be put in front of buyers."""
    if hindered:
        raise Conflict(f"{product.name} cannot go live: {'; '.join(hindered)}", "Mend that, then try again.")


def _published(version: Version, superseded: Version | None) -> ListingPublished:
    return ListingPublished(
        product_id=version.product_id,
        version_id=version.id,
        superseded_id=superseded.id if superseded else None,
        digest=edition_digest(
            edition=version.edition, name=version.name, number=version.number, described=version.answers
        ),
    )


def _supersede(db: Session, product: Product, at: datetime) -> Version | None:
    before = db.get(Version, product.live_version_id) if product.live_version_id else None
    if before is not None:
        before.state = EDITION.after("supersede", before.state)
        before.superseded_at = at
    return before


def _move(product: Product, move: str, reason: str, *, is_allowed: bool) -> None:
    if not is_allowed:
        raise NotAllowed(f"you cannot {move} this listing", "The supplier or a moderator outside it can.")
    given = _reason(reason, "reason")
    if not given:
        told = "Say why; everybody who looks at the listing reads it."
        raise Invalid("the reason is missing", told, fields={"reason": told})
    product.state = LISTING.after(move, product.state)
    product.state_reason = given


def _reason(text: str, name: str) -> str:
    try:
        return clean_text(text, LONGEST_REASON)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={name: f"{wrong.fact}. {wrong.hint}"}) from wrong


def _is_the_house(by: Actor) -> bool:
    """Whether a rule of the house acts, such as a certificate that ended: nobody, for no organisation."""
    return by.person_id is None and by.organisation_id is None


def _review(db: Session, version: Version, outcome: str, reasons: dict[str, str], by: Actor, at: datetime) -> None:
    review = Review(id=new_id(at), version_id=version.id, outcome=outcome, reasons=reasons, by_id=by.person_id, at=at)
    db.add(review)
