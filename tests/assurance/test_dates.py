"""The days of assurance and safety in one's calendar: at whoever has a certificate, and at whoever relies on it."""

from datetime import date, timedelta

from marketplace.assurance.actions.assessing import ask_clarification
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.assurance.queries import dates
from marketplace.assurance.queries.safety import dates as safety
from marketplace.faces.dates import dates_for, is_late
from tests.assurance.safety import a_deployment, a_notice
from tests.assurance.scenes import Bench, a_case, begin

YEAR = {"first": date(2026, 11, 1), "last": date(2028, 12, 31)}


def titles(db, services, actor, now):
    found = dates.dates_of(db, services.frameworks, by=actor, today=now.date(), **YEAR)
    return {entry.title: entry.on for entry in found if entry.kind == "certificate"}


def test_a_certificate_runs_out_for_who_has_it_gave_it_and_relies_on_it_and_for_nobody_else(
    db, services, bench: Bench, certificate, lumen, buyer, other_buyer, now
):
    accept_assurance(db, certificate, frameworks=services.frameworks, by=buyer, at=now)
    refuse_assurance(db, certificate, reason="We need it tested on Welsh.", by=other_buyer, at=now)
    day = date(2027, 6, 30)

    assert titles(db, services, lumen, now) == {"Your certificate runs out: Lumen Scribe": day}
    assert titles(db, services, bench.first, now) == {"A certificate you gave runs out: Lumen Scribe": day}
    assert titles(db, services, buyer, now) == {"A certificate you rely on runs out: Lumen Scribe": day}
    assert titles(db, services, other_buyer, now) == {}


def test_a_safety_notice_is_acknowledged_and_acted_on_by_each_holder_by_its_own_days(
    db, services, product, lumen, buyer, other_buyer, now
):
    a_deployment(db, product, by=buyer, at=now)
    notice = a_notice(db, services.frameworks, product, by=lumen, at=now)

    found = safety.dates_of(db, services.frameworks, by=buyer, **YEAR)

    assert [(entry.on, entry.path) for entry in found] == [
        (notice.acknowledge_by, f"/safety-notices/{notice.ref}"), (notice.act_by, f"/safety-notices/{notice.ref}"),
    ]  # fmt: skip
    assert found[0].title == "Acknowledge Doses above 1,000 lose a zero"
    assert is_late(found[0], at=now + timedelta(days=30))
    assert safety.dates_of(db, services.frameworks, by=other_buyer, **YEAR) == []


def test_all_of_it_stands_in_one_calendar_in_order(db, services, product, certificate, lumen, buyer, now):
    accept_assurance(db, certificate, frameworks=services.frameworks, by=buyer, at=now)
    a_deployment(db, product, by=buyer, at=now)
    a_notice(db, services.frameworks, product, by=lumen, at=now)

    found = dates_for(db, services.frameworks, by=buyer, at=now, first=date(2026, 11, 1), last=date(2027, 11, 1))

    assert [entry.kind for entry in found] == ["safety", "safety", "certificate"]
    assert [entry.on for entry in found] == sorted(entry.on for entry in found)


def test_the_assessors_of_a_body_see_the_last_day_of_their_clock_and_that_it_moves_while_it_stands_still(
    db, services, bench: Bench, product, lumen, buyer, now
):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)

    def clocks(actor, day):
        found = dates.dates_of(db, services.frameworks, by=actor, today=day.date(), **YEAR)
        return [
            (entry.on, entry.path, "stands still" in entry.words)
            for entry in found
            if entry.title == "Decide on Lumen Scribe"
        ]

    path = f"/cases/{case.ref}"
    assert clocks(bench.first, now) == [(date(2026, 12, 23), path, False)]
    asked = {"frameworks": services.frameworks, "by": bench.first, "at": now}
    ask_clarification(db, case, "C3.5", "Which accounts have a second factor?", **asked)
    assert clocks(bench.second, now + timedelta(days=2)) == [(date(2026, 12, 29), path, True)]
    assert clocks(lumen, now) == clocks(buyer, now) == []
