"""Lists of the catalogue: what is mine, what waits, what looks alike, what happened."""

from datetime import datetime, timedelta

from pytest import raises
from sqlalchemy.orm import Session

from marketplace.assurance.events import AnswersGiven
from marketplace.catalogue.queries.history import history_of
from marketplace.catalogue.queries.listings import listings_of
from marketplace.catalogue.queries.moderation import lookalikes, waiting
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.record import record
from tests.catalogue.shelf import (
    a_draft,
    a_live,
    a_submitted,
)


def test_the_queue_shows_what_waits_oldest_first_to_moderators_alone(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, moderator: Actor, now: datetime
) -> None:
    first = a_submitted(db, frameworks, by=lumen, at=now)
    second = a_submitted(db, frameworks, by=rival, at=now + timedelta(days=1), name="Quill")

    queue = waiting(db, by=moderator)

    assert [item.product for item in queue] == [first, second]
    assert [item.days(now + timedelta(days=3)) for item in queue] == [3, 2]
    assert waiting(db, by=lumen) == []


def test_a_name_like_another_supplier_s_is_shown_with_who_that_is(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, now: datetime
) -> None:
    theirs = a_draft(db, frameworks, by=lumen, at=now)
    supplier = db.get(Organisation, lumen.organisation_id)
    assert supplier is not None
    supplier.companies_house_number = "01234567"
    mine = a_draft(db, frameworks, by=rival, at=now, name="Lumеn Scribe")

    found = lookalikes(db, mine.name, except_id=mine.id, supplier_id=mine.organisation_id)

    assert [(near.product, near.alike.same, near.registered) for near in found] == [
        (theirs, True, "Lumen Health Ltd, company 01234567")
    ]
    assert lookalikes(db, "Something else", except_id=None, supplier_id=None) == []
    assert lookalikes(db, "...", except_id=None, supplier_id=None) == []


def test_a_supplier_lists_its_own_products_alone_page_by_page(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, now: datetime
) -> None:
    for name in ("C", "A", "B", "E", "D"):
        a_draft(db, frameworks, by=lumen, at=now, name=name * 3)
    a_draft(db, frameworks, by=rival, at=now, name="Quill")

    names, after = [], None
    while True:
        page = listings_of(db, by=lumen, after=after, limit=2)
        names += [listed.product.name for listed in page.items]
        after = page.next
        if after is None:
            break

    assert names == ["AAA", "BBB", "CCC", "DDD", "EEE"]
    assert page.total == 5


def test_the_history_of_a_product_is_for_its_supplier_and_moderators(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)

    told = history_of(db, product, by=lumen)

    assert [happening.title for happening in told][:2] == ["Published", "Submitted for publication"]
    assert told[0].by == "Ines Duarte for Touchstone operations"
    assert history_of(db, product, by=moderator) == told
    with raises(NotFound):
        history_of(db, product, by=rival)


def test_what_another_room_records_of_a_product_is_told_in_words(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    given = AnswersGiven(product_id=product.id, organisation_id=lumen.organisation_id, questions=[])
    record(db, given, by=lumen, at=now)

    told = history_of(db, product, by=lumen)

    assert told[0].title == "Answers given"
