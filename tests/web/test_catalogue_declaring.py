"""What stands beside a description, as its supplier declares it: prices from day to day, and who reads a document."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from lxml import html
from pytest import fixture, mark, raises
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.prices import declare_prices
from marketplace.catalogue.models import Attachment, Price, Product
from marketplace.catalogue.queries.products import offers_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from tests.catalogue.shelf import LICENCE, USE, a_complete_draft, declare
from tests.clients import Browser
from tests.worlds import part

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PRICE = {"price.0.model": "per-use", "price.0.label": "Letters", "price.0.unit": "letter", "price.0.period": "year",
         "price.0.price": "0.40"}  # fmt: skip


@fixture
def supplier(client_of: Callable[[Actor], Browser], lumen: Actor) -> Browser:
    return client_of(lumen)


@part
def product(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> Product:
    return a_complete_draft(db, frameworks, by=lumen, at=now)


@fixture
def base(db: Session, product: Product) -> str:
    """The address of the listing, once everybody can see what was made."""
    path = f"/listings/{product.ref}"
    db.commit()
    return path


def typed_in(page: str) -> dict[str, str]:
    """What stands in the fields of the page's form, but for what is hidden or empty."""
    fields = html.document_fromstring(page).xpath("//main//input[@name and not(@type='hidden' or @type='checkbox')]")
    return {one.get("name"): one.get("value") for one in fields if one.get("value")}


# --- prices


@mark.parametrize(
    ("change", "told"),
    [
        ({"price.0.price": ""}, "Enter the price; 0 where nothing is asked for it."),
        ({"price.0.tiers": "above 0: 0.30"}, "Give one price, or tiers, and not both."),
        ({"valid-from-day": "1", "valid-from-month": "1", "valid-from-year": "9999"}, "1 January 9999 is too far ahead"),
        ({"valid-from-day": "1", "valid-from-month": "1", "valid-from-year": "2026", "valid-until-day": "2",
          "valid-until-month": "2", "valid-until-year": "2026"}, "2 February 2026 is over"),
    ],
)  # fmt: skip
def test_a_price_that_nobody_could_mean_is_refused(
    supplier: Browser, base: str, db: Session, change: dict[str, str], told: str
) -> None:
    before = len(db.scalars(select(Price.id)).all())
    db.rollback()

    page = supplier.send_form(f"{base}/prices", {**PRICE, **change})

    assert page.status_code == 422
    assert told in page.text
    assert len(db.scalars(select(Price.id)).all()) == before
    db.rollback()


def test_nothing_is_a_price_where_it_is_typed_or_free(supplier: Browser, base: str) -> None:
    free = {"price.1.model": "free", "price.1.label": "Trial", "price.1.price": ""}

    assert supplier.send_form(f"{base}/prices", {**PRICE, "price.0.price": "0", **free}).status_code == 303


def test_prices_of_today_and_of_next_year_stand_apart_and_the_form_holds_those_that_come_last(
    supplier: Browser, base: str, db: Session, product: Product, lumen: Actor, now: datetime
) -> None:
    declare(db, product, [LICENCE], by=lumen, at=now)
    declare_prices(
        db, product, [USE], valid_from=date(2027, 1, 1), valid_until=None, row_version=None, by=lumen, at=now
    )
    db.commit()

    page = supplier.get(f"{base}/prices").text

    words = " ".join(html.document_fromstring(page).text_content().split())
    assert "Hold now, from 24 November 2026 until 31 December 2026: Licence" in words
    assert "Are to hold, from 1 January 2027: Consultations" in words
    typed = typed_in(page)
    assert typed["price.0.label"] == "Consultations"
    assert "price.1.label" not in typed
    assert [typed[f"valid-from-{part}"] for part in ("day", "month", "year")] == ["1", "1", "2027"]
    assert supplier.send_form(f"{base}/prices", {**PRICE, "valid-from-day": "1", "valid-from-month": "1",
                                                 "valid-from-year": "2027"}).status_code == 303  # fmt: skip
    standing = select(Price.label, Price.valid_from).where(Price.replaced_at.is_(None)).order_by(Price.valid_from)
    assert [label for label, _ in db.execute(standing)] == ["Licence", "Letters"]
    db.rollback()


def test_a_price_that_has_ended_is_missing_again(
    supplier: Browser, base: str, db: Session, product: Product, lumen: Actor, now: datetime
) -> None:
    ends = now.date() + timedelta(days=5)
    declare_prices(db, product, [LICENCE], valid_from=now.date(), valid_until=ends, row_version=None, by=lumen, at=now)
    assert offers_of(db, product.id, on=ends) == [LICENCE]
    assert offers_of(db, product.id, on=ends + timedelta(days=1)) == []
    for price in db.scalars(select(Price).where(Price.replaced_at.is_(None))):
        price.valid_from, price.valid_until = date(2026, 1, 1), date(2026, 2, 1)
    db.commit()

    page = supplier.get(base).text

    assert "At least one price, or that it is free of charge" in page
    assert "At least one price" in supplier.send_form(f"{base}/submission").text
    assert "Waits for you: 1 missing" in supplier.get("/listings").text
    assert "What is declared" not in supplier.get(f"{base}/prices").text


def test_prices_may_begin_in_five_years_and_no_later(
    db: Session, product: Product, lumen: Actor, now: datetime
) -> None:
    def begin(day: date) -> None:
        declare_prices(db, product, [USE], valid_from=day, valid_until=None, row_version=None, by=lumen, at=now)

    begin(date(2031, 11, 24))
    with raises(Invalid, match="too far ahead"):
        begin(date(2031, 11, 25))


# --- documents


def test_the_same_file_does_not_change_its_readers_unseen(supplier: Browser, base: str, db: Session) -> None:
    def send(access: str) -> Any:
        sent = {"kind": "security", "access": access}
        return supplier.send_form(f"{base}/documents", sent, files={"file": ("Pen test.pdf", PDF, "application/pdf")})

    assert send("public").status_code == 303
    assert send("public").status_code == 303

    page = send("named")

    assert page.status_code == 422
    assert (
        "Pen-test.pdf is here already as this file, public. Remove it, then add it again for other readers."
        in page.text
    )
    assert 'value="named" checked' in page.text
    assert db.scalars(select(Attachment.access)).all() == ["public"]
    db.rollback()
