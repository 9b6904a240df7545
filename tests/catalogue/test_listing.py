"""The life of a listing: who may move it, when, and what stands on the record afterwards."""

from datetime import datetime, timedelta

from pytest import mark, raises
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import (
    confirm_listing,
    publish_listing,
    reinstate_listing,
    send_back,
    submit_listing,
    suspend_listing,
    withdraw_listing,
)
from marketplace.catalogue.queries.products import product_for, reviews_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor, Permission
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from tests.cast import a_product, an_actor, recorded
from tests.catalogue.shelf import (
    a_complete_draft,
    a_draft,
    a_live,
    a_submitted,
    describe,
    draft_of,
    rename,
    submit,
)


def test_a_moderator_outside_the_supplier_publishes(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    version = publish_listing(db, product, by=moderator, at=now)

    assert (product.state, version.state, product.live_version_id) == ("live", "published", version.id)
    assert recorded(db, about=product.id)[-1] == "ListingPublished"
    assert product_for(db, product.ref, by=None) is product


def test_a_moderator_of_the_supplier_cannot_publish(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)
    insider = Actor(None, lumen.organisation_id, frozenset({Permission.CATALOGUE_MODERATE}))

    with raises(NotAllowed, match="only a moderator outside the supplier"):
        publish_listing(db, product, by=insider, at=now)

    assert recorded(db, about=product.id)[-1] == "ListingSubmitted"


def test_whoever_submitted_cannot_publish_under_another_hat(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)
    other_hat = an_actor(db, "Priya Raman", "Touchstone operations", "operator", "operator", at=now)

    with raises(NotAllowed, match="only a moderator outside the supplier"):
        publish_listing(db, product, by=other_hat, at=now)


@mark.parametrize("who", ["lumen", "rival", "buyer"])
def test_nobody_else_can_publish(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, buyer: Actor, now: datetime, who: str
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    with raises(NotAllowed):
        publish_listing(db, product, by={"lumen": lumen, "rival": rival, "buyer": buyer}[who], at=now)


def test_a_withdrawn_listing_stays_withdrawn(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)
    withdraw_listing(db, product, reason="Not ready.", by=lumen, at=now)
    before = recorded(db, about=product.id)

    with raises(Conflict, match="cannot publish a withdrawn listing"):
        publish_listing(db, product, by=moderator, at=now)

    assert product.state == "withdrawn"
    assert recorded(db, about=product.id) == before


def test_an_incomplete_listing_is_refused_with_everything_that_is_missing(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)
    describe(db, frameworks, product, {"summary": "Writes letters."}, by=lumen, at=now)

    with raises(Invalid, match="is not complete") as refusal:
        submit_listing(db, product, form=frameworks.form(product.kind), offers=[], by=lumen, at=now)

    assert "summary" not in refusal.value.fields
    assert refusal.value.fields["exit"] == "Leaving is missing"
    assert "prices" in refusal.value.fields
    assert product.state == "draft"


def test_a_second_submission_is_refused(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    with raises(Conflict, match="cannot submit a submitted listing"):
        submit(db, frameworks, product, by=lumen, at=now)


def test_a_rival_cannot_submit(db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, now: datetime) -> None:
    product = a_complete_draft(db, frameworks, by=lumen, at=now)

    with raises(NotAllowed):
        submit(db, frameworks, product, by=rival, at=now)


def test_what_is_sent_back_can_be_mended_and_submitted_again(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    version = send_back(db, product, {"known-risks": "Name the risks.", "exit": " "}, by=moderator, at=now)

    assert (product.state, version.state) == ("draft", "draft")
    assert reviews_of(db, version.id)[0].reasons == {"known-risks": "Name the risks."}
    describe(db, frameworks, product, {"known-risks": "It may invent a dose."}, by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)
    assert publish_listing(db, product, by=moderator, at=now).answers["known-risks"] == "It may invent a dose."


@mark.parametrize("reasons", [{}, {"exit": "  "}, {"": ""}])
def test_nothing_is_sent_back_without_a_reason(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime, reasons: dict[str, str]
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    with raises(Invalid, match="no reason"):
        send_back(db, product, reasons, by=moderator, at=now)


def test_a_new_edition_that_is_sent_back_leaves_the_live_one_on_show(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    shown = product.live_version_id
    begin_edition(db, product, by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)

    send_back(db, product, {"": "Say what is new."}, by=moderator, at=now)

    assert (product.state, product.live_version_id) == ("live", shown)


def test_what_is_suspended_is_told_with_its_reason_and_comes_back(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)

    suspend_listing(db, product, reason="A safety notice.", by=moderator, at=now)

    assert (product.state, product.state_reason) == ("suspended", "A safety notice.")
    assert product_for(db, product.ref, by=None) is product
    reinstate_listing(db, product, reason="Mended in 1.1.", by=moderator, at=now)
    assert (product.state, product.state_reason) == ("live", "")


def test_a_supplier_cannot_reinstate_itself(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    suspend_listing(db, product, reason="A safety notice.", by=CLOCK, at=now)

    with raises(NotAllowed, match="you cannot reinstate"):
        reinstate_listing(db, product, reason="It is fine.", by=lumen, at=now)


@mark.parametrize("reason", ["", "  ", "x" * 2_001, "now\u202e"])
def test_a_reason_that_nobody_can_read_is_refused(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime, reason: str
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)

    with raises(Invalid) as refusal:
        withdraw_listing(db, product, reason=reason, by=lumen, at=now)

    assert list(refusal.value.fields) == ["reason"]
    assert product.state == "live"


def test_what_was_withdrawn_says_so_until_it_is_published_again(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    withdraw_listing(db, product, reason="We stop it.", by=lumen, at=now)
    begin_edition(db, product, by=lumen, at=now)

    submit(db, frameworks, product, by=lumen, at=now)
    assert (product.state, product.shown_state) == ("submitted", "withdrawn")
    send_back(db, product, {"": "Say why it is back."}, by=moderator, at=now)
    assert (product.state, product.shown_state) == ("draft", "withdrawn")
    submit(db, frameworks, product, by=lumen, at=now)
    publish_listing(db, product, by=moderator, at=now)

    assert (product.state, product.shown_state, product.state_reason) == ("live", "live", "")


def test_confirming_makes_a_listing_fresh_again(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    later = now + timedelta(days=400)

    confirm_listing(db, product, by=lumen, at=later)

    assert product.touched_at == later
    with raises(NotAllowed):
        confirm_listing(db, product, by=moderator, at=later)


@mark.parametrize("state", ["draft", "submitted", "suspended", "withdrawn"])
def test_only_what_is_live_is_confirmed(db: Session, lumen: Actor, now: datetime, state: str) -> None:
    product = a_product(db, of=lumen, at=now, state=state)

    with raises(Conflict, match=f"cannot confirm a {state} listing"):
        confirm_listing(db, product, by=lumen, at=now)


def test_the_name_of_a_draft_is_the_name_of_its_product(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)

    rename(db, product, "Lumen Letters", by=lumen, at=now)

    assert (product.name, draft_of(db, product).change) == ("Lumen Letters", "first")
