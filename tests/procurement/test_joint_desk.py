"""What waits for whom, who is told, and what happens where many act at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.identity.models import Notice
from marketplace.kit.errors import Refusal
from marketplace.kit.jobs import drain
from marketplace.procurement.actions.joint import ask_for_approval, join, plan_readiness, withdraw_party
from marketplace.procurement.queries.joint import find_procurement, parties_of, waiting_for
from marketplace.wiring import subscribers_over
from tests import cast
from tests.procurement.joint import (
    a_buyer,
    a_joined_pilot,
    a_pilot,
    a_settled_pilot,
    a_trust,
    again,
    an_open_pilot,
    approve_all,
    digest,
    part,
)


def titles(db, actor, now) -> list[str]:
    return [title for title, *_ in waiting_for(db, actor, now.date())]


@contextmanager
def counted(db):
    """How many statements go to the database within."""
    seen: list[str] = []

    def note(connection, cursor, statement, *_):
        seen.append(statement)

    engine = db.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_each_role_has_its_own_on_the_desk(db, frameworks, ashdown, calder, lumen, scribe, now):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    ask_for_approval(db, frameworks, pilot, part(pilot, calder), "budget", by=calder.buyer, at=now)
    mine = next(one for one in parties_of(db, frameworks, pilot, by=calder.buyer, on=now.date()) if one.is_own)
    assert mine.inside is not None
    row = mine.inside.ready[0]
    plan_readiness(
        db, pilot, part(pilot, calder), row, owner_id=calder.safety.person_id, due_on=None, by=calder.buyer, at=now
    )

    (join_it,) = [item for item in waiting_for(db, calder.approver, now.date()) if "Join" in item[0]]
    assert join_it[1] == f"/procurements/{pilot.ref}/join"
    assert "£60,000.00 with VAT" in join_it[2]
    assert str(join_it[3]) == "2026-12-22"
    assert titles(db, calder.budget, now) == [f"Budget for {pilot.name}"]
    assert titles(db, calder.safety, now) == ["Interface to the record system"]
    assert titles(db, calder.buyer, now) == []
    assert titles(db, ashdown.buyer, now) == [f"Ask for the approvals of {pilot.name}"]
    assert titles(db, lumen, now) == []


def test_a_change_puts_confirming_and_approving_again_on_the_desk(db, frameworks, ashdown, calder, elmet, scribe, now):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    assert titles(db, elmet.approver, now) == []

    withdraw_party(db, pilot, part(pilot, calder), reason="No lead.", by=calder.approver, at=now)
    db.expire_all()

    assert f"Confirm {pilot.name} again" in titles(db, elmet.approver, now)
    assert titles(db, elmet.budget, now) == [f"Budget for {pilot.name}"]
    assert titles(db, elmet.safety, now) == []
    assert titles(db, calder.approver, now) == []


def test_the_lead_hears_when_everybody_has_answered(db, frameworks, ashdown, calder, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    approve_all(db, frameworks, pilot, ashdown, at=now)
    draft = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now)

    assert titles(db, ashdown.buyer, now) == [f"{draft.name} is a draft", f"Settle {draft.name}"]


def test_the_desk_takes_a_fixed_number_of_queries(db, frameworks, ashdown, calder, scribe, now):
    def statements() -> int:
        db.flush()
        db.expire_all()
        with counted(db) as seen:
            waiting_for(db, calder.approver, now.date())
        return len(seen)

    an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    few = statements()
    for _ in range(12):
        an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    assert statements() == few
    assert len(titles(db, calder.approver, now)) == 13
    assert few <= 6


def test_those_who_have_to_act_are_told_and_the_others_are_not(
    db, frameworks, services, ashdown, calder, elmet, lumen, scribe, now
):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    withdraw_party(db, pilot, part(pilot, calder), reason="No clinical lead.", by=calder.approver, at=now)
    ask_for_approval(db, frameworks, pilot, part(pilot, elmet), "budget", note="Mind H7.", by=elmet.buyer, at=now)
    name = pilot.name
    db.commit()

    drain(services.database, subscribers_over(services), clock=lambda: now)

    db.expire_all()
    told = [(notice.person_id, notice.title, notice.body) for notice in db.query(Notice)]
    seen = {person: [title for who, title, _ in told if who == person] for person, *_ in told}
    assert f"Confirm {name} again" in seen[elmet.approver.person_id]
    assert f"Calder Valley NHS Trust left: {name}" in seen[ashdown.buyer.person_id]
    assert f"Your approval is asked for: budget, {name}" in seen[elmet.budget.person_id]
    assert "A pilot of Lumen Scribe is settled" in seen[lumen.person_id]
    assert not any("Ashdown" in title or name in title for title in seen[lumen.person_id])
    strangers = {ashdown.budget.person_id, calder.buyer.person_id, ashdown.approver.person_id}
    assert not any("H7" in body for who, _, body in told if who in strangers)


@pytest.mark.parametrize("how_many", [8])
def test_many_click_join_at_once_and_one_joins(either_database, frameworks, now, how_many):
    with Session(either_database.writer, expire_on_commit=False) as db:
        lumen = cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        scribe = cast.a_product(db, of=lumen, at=now)
        lead = a_trust(db, a_buyer(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", at=now), at=now)
        second = a_trust(db, a_buyer(db, "Tom Bevan", "Calder Valley NHS Trust", at=now), at=now)
        pilot = an_open_pilot(db, frameworks, scribe, lead, second, at=now)
        ref, seen = pilot.ref, digest(pilot)
        db.commit()

    def click(_: int) -> str:
        try:
            with either_database.writing() as db:
                found = find_procurement(db, ref, by=second.approver)
                join(db, found, part(found, second), seen=seen, by=second.approver, at=now)
        except Refusal as refusal:
            return refusal.fact
        return "joined"

    with ThreadPoolExecutor(how_many) as pool:
        answers = sorted(pool.map(click, range(how_many)))

    assert answers.count("joined") == 1
    assert set(answers) == {"joined", "Calder Valley NHS Trust has joined already"}
    with either_database.reading() as db:
        pilot = find_procurement(db, ref, by=second.buyer)
        assert cast.recorded(db, about=pilot.id).count("PartyJoined") == 1


def test_two_leave_at_once_and_the_rest_still_adds_up(db, frameworks, ashdown, calder, elmet, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    for trust in (calder, elmet):
        withdraw_party(db, pilot, part(pilot, trust), reason="Out.", by=trust.approver, at=now)

    seen = parties_of(db, frameworks, again(db, pilot, ashdown.buyer), by=ashdown.buyer, on=now.date())

    assert [one.net.pence for one in seen if one.net] == [100_000_00]
