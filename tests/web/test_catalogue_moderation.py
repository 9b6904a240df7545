"""Moderators look through what suppliers submit, and settle claims."""

from collections.abc import Callable
from datetime import datetime

from pytest import fixture, mark
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.models import Claim, Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.cast import a_product, an_actor
from tests.catalogue.shelf import COMPLETE, a_live, a_submitted, describe, submit
from tests.clients import Browser
from tests.worlds import part, quick_part


@fixture
def desk(client_of: Callable[[Actor], Browser], moderator: Actor) -> Browser:
    return client_of(moderator)


@part
def waiting(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> str:
    """The reference of a product that was submitted."""
    ref = a_submitted(db, frameworks, by=lumen, at=now).ref
    db.commit()
    return ref


@quick_part
def unclaimed(db: Session, lumen: Actor, now: datetime) -> str:
    product = a_product(db, of=lumen, at=now, name="Aidoc BriefCase")
    product.organisation_id, product.source = None, {"supplier": "Aidoc", "document": "FDA list", "date": "2026-05-01"}
    ref = product.ref
    db.commit()
    return ref


def state_of(db: Session, ref: str) -> str:
    db.expire_all()
    state = db.scalars(select(Product.state).where(Product.ref == ref)).one()
    db.rollback()
    return state


def test_a_moderator_finds_what_waits_looks_it_through_and_publishes(
    desk: Browser, client: Browser, db: Session, waiting: str
) -> None:
    assert f"/moderation/{waiting}" in desk.get("/moderation").text
    assert COMPLETE["known-risks"] in desk.get(f"/moderation/{waiting}").text

    published = desk.send_form(f"/listings/{waiting}/publication")

    assert published.headers["location"] == "/moderation"
    assert state_of(db, waiting) == "live"
    assert client.get(f"/products/{waiting}").status_code == 200
    assert desk.send_form(f"/listings/{waiting}/publication").status_code == 409


def test_remarks_beside_fields_go_back_to_the_supplier(
    desk: Browser, client_of: Callable[[Actor], Browser], db: Session, lumen: Actor, waiting: str
) -> None:
    sent = {"reason": "Nearly there.", "remark.exit": "Say in how many days.", "remark.summary": " "}

    assert desk.send_form(f"/listings/{waiting}/return", sent).status_code == 303

    supplier = client_of(lumen)
    assert "Say in how many days." in supplier.get(f"/listings/{waiting}").text
    assert (
        "A moderator asks: Say in how many days."
        in supplier.get(f"/listings/{waiting}/description?section=leaving").text
    )
    assert state_of(db, waiting) == "draft"


@mark.parametrize(
    "sent", [{}, {"reason": "  "}, {"remark.exit": "why\u202e", "reason": "Kept."}, {"reason": "x" * 2_001}]
)
def test_nothing_is_sent_back_without_reasons_that_can_be_read(
    desk: Browser, db: Session, waiting: str, sent: dict[str, str]
) -> None:
    page = desk.send_form(f"/listings/{waiting}/return", sent)

    assert page.status_code == 422
    assert sent.get("reason", "") in page.text
    assert state_of(db, waiting) == "submitted"


def test_the_workbench_shows_what_changed_since_the_edition_on_show(
    desk: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    begin_edition(db, product, by=lumen, at=now)
    describe(db, frameworks, product, {"summary": "Writes better letters."}, by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)
    path = f"/moderation/{product.ref}"
    db.commit()

    text = desk.get(path).text

    assert "What changed since edition 1" in text
    assert text.index(COMPLETE["summary"]) < text.index("Writes better letters.")


def test_whoever_submitted_is_told_that_it_is_not_for_them(
    client_of: Callable[[Actor], Browser], db: Session, waiting: str, now: datetime
) -> None:
    other_hat = an_actor(db, "Priya Raman", "Touchstone operations", "operator", "operator", at=now)
    browser = client_of(other_hat)

    assert "Not for you to decide" in browser.get(f"/moderation/{waiting}").text
    assert browser.send_form(f"/listings/{waiting}/publication").status_code == 403
    assert browser.send_form(f"/listings/{waiting}/return", {"reason": "No."}).status_code == 403
    assert state_of(db, waiting) == "submitted"


@mark.parametrize("path", ["/moderation", "/moderation/{ref}"])
def test_suppliers_and_buyers_do_not_see_the_queue(
    client_of: Callable[[Actor], Browser], lumen: Actor, buyer: Actor, waiting: str, path: str
) -> None:
    assert {client_of(one).get(path.format(ref=waiting)).status_code for one in (lumen, buyer)} == {403}


def test_a_listing_is_suspended_with_a_reason_and_reinstated(
    desk: Browser, client: Browser, db: Session, waiting: str
) -> None:
    desk.send_form(f"/listings/{waiting}/publication")

    assert desk.send_form(f"/listings/{waiting}/suspension", {"reason": ""}).status_code == 422
    assert desk.send_form(f"/listings/{waiting}/suspension", {"reason": "It missed a red flag."}).status_code == 303
    assert "It missed a red flag." in client.get(f"/products/{waiting}").text
    assert desk.send_form(f"/listings/{waiting}/suspension", {"reason": "Again."}).status_code == 409
    assert desk.send_form(f"/listings/{waiting}/reinstatement", {"reason": "Mended."}).status_code == 303

    assert state_of(db, waiting) == "live"


def test_an_imported_product_is_claimed_and_the_claim_is_granted(
    desk: Browser, client_of: Callable[[Actor], Browser], db: Session, rival: Actor, unclaimed: str
) -> None:
    supplier = client_of(rival)
    empty = supplier.send_form(f"/products/{unclaimed}/claim", {"reason": ""})
    asked = supplier.send_form(f"/products/{unclaimed}/claim", {"reason": "We make it."})
    twice = supplier.send_form(f"/products/{unclaimed}/claim", {"reason": "We make it."})
    claim = db.scalars(select(Claim.id)).one()
    db.rollback()

    assert [answer.status_code for answer in (empty, asked, twice)] == [422, 303, 409]
    assert "Quillmark Ltd" in desk.get("/moderation").text
    assert "We make it." in desk.get(f"/moderation/{unclaimed}").text
    settled = desk.send_form(f"/products/{unclaimed}/claims/{claim}/settlement", {"decision": "grant", "reason": ""})
    assert settled.status_code == 303
    assert supplier.get(f"/listings/{unclaimed}").status_code == 200
    assert "Granted" in supplier.get(f"/products/{unclaimed}/claim").text


def test_a_claim_is_refused_with_a_reason_that_its_supplier_reads(
    desk: Browser, client_of: Callable[[Actor], Browser], db: Session, rival: Actor, unclaimed: str
) -> None:
    supplier = client_of(rival)
    supplier.send_form(f"/products/{unclaimed}/claim", {"reason": "We make it."})
    path = f"/products/{unclaimed}/claims/{db.scalars(select(Claim.id)).one()}/settlement"
    db.rollback()

    assert desk.send_form(path, {"decision": "refuse", "reason": ""}).status_code == 422
    assert desk.send_form(path, {"decision": "refuse", "reason": "Aidoc makes it."}).status_code == 303

    assert "Aidoc makes it." in supplier.get(f"/products/{unclaimed}/claim").text
    assert supplier.get(f"/listings/{unclaimed}").status_code == 404


def test_a_buyer_cannot_claim_and_is_told_who_can(
    client_of: Callable[[Actor], Browser], buyer: Actor, unclaimed: str
) -> None:
    browser = client_of(buyer)

    assert "Only a supplier or a university can claim it" in browser.get(f"/products/{unclaimed}/claim").text
    assert browser.send_form(f"/products/{unclaimed}/claim", {"reason": "Mine."}).status_code == 403


def test_a_claim_of_another_product_is_not_found(
    desk: Browser, client_of: Callable[[Actor], Browser], db: Session, rival: Actor, unclaimed: str, waiting: str
) -> None:
    client_of(rival).send_form(f"/products/{unclaimed}/claim", {"reason": "We make it."})
    claim = db.scalars(select(Claim.id)).one()
    db.rollback()

    for one in (claim, "00000000-0000-7000-8000-000000000000"):
        assert desk.send_form(f"/products/{waiting}/claims/{one}/settlement", {"decision": "grant"}).status_code == 404


def test_an_empty_queue_says_so(desk: Browser) -> None:
    assert "Nothing waits" in desk.get("/moderation").text
