"""Comments on anything: who can read them, whom they ask and name, and who hears of it."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from marketplace.identity import subscribers
from marketplace.identity.actions.remarks import Saying, finish_remark, remark_on
from marketplace.identity.events import RemarkMade
from marketplace.identity.queries.dates import dates_of
from marketplace.identity.queries.remarks import asked_of, find_remark, remarks_about
from marketplace.identity.rules.remarks import EVERYBODY, PRIVATE, SHARED, About, ways_of
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.events import event_from
from marketplace.kit.ids import new_id
from marketplace.kit.record import Entry
from tests import cast
from tests.procurement.test_hearing import heard, titles


@pytest.fixture
def colleague(db, now):
    return cast.an_actor(db, "Wim Plain", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)


@pytest.fixture
def seen(db, buyer, lumen, now):
    """A product of Lumen's, as each sees it: a stranger speaks with Lumen, Lumen with whoever spoke first."""
    key = new_id(now)

    def by(actor):
        other = lumen if actor is not lumen else buyer
        return About(
            "listing", key, "PRO-1", "Lumen Scribe", "/products/PRO-1", ((other.organisation_id, other.organisation_name),),
            hears="catalogue:write",
        )  # fmt: skip

    return by


@pytest.fixture
def say(db, now):
    def make(about, by, words="Look.", reach=PRIVATE, **more):
        remark = remark_on(db, about, Saying(words, reach, **more), by=by, at=now)
        db.flush()
        entry = db.query(Entry).filter_by(about_id=remark.id).one()
        event = event_from(entry.name, entry.payload)
        assert isinstance(event, RemarkMade)
        subscribers.tells_of_remark(db, heard(event, at=now, by=by, key=str(remark.id)))
        db.flush()
        return remark

    return make


def test_a_private_comment_is_for_ones_own_organisation_and_a_shared_one_for_one_other(
    db, buyer, colleague, other_buyer, lumen, seen, say
):
    say(seen(buyer), buyer, "Too dear.")
    say(seen(buyer), buyer, "Can it do Welsh?", SHARED, with_id=lumen.organisation_id)
    say(seen(other_buyer), other_buyer, "We like it.", SHARED, with_id=lumen.organisation_id)
    say(seen(lumen), lumen, "Offer them less.")

    def read(actor):
        return [one.words for one in remarks_about(db, seen(actor), by=actor)]

    assert read(buyer) == read(colleague) == ["Too dear.", "Can it do Welsh?"]
    assert read(lumen) == ["Can it do Welsh?", "We like it.", "Offer them less."]
    assert read(other_buyer) == ["We like it."]


def test_nobody_finds_or_finishes_what_is_private_to_others(db, buyer, colleague, lumen, seen, say, now):
    remark = say(seen(buyer), buyer, assigned_to_id=colleague.person_id)

    with pytest.raises(NotFound):
        find_remark(db, seen(lumen), remark.id, by=lumen)
    with pytest.raises(NotAllowed):
        finish_remark(db, remark, by=lumen, at=now)


def test_what_everybody_reads_is_for_those_who_can_open_it(db, buyer, other_buyer, say, now):
    pilot = About("contract", new_id(now), "CON-1", "Scribing", "/contracts/CON-1", parties=(
        (other_buyer.organisation_id, other_buyer.organisation_name),
    ))  # fmt: skip

    say(pilot, buyer, "Shall we extend it?", EVERYBODY)

    assert [one.words for one in remarks_about(db, pilot, by=other_buyer)] == ["Shall we extend it?"]
    assert list(ways_of(pilot)) == [PRIVATE, EVERYBODY]
    assert "Calder Valley NHS Trust" in ways_of(pilot)[EVERYBODY]


def test_who_is_asked_named_or_reached_elsewhere_is_told_and_nobody_else(
    db, buyer, colleague, other_buyer, lumen, seen, say
):
    say(seen(buyer), buyer, "Ask @Wim Plain, and @Priya Raman.")
    say(seen(buyer), buyer, "Do look.", assigned_to_id=colleague.person_id)
    say(seen(buyer), buyer, "Can it do Welsh?", SHARED, with_id=lumen.organisation_id)

    assert titles(db, colleague, "comment") == ["Grace Okafor mentions you: Lumen Scribe"]
    assert titles(db, colleague, "task") == ["Grace Okafor asks you: Lumen Scribe"]
    assert titles(db, lumen, "comment") == ["Grace Okafor of Ashdown Hospitals NHS Trust comments on Lumen Scribe"]
    assert titles(db, buyer, "comment") == titles(db, other_buyer, "comment") == []


def test_who_spoke_first_can_be_named_and_asked_by_the_other_side(db, buyer, colleague, lumen, seen, say):
    with pytest.raises(Invalid) as refused:
        say(seen(lumen), lumen, "When?", SHARED, with_id=buyer.organisation_id, assigned_to_id=buyer.person_id)
    assert list(refused.value.fields) == ["assigned_to"]

    say(seen(buyer), buyer, "Can it do Welsh?", SHARED, with_id=lumen.organisation_id)
    say(seen(lumen), lumen, "It can, @Grace Okafor and @Wim Plain.", SHARED, with_id=buyer.organisation_id)

    assert titles(db, buyer, "comment") == ["Priya Raman mentions you: Lumen Scribe"]
    assert titles(db, colleague, "comment") == []


def test_what_is_asked_stands_on_the_desk_and_in_both_calendars_until_it_is_done_once(
    db, buyer, colleague, seen, say, now
):
    due = now.date() + timedelta(days=7)
    remark = say(seen(buyer), buyer, assigned_to_id=colleague.person_id, due_on=due)
    year = {"first": date(2026, 1, 1), "last": date(2027, 12, 31)}

    assert [one.id for one in asked_of(db, by=colleague)] == [remark.id]
    assert [one.title for one in dates_of(db, by=colleague, **year)] == ["Grace Okafor asks you: Lumen Scribe"]
    assert [one.title for one in dates_of(db, by=buyer, **year)] == ["You ask Wim Plain: Lumen Scribe"]
    finish_remark(db, remark, by=colleague, at=now)
    assert asked_of(db, by=colleague) == []
    with pytest.raises(Conflict):
        finish_remark(db, remark, by=buyer, at=now)


@pytest.mark.parametrize(
    ("saying", "field"),
    [
        (Saying(""), "words"),
        (Saying("Look.", EVERYBODY), "reach"),
        (Saying("Look.", SHARED), "reach"),
        (Saying("Look.", SHARED, UUID(int=1)), "reach"),
        (Saying("Look.", "aloud"), "reach"),
        (Saying("Look.", assigned_to_id=UUID(int=1)), "assigned_to"),
        (Saying("Look.", due_on=date(2026, 12, 1)), "assigned_to"),
    ],
)
def test_what_is_no_comment_is_refused_by_its_field(db, buyer, seen, now, saying, field):
    with pytest.raises(Invalid) as refused:
        remark_on(db, seen(buyer), saying, by=buyer, at=now)

    assert list(refused.value.fields) == [field]
