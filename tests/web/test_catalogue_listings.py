"""A supplier looks after its listings in the browser: names, prices, documents, moves, and nobody else's."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pytest import fixture, mark
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Attachment, Price, Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.catalogue.shelf import COMPLETE, LICENCE, a_complete_draft, a_draft, a_live, declare, draft_of
from tests.clients import Browser
from tests.worlds import part

HEAVIEST = 14 * 1024
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
BIDI = "safe\u202efdp"
PRICE = {"price.0.model": "per-use", "price.0.label": "Letters", "price.0.unit": "letter", "price.0.period": "year",
         "price.0.price": "0.40"}  # fmt: skip


@fixture
def supplier(client_of: Callable[[Actor], Browser], lumen: Actor) -> Browser:
    return client_of(lumen)


@part
def draft(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> str:
    """The address of a product with nothing but its name."""
    path = f"/listings/{a_draft(db, frameworks, by=lumen, at=now).ref}"
    db.commit()
    return path


@mark.parametrize("name", ["", "x" * 121, BIDI, "Lumen\u200bScribe", "<b>Lumen</b>" * 20])
def test_a_name_that_cannot_be_comes_back_as_typed(supplier: Browser, name: str) -> None:
    page = supplier.send_form("/listings/new", {"name": name, "kind": "model"})

    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert 'value="model" checked' in page.text


def test_a_name_like_another_s_is_warned_about(
    supplier: Browser, client_of: Callable[[Actor], Browser], rival: Actor, draft: str
) -> None:
    other = client_of(rival)
    added = other.send_form("/listings/new", {"name": "Lumеn Scribe", "kind": "genai-application"})

    assert "The name looks like another supplier&#39;s" in other.get(added.headers["location"]).text


PLACES = (
    "", "/preview", "/description", "/facts", "/prices", "/documents", "/withdrawal", "/suspension", "/reinstatement",
)  # fmt: skip
NOUNS = (
    "/description", "/facts", "/prices", "/documents", "/submission", "/confirmation", "/edition", "/withdrawal",
    "/publication", "/return", "/suspension", "/reinstatement",
)  # fmt: skip


@mark.parametrize("place", PLACES)
@mark.parametrize("who", ["rival", "buyer", "nobody"])
def test_a_listing_of_others_cannot_be_opened(
    client: Browser, client_of: Callable[[Actor], Browser], rival: Actor, buyer: Actor, draft: str, place: str, who: str
) -> None:
    browser = client if who == "nobody" else client_of({"rival": rival, "buyer": buyer}[who])

    page = browser.get(draft + place, follow_redirects=False)

    assert page.status_code in ((303,) if who == "nobody" else (403, 404))


@mark.parametrize("noun", NOUNS)
@mark.parametrize("who", ["rival", "buyer"])
def test_a_listing_of_others_cannot_be_moved(
    client_of: Callable[[Actor], Browser], rival: Actor, buyer: Actor, db: Session, draft: str, noun: str, who: str
) -> None:
    browser = client_of({"rival": rival, "buyer": buyer}[who])

    answer = browser.send_form(draft + noun, {"reason": "Because.", "name": "X", "number": "1", "change": "fix"})

    assert answer.status_code in (403, 404)
    assert db.scalars(select(Product.state)).one() == "draft"
    db.rollback()


def test_a_form_without_its_token_changes_nothing(supplier: Browser, db: Session, draft: str) -> None:
    answer = supplier.post(f"{draft}/withdrawal", data={"reason": "Because."}, follow_redirects=False)

    assert answer.status_code == 403
    assert db.scalars(select(Product.state)).one() == "draft"
    db.rollback()


def test_prices_are_declared_with_tiers_and_read_back(supplier: Browser, db: Session, draft: str) -> None:
    tiers = {"price.0.price": "", "price.0.tiers": "above 0: 0.40\r\nabove 10,000: 0.30"}
    set_up = {"price.1.model": "set-up", "price.1.label": "Set-up", "price.1.period": "once", "price.1.price": "5,000"}
    sent = {**PRICE, **tiers, **set_up}

    assert supplier.send_form(f"{draft}/prices", sent).status_code == 303

    standing = db.scalars(select(Price).order_by(Price.position)).all()
    assert [(price.pence, price.tiers) for price in standing] == [
        (0, [{"above": 0, "pence": 40}, {"above": 10_000, "pence": 30}]), (500_000, []),
    ]  # fmt: skip
    db.rollback()
    assert "above 10,000: 0.30" in supplier.get(f"{draft}/prices").text


@mark.parametrize(
    ("change", "told"),
    [
        ({"price.0.price": "-1"}, "is below nothing"),
        ({"price.0.price": "1.234"}, "fraction of a penny"),
        ({"price.0.price": "NaN"}, "is not an amount of money"),
        ({"price.0.price": "9" * 30}, "is too large"),
        ({"price.0.unit": ""}, "Say what is counted"),
        ({"price.0.tiers": "0: 1\n0: 2"}, "Tiers begin above 0 and go up"),
        ({"price.0.label": BIDI}, "cannot be seen or misleads"),
        ({"price.0.model": "barter"}, "is not a kind of price"),
        ({"valid-from-day": "30", "valid-from-month": "2", "valid-from-year": "2027"}, "2027-02-30"),
        ({"valid-until-day": "1", "valid-until-month": "1", "valid-until-year": "2020"}, "is before"),
    ],
)
def test_a_price_that_does_not_hold_is_refused_and_kept(
    supplier: Browser, db: Session, draft: str, change: dict[str, str], told: str
) -> None:
    page = supplier.send_form(f"{draft}/prices", {**PRICE, **change})

    assert page.status_code == 422
    assert told in page.text
    assert 'value="Letters"' in page.text or "Letters" not in {**PRICE, **change}.values()
    assert db.scalars(select(Price)).all() == []
    db.rollback()


def test_a_document_is_added_and_removed(supplier: Browser, db: Session, draft: str) -> None:
    sent = {"kind": "instructions", "access": "public"}

    added = supplier.send_form(f"{draft}/documents", sent, files={"file": ("Guide.pdf", PDF, "text/html")})
    kept = db.scalars(select(Attachment)).one()
    removal = f"{draft}/documents/{kept.id}/removal"
    db.rollback()

    assert added.status_code == 303
    assert "Guide.pdf" in supplier.get(f"{draft}/documents").text
    assert supplier.send_form(removal).status_code == 303
    assert "Guide.pdf</a>" not in supplier.get(f"{draft}/documents").text
    assert supplier.send_form(removal).status_code == 404


def test_several_documents_are_added_at_once_all_or_none_and_one_is_removed(
    supplier: Browser, db: Session, draft: str
) -> None:
    sent = {"kind": "instructions", "access": "public"}
    guide, notes = ("Guide.pdf", PDF, "application/pdf"), ("Notes.txt", b"What is new in this version.", "text/plain")

    refused = supplier.send_form(
        f"{draft}/documents", sent, files=[("file", guide), ("file", ("run.exe", b"MZ\x90\x00", "application/pdf"))]
    )
    assert refused.status_code == 422
    assert "run.exe" in refused.text
    assert db.scalars(select(Attachment)).all() == []
    db.rollback()
    added = supplier.send_form(f"{draft}/documents", sent, files=[("file", guide), ("file", notes)])
    assert added.status_code == 303
    kept = {one.name: one.id for one in db.scalars(select(Attachment))}
    db.rollback()
    supplier.send_form(f"{draft}/documents/{kept['Guide.pdf']}/removal")

    page = supplier.get(f"{draft}/documents").text
    assert set(kept) == {"Guide.pdf", "Notes.txt"}
    assert "Notes.txt</a>" in page
    assert "Guide.pdf</a>" not in page


@mark.parametrize(
    "upload",
    [
        {},
        {"file": ("page.pdf", b"<!doctype html><script>x</script>", "application/pdf")},
        {"file": ("empty.pdf", b"", "application/pdf")},
        {"file": ("run.exe", b"MZ\x90\x00" + b"\x00" * 100, "application/pdf")},
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    supplier: Browser, db: Session, draft: str, upload: dict[str, Any]
) -> None:
    page = supplier.send_form(f"{draft}/documents", {"kind": "instructions", "access": "on-request"}, files=upload)

    assert page.status_code == 422
    assert 'value="on-request" checked' in page.text
    assert db.scalars(select(Attachment)).all() == []
    db.rollback()


def test_the_facts_of_the_next_edition_are_asked_and_checked(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    base = f"/listings/{a_live(db, frameworks, by=lumen, moderator=moderator, at=now).ref}"
    db.commit()
    assert supplier.send_form(f"{base}/edition").status_code == 303

    bad = supplier.send_form(f"{base}/facts", {"name": "", "number": "2.0", "change": "fix"})
    good = supplier.send_form(f"{base}/facts", {"name": "Lumen Two", "number": "2.0", "change": "new-model"})

    assert bad.status_code == 422
    assert 'value="2.0"' in bad.text
    assert good.status_code == 303
    assert "Lumen Two, version 2.0" in supplier.get(base).text


def test_a_published_edition_has_no_form(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    base = f"/listings/{a_live(db, frameworks, by=lumen, moderator=moderator, at=now).ref}"
    db.commit()

    assert supplier.get(f"{base}/description").status_code == 409
    assert supplier.send_form(f"{base}/description", {"shown": ["summary"], "summary": "X"}).status_code == 409


def test_a_preview_shows_the_draft_as_a_buyer_will_see_it(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    base = f"/listings/{a_complete_draft(db, frameworks, by=lumen, at=now).ref}"
    db.commit()

    text = supplier.get(f"{base}/preview").text

    assert "Preview: this is how a buyer will see it" in text
    assert COMPLETE["intended-use"] in text
    assert "£12.00 for each clinician a month" in text


def test_a_withdrawal_asks_why_and_keeps_what_was_typed(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    base = f"/listings/{a_live(db, frameworks, by=lumen, moderator=moderator, at=now).ref}"
    db.commit()

    refused = supplier.send_form(f"{base}/withdrawal", {"reason": f"Because {BIDI}"})
    done = supplier.send_form(f"{base}/withdrawal", {"reason": "We stop it."})

    assert refused.status_code == 422
    assert "Because safe" in refused.text
    assert done.status_code == 303
    assert "We stop it." in supplier.get(base).text
    again = supplier.send_form(f"{base}/withdrawal", {"reason": "Again."})
    assert again.status_code == 409


def test_a_live_listing_is_confirmed(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    base = f"/listings/{a_live(db, frameworks, by=lumen, moderator=moderator, at=now).ref}"
    db.commit()

    assert supplier.send_form(f"{base}/confirmation").status_code == 303
    assert "Confirmed as still true" in supplier.get(base).text


def test_the_list_says_what_waits_for_whom(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, now: datetime, draft: str
) -> None:
    product = a_complete_draft(db, frameworks, by=lumen, at=now, name="Lumen Coder")
    declare(db, product, [LICENCE], by=lumen, at=now)
    assert draft_of(db, product).state == "draft"
    db.commit()

    text = supplier.get("/listings").text

    assert "Waits for you to submit it" in text
    assert re.search(r"Waits for you: 3\d missing", text)


def test_an_empty_list_teaches_what_to_do(supplier: Browser) -> None:
    assert "Add your first product" in supplier.get("/listings").text
