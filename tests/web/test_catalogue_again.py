"""A listing that goes back and forth: what is said of it to its supplier, to moderators and to whoever claims it."""

from collections.abc import Callable
from datetime import datetime

from lxml import html
from pytest import fixture, mark
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.cast import a_product
from tests.catalogue.shelf import a_draft, a_live, a_submitted
from tests.clients import Browser
from tests.worlds import part, quick_part

BIDI = "safe\u202efdp"


@fixture
def supplier(client_of: Callable[[Actor], Browser], lumen: Actor) -> Browser:
    return client_of(lumen)


@fixture
def desk(client_of: Callable[[Actor], Browser], moderator: Actor) -> Browser:
    return client_of(moderator)


@part
def waiting(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> str:
    """The reference of a product that was submitted."""
    ref = a_submitted(db, frameworks, by=lumen, at=now).ref
    db.commit()
    return ref


@part
def shown(db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime) -> str:
    """The reference of a product that is on show."""
    ref = a_live(db, frameworks, by=lumen, moderator=moderator, at=now).ref
    db.commit()
    return ref


@quick_part
def unclaimed(db: Session, lumen: Actor, now: datetime) -> str:
    product = a_product(db, of=lumen, at=now, name="Aidoc BriefCase")
    product.organisation_id, product.source = None, {"supplier": "Aidoc", "document": "FDA list", "date": "2026-05-01"}
    product.source_mapping = "fda-ai-devices"
    ref = product.ref
    db.commit()
    return ref


def words(page: str) -> str:
    return " ".join(html.document_fromstring(page).xpath("//main")[0].text_content().split())


def test_what_was_sent_back_is_told_until_it_is_submitted_again_and_then_to_the_moderator(
    supplier: Browser, desk: Browser, waiting: str
) -> None:
    remarks = {"remark.known-risks": "Name what happens in a noisy room.", "remark.prices": "From when on?",
               "remark.documents": "The safety case is missing.", "remark.name": "Say which scribe.",
               "reason": "Nearly there."}  # fmt: skip
    assert desk.send_form(f"/listings/{waiting}/return", remarks).status_code == 303

    page = supplier.get(f"/listings/{waiting}").text

    for told in ("Known risks and limits: Name what happens in a noisy room.", "Prices: From when on?",
                 "Documents: The safety case is missing.", "Name: Say which scribe.", "The whole listing: Nearly there."):  # fmt: skip
        assert told in words(page)
    for noun in ("prices", "documents", "facts", "description?section=risks#known-risks"):
        assert f'<a href="/listings/{waiting}/{noun}">' in page
    assert supplier.send_form(f"/listings/{waiting}/submission").status_code == 303
    assert "A moderator sent it back" not in supplier.get(f"/listings/{waiting}").text
    again = words(desk.get(f"/moderation/{waiting}").text)
    assert "What was asked when it was sent back" in again
    assert "Known risks and limits: Name what happens in a noisy room." in again


def test_a_remark_that_cannot_be_read_is_told_beside_it_and_kept(desk: Browser, waiting: str) -> None:
    page = desk.send_form(f"/listings/{waiting}/return", {"remark.known-risks": BIDI, "remark.summary": "Shorter."})

    assert page.status_code == 422
    assert 'href="#remark.known-risks"' in page.text
    assert 'id="remark.known-risks-error"' in page.text
    assert 'value="Shorter."' in page.text


def test_a_preview_of_what_is_on_show_does_not_say_that_nobody_sees_it(supplier: Browser, shown: str) -> None:
    page = words(supplier.get(f"/listings/{shown}/preview").text)

    assert "Preview: this is the edition on show" in page
    assert "Nobody outside" not in page


def test_a_moderator_who_reads_a_draft_is_led_to_no_page_of_its_supplier(desk: Browser, waiting: str) -> None:
    page = desk.get(f"/products/{waiting}/editions/1")

    assert page.status_code == 200
    assert "Nobody outside its supplier and the moderators can see this edition." in words(page.text)
    assert f'href="/listings/{waiting}"' not in page.text


@mark.parametrize(("is_shown", "told"), [(True, "Its page stays, says so"), (False, "It was never on show")])
def test_a_withdrawal_says_what_it_means_for_what_was_or_was_not_on_show(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor,
    now: datetime, is_shown: bool, told: str,
) -> None:  # fmt: skip
    made = a_live(db, frameworks, by=lumen, moderator=moderator, at=now) if is_shown else a_draft(
        db, frameworks, by=lumen, at=now
    )  # fmt: skip
    ref = made.ref
    db.commit()

    assert told in supplier.get(f"/listings/{ref}/withdrawal").text

    left = supplier.send_form(f"/listings/{ref}/withdrawal", {"reason": "Nobody sells it."})
    assert ("Its page says so" in supplier.get(left.headers["location"]).text) is is_shown


def test_who_has_claimed_a_product_is_not_asked_again(supplier: Browser, unclaimed: str) -> None:
    supplier.send_form(f"/products/{unclaimed}/claim", {"reason": "We make it."})

    page = supplier.get(f"/products/{unclaimed}/claim").text

    assert "A moderator settles it. You will be told." in page
    assert "Why is it yours?" not in page


def test_a_claim_that_was_granted_leads_to_its_listing_and_its_history_begins_with_the_import(
    supplier: Browser, desk: Browser, unclaimed: str, db: Session
) -> None:
    supplier.send_form(f"/products/{unclaimed}/claim", {"reason": "We make it."})
    form = html.document_fromstring(desk.get(f"/moderation/{unclaimed}").text).xpath(
        "//form[contains(@action,'claims')]"
    )
    desk.send_form(form[0].get("action"), {"decision": "grant", "reason": ""})

    assert (
        f'<a href="/listings/{unclaimed}">Look after this listing</a>'
        in supplier.get(f"/products/{unclaimed}/claim").text
    )
    assert "Came in by an import" in words(supplier.get(f"/listings/{unclaimed}").text)
    assert db.scalars(select(Product.organisation_id)).one() is not None
    db.rollback()


def test_a_submitted_edition_is_taken_back_and_mended_while_the_one_on_show_stays(
    supplier: Browser, desk: Browser, client: Browser, shown: str
) -> None:
    supplier.send_form(f"/listings/{shown}/edition")
    assert supplier.send_form(f"/listings/{shown}/submission").status_code == 303
    assert supplier.send_form(f"/listings/{shown}/facts", {"name": "Lumen", "number": "2"}).status_code == 409
    assert "Take it back" in supplier.get(f"/listings/{shown}").text

    taken = supplier.send_form(f"/listings/{shown}/recall")

    assert "Edition 2 is a draft again. No moderator sees it." in words(supplier.get(taken.headers["location"]).text)
    assert "Taken back by its supplier" in words(supplier.get(f"/listings/{shown}").text)
    assert supplier.get(f"/listings/{shown}/facts").status_code == 200
    assert "Live" in words(supplier.get(f"/listings/{shown}").text)
    assert client.get(f"/products/{shown}").status_code == 200
    assert "Nothing waits" in desk.get("/moderation").text
    assert supplier.send_form(f"/listings/{shown}/recall").status_code == 409


def test_what_was_published_meanwhile_is_not_taken_back(supplier: Browser, desk: Browser, waiting: str) -> None:
    desk.send_form(f"/listings/{waiting}/publication")

    page = supplier.send_form(f"/listings/{waiting}/recall")

    assert page.status_code == 409
    assert "Cannot take back a live listing" in words(page.text)


def test_only_its_supplier_takes_a_listing_back(
    desk: Browser, client_of: Callable[[Actor], Browser], rival: Actor, waiting: str
) -> None:
    for other in (desk, client_of(rival)):
        assert other.send_form(f"/listings/{waiting}/recall").status_code in (403, 404)


def test_a_next_edition_under_another_s_name_is_seen_by_its_moderator(
    supplier: Browser, desk: Browser, client_of: Callable[[Actor], Browser], rival: Actor, shown: str
) -> None:
    client_of(rival).send_form("/listings/new", {"name": "Rival Scribe", "kind": "genai-application"})
    supplier.send_form(f"/listings/{shown}/edition")
    supplier.send_form(f"/listings/{shown}/facts", {"name": "Rivаl Scribe", "number": "2.0", "change": "fix"})
    assert "The name looks like another supplier's" in words(supplier.get(f"/listings/{shown}").text)
    supplier.send_form(f"/listings/{shown}/submission")

    page = words(desk.get(f"/moderation/{shown}").text)

    assert "Name Was: Lumen Scribe Is now: Rivаl Scribe" in page.replace("Is now", " Is now").replace("  ", " ")
    assert "Is now: 2.0" in page
    assert "looks the same" in page
