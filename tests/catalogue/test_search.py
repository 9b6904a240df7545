"""How products become search documents, and how the index follows them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from pytest import fixture
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.claims import ask_claim, settle_claim
from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import (
    confirm_listing,
    publish_listing,
    reinstate_listing,
    suspend_listing,
    withdraw_listing,
)
from marketplace.catalogue.queries.visible import find_visible
from marketplace.catalogue.search import documents, facets, hidden, is_stale_card
from marketplace.catalogue.subscribers import INDEXED, indexes
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.events import event_from
from marketplace.kit.jobs import Heard
from marketplace.kit.record import Entry
from marketplace.ports.search.port import Document
from tests.cast import a_product
from tests.catalogue.shelf import LICENCE, a_draft, a_live, a_submitted, declare, describe, rename, submit

CANARY = "'\"><svg/onload=alert(1)>{{7*7}}"


"""How products become search documents, how the index follows them, and what the database shows without it."""


CANARY = "'\"><svg/onload=alert(1)>{{7*7}}"


class Shelf:
    """An index that is a dictionary."""

    name = "shelf"

    def __init__(self) -> None:
        self.held: dict[str, Document] = {}
        self.calls = 0

    def put(self, found: Iterable[Document]) -> None:
        self.calls += 1
        self.held |= {document.ref: document for document in found}

    def drop(self, refs: Iterable[str]) -> None:
        for ref in refs:
            self.held.pop(ref, None)


@fixture
def shelf() -> Shelf:
    return Shelf()


def heard_since(db: Session, *, start: int) -> list[Heard]:
    db.flush()
    entries = list(db.scalars(select(Entry).order_by(Entry.id)))[start:]
    return [
        Heard(
            event_from(entry.name, entry.payload), entry.at, entry.by_person_id, entry.by_organisation_id, str(entry.id)
        )
        for entry in entries
    ]


def follow(db: Session, shelf: Shelf, frameworks: Frameworks, *, times: int = 1) -> None:
    """Let the index hear everything that was recorded, each event as often as said."""
    index = indexes(shelf, frameworks)  # type: ignore[arg-type]
    for heard in heard_since(db, start=0):
        if isinstance(heard.event, INDEXED):
            for _ in range(times):
                index(db, heard)


def only(db: Session, frameworks: Frameworks, on: date) -> Document:
    (document,) = documents(db, frameworks, on=on)
    return document


def test_a_card_holds_all_that_it_shows(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)

    stored = only(db, frameworks, now.date()).stored

    assert stored["ref"] == product.ref
    assert stored["supplier"] == "Lumen Health Ltd"
    assert stored["kind_label"] == "GenAI application"
    assert stored["price"] == "£12.00 a clinician a month"
    assert stored["price_pence"] == 100 * 1_200 * 12 + 10_000 * 40 + 10_000 * 30
    assert stored["conformity"] == "No certificate on Touchstone"
    assert stored["published"] == "2026-11-24"
    assert stored["badges"][0] == {"label": "Autonomy", "value": "Drafts"}
    assert (stored["demonstration"], stored["unclaimed"], stored["status"], stored["source"]) == (
        False,
        False,
        [],
        None,
    )


def test_every_filterable_question_is_a_facet_of_the_catalogue(frameworks: Frameworks) -> None:
    keys = [facet.key for facet in facets(frameworks)]

    assert {"kind", "purpose", "care-setting", "specialty", "user-group", "nation", "autonomy", "hosting-model"} <= set(
        keys
    )
    assert {"epr-system", "price-model", "supplier-size", "conformity", "evidence", "source", "state"} <= set(keys)
    assert len(keys) == len(set(keys))
    assert {facet.key for facet in frameworks.facets} <= set(keys)


def test_a_document_is_found_by_its_answers_its_price_and_its_supplier(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    supplier = db.get(Organisation, lumen.organisation_id)
    assert supplier is not None
    supplier.size = "micro"
    a_live(db, frameworks, by=lumen, moderator=moderator, at=now)

    found = only(db, frameworks, now.date())

    assert found.facets["purpose"] == ("ambient-scribing", "clinic-letters")
    assert found.facets["price-model"] == ("per-user", "per-use")
    assert found.facets["supplier-size"] == ("micro",)
    assert found.facets["conformity"] == ("no-certificate",)
    assert found.facets["evidence"] == ("none-yet",)
    assert found.facets["source"] == ("supplier",)
    for facet in facets(frameworks):
        assert set(found.facets.get(facet.key, ())) <= {option.id for option in facet.options}
    assert set(found.facets) - {"touched"} <= {facet.key for facet in facets(frameworks)}
    assert "Outpatient" in found.body
    assert found.sorts["newest"] == now.timestamp()


def test_what_nobody_touched_for_three_years_is_hidden_without_touching_the_index(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    found = only(db, frameworks, now.date())

    def is_hidden(day: date) -> bool:
        return any(set(found.facets[key]) & values for key, values in hidden(day).items())

    assert [is_hidden(date(2029, 11, 23)), is_hidden(date(2029, 11, 24))] == [False, True]
    assert [is_stale_card(found.stored, today=date(2027, 11, day)) for day in (23, 24)] == [False, True]


def test_the_index_follows_a_listing_through_its_life(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime, shelf: Shelf
) -> None:
    product, ref = a_live(db, frameworks, by=lumen, moderator=moderator, at=now), ""
    ref = product.ref
    follow(db, shelf, frameworks)
    assert shelf.held[ref].stored["state"] == "live"

    suspend_listing(db, product, reason="A safety notice.", by=moderator, at=now)
    follow(db, shelf, frameworks)
    assert shelf.held[ref].stored["status"] == [{"word": "Suspended", "kind": "suspended"}]

    reinstate_listing(db, product, reason="Mended.", by=moderator, at=now)
    confirm_listing(db, product, by=lumen, at=now + timedelta(days=30))
    follow(db, shelf, frameworks)
    assert shelf.held[ref].stored["stale_from"] == "2027-12-24"

    withdraw_listing(db, product, reason="We stop it.", by=lumen, at=now)
    follow(db, shelf, frameworks)
    assert shelf.held == {}


def test_hearing_everything_twice_changes_nothing(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime, shelf: Shelf
) -> None:
    a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    again = Shelf()

    follow(db, shelf, frameworks)
    follow(db, again, frameworks, times=2)

    assert shelf.held == again.held
    assert [d.digest() for d in documents(db, frameworks, on=now.date())] == [d.digest() for d in shelf.held.values()]


def test_drafts_and_what_waits_are_not_found(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, moderator: Actor, now: datetime, shelf: Shelf
) -> None:
    a_submitted(db, frameworks, by=lumen, at=now)
    a_draft(db, frameworks, by=rival, at=now, name="Quill")

    follow(db, shelf, frameworks)

    assert shelf.held == {}
    assert list(documents(db, frameworks, on=now.date())) == []
    assert find_visible(db).items == []


def test_the_next_edition_takes_the_place_of_the_last_when_it_is_published(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime, shelf: Shelf
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    begin_edition(db, product, by=lumen, at=now)
    rename(db, product, "Lumen Scribe Two", by=lumen, at=now)
    describe(db, frameworks, product, {"nation": ["wales"]}, by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)
    follow(db, shelf, frameworks)
    assert shelf.held[product.ref].title == "Lumen Scribe"

    publish_listing(db, product, by=moderator, at=now)
    follow(db, shelf, frameworks)

    assert shelf.held[product.ref].title == "Lumen Scribe Two"
    assert shelf.held[product.ref].facets["nation"] == ("wales",)


def test_new_prices_change_the_card(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime, shelf: Shelf
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    declare(db, product, [LICENCE], by=lumen, at=now + timedelta(hours=1))

    follow(db, shelf, frameworks)

    assert shelf.held[product.ref].stored["price_pence"] == 100 * 1_200 * 12


def test_an_unclaimed_product_names_its_source_until_it_is_claimed(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, moderator: Actor, now: datetime, shelf: Shelf
) -> None:
    product = a_product(db, of=lumen, at=now)
    product.organisation_id = None
    product.source = {"supplier": "Aidoc", "document": "FDA list", "publisher": "FDA", "date": "2026-05-01"}
    db.flush()

    found = only(db, frameworks, now.date())
    assert found.stored["supplier"] == "Aidoc"
    assert found.stored["source"]["document"] == "FDA list"
    assert found.facets["source"] == ("unclaimed-import",)

    claim = ask_claim(db, product, reason="We make it.", by=rival, at=now)
    settle_claim(db, product, claim, granted=True, reason="", by=moderator, at=now)
    follow(db, shelf, frameworks)
    assert shelf.held[product.ref].facets["source"] == ("supplier",)


def test_many_products_are_read_a_batch_at_a_time_each_once(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("marketplace.catalogue.search.BATCH", 3)
    refs = {a_product(db, of=lumen, at=now, name=f"Lumen {n}").ref for n in range(8)}
    db.flush()

    found = [document.ref for document in documents(db, frameworks, on=now.date())]

    assert set(found) == refs
    assert len(found) == 8


def test_text_of_strangers_stays_text(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> None:
    a_product(db, of=lumen, at=now, summary=CANARY)

    assert only(db, frameworks, now.date()).stored["summary"] == CANARY
