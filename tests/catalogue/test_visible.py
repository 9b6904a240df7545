"""What the catalogue shows from the database, while the index cannot answer."""

from datetime import datetime

from pytest import mark
from sqlalchemy.orm import Session

from marketplace.catalogue.queries.visible import by_refs, count_visible, find_visible
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from tests.cast import a_product, an_actor

CANARY = "'\"><svg/onload=alert(1)>{{7*7}}"


def test_the_database_finds_by_name_and_summary_page_by_page(
    db: Session, lumen: Actor, rival: Actor, now: datetime
) -> None:
    for n in range(5):
        a_product(db, of=lumen, at=now, name=f"Lumen Scribe {n}")
    a_product(db, of=rival, at=now, name="Quill", summary="Triage of messages.")
    a_product(db, of=rival, at=now, name="Quill Gone", state="withdrawn")

    names, after = [], None
    while True:
        page = find_visible(db, "scribe LETTERS", after=after, limit=2)
        names += [product.name for product in page.items]
        after = page.next
        if after is None:
            break

    assert names == [f"Lumen Scribe {n}" for n in range(5)]
    assert [product.name for product in find_visible(db, "triage").items] == ["Quill"]
    assert find_visible(db, kinds=["data-set"]).total == 0
    assert count_visible(db) == 6


@mark.parametrize("words", ["%", "_", "'", '"; drop table product; --', "\\", "a" * 5_000, "(a+)+$"])
def test_nothing_that_is_typed_is_a_pattern(db: Session, lumen: Actor, now: datetime, words: str) -> None:
    a_product(db, of=lumen, at=now)

    assert len(find_visible(db, words).items) == (1 if len(words) < 2 else 0)


def test_products_by_reference_keep_their_order(db: Session, lumen: Actor, now: datetime) -> None:
    first, second = (a_product(db, of=lumen, at=now, name=name) for name in ("B", "A"))
    gone = a_product(db, of=lumen, at=now, name="C", state="withdrawn")

    assert by_refs(db, [first.ref, gone.ref, second.ref]) == [first, second]


def test_both_databases_find_words_in_a_summary(either_database: Database, now: datetime) -> None:
    with Session(either_database.writer) as db:
        lumen = an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        a_product(db, of=lumen, at=now, name="Quill", summary="Triage of messages: 100% checked.")
        a_product(db, of=lumen, at=now)

        found = [[product.name for product in find_visible(db, words).items] for words in ("TRIAGE", "100%", "scribe")]

    assert found == [["Quill"], ["Quill"], ["Lumen Scribe"]]
