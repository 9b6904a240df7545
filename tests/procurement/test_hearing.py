"""What people hear: changes on their shortlists, news of saved searches, what they follow, what is asked of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.catalogue import events as catalogue
from marketplace.identity.models import Notice
from marketplace.kit.errors import Invalid, NotAllowed, NotFound
from marketplace.kit.jobs import Heard
from marketplace.ports.search.port import Found, Hit, Query, SearchUnavailable
from marketplace.procurement import subscribers
from marketplace.procurement.actions.follows import end_follow, follow_product, follow_supplier
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.saved import (
    WINDOW,
    forget_search,
    hasten_searches,
    save_search,
    tell_what_is_new,
)
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.actions.watch import watch_prices_of_the_day, watch_products
from marketplace.procurement.queries.saved import find_saved, follows_of, saved_searches
from tests import cast
from tests.procurement.scenes import QUERY, a_new_edition, a_price, loaded

DAY = timedelta(days=1)


@dataclass
class Engine:
    """A search that finds what it is told to, in pages of two."""

    refs: list[str] = field(default_factory=list)
    is_down: bool = False
    asked: list[Query] = field(default_factory=list)

    def find(self, query: Query) -> Found:
        if self.is_down:
            raise SearchUnavailable("down")
        self.asked.append(query)
        start = int(query.after or 0)
        end = start + min(query.limit, 2)
        hits = tuple(Hit(ref, 1.0, {}) for ref in self.refs[start:end])
        return Found(hits=hits, total=len(self.refs), next=str(end) if end < len(self.refs) else None)


@pytest.fixture
def engine() -> Engine:
    return Engine()


def titles(db, actor, kind: str) -> list[str]:
    db.flush()
    told = select(Notice.title).where(Notice.person_id == actor.person_id, Notice.kind == kind).order_by(Notice.id)
    return list(db.scalars(told))


def heard(event, *, at: datetime, key: str = "delivery-1", by=None) -> Heard:
    return Heard(event, at, by.person_id if by else None, by.organisation_id if by else None, key)


# --- what is shortlisted and changes


def test_everybody_on_the_project_hears_when_a_shortlisted_product_is_suspended(
    db, project, scribe, buyer, other_buyer, now
):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="Fits."), by=buyer, at=now)
    scribe.state = "suspended"
    db.flush()
    event = catalogue.ListingSuspended(product_id=scribe.id, reason="A fault.")

    subscribers.watches_shortlists(db, heard(event, at=now))

    for actor in (buyer, other_buyer):
        assert titles(db, actor, "shortlist") == ["Lumen Scribe changed: state"]
    assert cast.recorded(db, about=project.id)[-1] == "CandidateChanged"


def test_a_delivery_that_comes_twice_tells_once(db, project, scribe, buyer, now):
    add_candidates(db, project, [scribe], by=buyer, at=now)
    a_new_edition(db, scribe, at=now)

    assert watch_products(db, [scribe.id], key="delivery-1", at=now) == 1
    assert watch_products(db, [scribe.id], key="delivery-1", at=now) == 0

    assert titles(db, buyer, "shortlist") == ["Lumen Scribe changed: edition"]


def test_each_turn_of_events_is_told_also_back_to_where_it_was(db, project, scribe, buyer, now):
    add_candidates(db, project, [scribe], by=buyer, at=now)

    for number, state in enumerate(("suspended", "live")):
        scribe.state = state
        db.flush()
        watch_products(db, [scribe.id], key=f"delivery-{number}", at=now)

    assert titles(db, buyer, "shortlist") == ["Lumen Scribe changed: state"] * 2


def test_what_was_excluded_or_belongs_to_a_closed_project_is_not_watched(db, project, scribe, quill, buyer, now):
    decide_on(db, project, loaded(db, scribe), verdict="excluded", reason=Reason(words="No."), by=buyer, at=now)
    add_candidates(db, project, [quill], by=buyer, at=now)
    project.state = "closed"
    scribe.state = quill.state = "suspended"
    db.flush()

    assert watch_products(db, [scribe.id, quill.id], key="k", at=now) == 0
    assert titles(db, buyer, "shortlist") == []


def test_a_price_that_begins_to_hold_is_told_on_its_day(db, project, scribe, buyer, now):
    add_candidates(db, project, [scribe], by=buyer, at=now)
    a_price(db, scribe, at=now + DAY, pence=9_900, label="Training", model="training", period="once", position=2)

    assert watch_prices_of_the_day(db, at=now) == 0
    assert watch_prices_of_the_day(db, at=now + DAY) == 1
    assert watch_prices_of_the_day(db, at=now + DAY) == 0
    assert titles(db, buyer, "shortlist") == ["Lumen Scribe changed: price"]


def test_news_of_an_import_reaches_the_shortlists_of_its_products(db, project, scribe, buyer, now):
    add_candidates(db, project, [scribe], by=buyer, at=now)
    a_new_edition(db, scribe, at=now)
    event = catalogue.ProductsImported(import_id=scribe.id, product_ids=[scribe.id])

    subscribers.watches_shortlists(db, heard(event, at=now))

    assert titles(db, buyer, "shortlist") == ["Lumen Scribe changed: edition"]


# --- saved searches


def test_an_older_product_that_comes_to_fit_is_told_too_and_once(db, scribe, lumen, buyer, engine, now):
    old = cast.a_product(db, of=lumen, at=now - DAY, name="Lumen Letters")
    save_search(db, QUERY, name="Scribes", found=[scribe.ref], by=buyer, at=now)
    engine.refs = [scribe.ref, old.ref]

    for day in (1, 2, 3):
        tell_what_is_new(db, engine, at=now + day * DAY)

    assert titles(db, buyer, "saved-search") == ["1 new for “Scribes”"]


def test_of_more_than_is_remembered_what_was_published_before_it_was_saved_is_not_told(
    db, scribe, lumen, buyer, engine, now
):
    old = cast.a_product(db, of=lumen, at=now - DAY, name="Lumen Letters")
    many = [scribe.ref, *(f"PRD-{number}" for number in range(WINDOW))]
    save_search(db, QUERY, name="Scribes", found=many, by=buyer, at=now)
    engine.refs = [scribe.ref, old.ref]

    assert tell_what_is_new(db, engine, at=now + timedelta(hours=1)) == 0
    assert tell_what_is_new(db, engine, at=now + DAY) == 1

    assert titles(db, buyer, "saved-search") == []


def test_a_listing_published_after_it_was_saved_is_told(db, scribe, lumen, buyer, engine, now):
    engine.refs = [scribe.ref]
    saved = save_search(db, QUERY, name="Scribes", found=engine.refs, by=buyer, at=now)
    new = cast.a_product(db, of=lumen, at=now + timedelta(hours=2), name="Lumen Letters")
    engine.refs = [new.ref, scribe.ref]

    for day in (1, 2, 3):
        tell_what_is_new(db, engine, at=now + day * DAY)

    assert titles(db, buyer, "saved-search") == ["1 new for “Scribes”"]
    notice = db.scalars(select(Notice).where(Notice.kind == "saved-search")).one()
    assert "Lumen Letters" in notice.body
    assert notice.path == f"/saved-searches/{saved.id}"
    assert all(query.sort == "newest" for query in engine.asked)


def test_a_publication_makes_saved_searches_due_soon(db, scribe, buyer, engine, now):
    save_search(db, QUERY, name="Scribes", found=[], by=buyer, at=now)

    subscribers.hastens_searches(
        db, heard(catalogue.ListingPublished(product_id=scribe.id, version_id=scribe.id), at=now)
    )

    assert tell_what_is_new(db, engine, at=now + timedelta(minutes=1)) == 0
    assert tell_what_is_new(db, engine, at=now + timedelta(minutes=2)) == 1


def test_while_the_engine_is_down_a_saved_search_stays_due(db, buyer, engine, now):
    save_search(db, QUERY, name="Scribes", found=[], by=buyer, at=now)
    engine.is_down = True
    assert tell_what_is_new(db, engine, at=now + DAY) == 0

    engine.is_down = False
    assert tell_what_is_new(db, engine, at=now + DAY) == 1


def test_what_is_forgotten_is_told_no_more_and_nobody_else_forgets_it(db, buyer, other_buyer, engine, now):
    saved = save_search(db, QUERY, name="Scribes", found=[], by=buyer, at=now)
    db.flush()
    with pytest.raises(NotFound):
        find_saved(db, saved.id, by=other_buyer)
    with pytest.raises(NotAllowed):
        forget_search(db, saved, by=other_buyer, at=now)

    forget_search(db, saved, by=buyer, at=now)
    db.flush()

    hasten_searches(db, at=now)
    assert tell_what_is_new(db, engine, at=now + DAY) == 0
    assert saved_searches(db, by=buyer) == []


def test_a_search_without_words_needs_a_name(db, buyer, now):
    with pytest.raises(Invalid) as refused:
        save_search(db, Query(), name=" ", found=[], by=buyer, at=now)

    assert "name" in refused.value.fields
    assert save_search(db, QUERY, name="", found=[], by=buyer, at=now).name == "ambient scribe"


# --- following


def test_who_follows_a_product_or_its_supplier_hears_of_it_until_they_stop(db, scribe, lumen, buyer, other_buyer, now):
    follow = follow_product(db, scribe, by=buyer, at=now)
    follow_supplier(db, lumen.organisation_id, by=other_buyer, at=now)
    event = catalogue.ListingWithdrawn(product_id=scribe.id, reason="Gone.")

    subscribers.tells_followers(db, heard(event, at=now))
    subscribers.tells_followers(db, heard(event, at=now))
    end_follow(db, follow, by=buyer, at=now)
    db.flush()
    subscribers.tells_followers(db, heard(event, at=now, key="delivery-2"))

    assert len(titles(db, buyer, "follow")) == 1
    assert len(titles(db, other_buyer, "follow")) == 2


def test_following_again_takes_up_the_same_row(db, scribe, buyer, now):
    first = follow_product(db, scribe, by=buyer, at=now)
    db.flush()
    end_follow(db, first, by=buyer, at=now)
    db.flush()

    again = follow_product(db, scribe, by=buyer, at=now)

    assert again.id == first.id
    assert [each.id for each in follows_of(db, by=buyer)] == [first.id]
