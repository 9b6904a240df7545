"""What ages is told of in good time: 90, 30 and 7 days before, once each, to its supplier and to every holder."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.assurance.actions.ageing import tell_of_dated_answers
from marketplace.assurance.actions.answers import answer, answer_here
from marketplace.assurance.actions.certificates import tell_of_dated_parts
from marketplace.assurance.actions.relying import accept_assurance
from marketplace.assurance.rules.ageing import STEPS, step_of
from marketplace.identity.models import Notice
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.assurance.scenes import Bench, a_certificate, an_answered_product, whole
from tests.cast import a_product

DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)


def told(db, services, actor, at) -> list[str]:
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: at)
    found = list(db.scalars(select(Notice.title).where(Notice.person_id == actor.person_id).order_by(Notice.id)))
    db.commit()
    return found


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (91, ""),
        (90, "soon-90"),
        (31, "soon-90"),
        (30, "soon-30"),
        (8, "soon-30"),
        (7, "soon-7"),
        (0, "soon-7"),
        (-1, "lapsed"),
    ],
)
def test_each_step_begins_on_its_day(days: int, step: str):
    assert step_of(TODAY + days * DAY, on=TODAY) == step


@given(st.integers(-30, 200), st.integers(0, 200))
def test_steps_only_go_on(left: int, later: int):
    order = ["", *STEPS]
    until = TODAY + left * DAY

    assert order.index(step_of(until, on=TODAY)) <= order.index(step_of(until, on=TODAY + later * DAY))


def test_a_part_of_a_certificate_is_told_90_30_and_7_days_before_to_supplier_and_holder(
    db, services, bench: Bench, lumen, buyer, now
):
    db.expire_on_commit = False
    services.search.rebuild([])
    product = an_answered_product(db, services, of=lumen, at=now, tested=265)
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    accept_assurance(db, certificate, by=buyer, at=now)

    new = []
    for day in range(102):
        new += [100 - day] * tell_of_dated_parts(db, services.frameworks, at=now + day * DAY)

    assert new == [90, 30, 7, -1]
    title = "a part of the certificate of Lumen Scribe"
    assert sum(title in each for each in told(db, services, buyer, now)) == 3
    assert sum("A part of the certificate" in each for each in told(db, services, lumen, now)) == 3


def test_an_answer_outside_any_certificate_is_told_once_for_each_step(db, services, lumen, rival, now):
    db.expire_on_commit = False
    product = whole(db, a_product(db, of=lumen, at=now))
    held = services.frameworks.assurance["cyber-essentials"]
    certified = (now - 340 * DAY).date()
    answer(db, product, {"cyber-essentials": "provided"}, framework=held, dated={"cyber-essentials": certified},
           by=lumen, at=now)  # fmt: skip

    new = [tell_of_dated_answers(db, services.frameworks, at=now + day * DAY) for day in range(29)]

    assert [day for day, count in enumerate(new) if count] == [0, 18, 26]
    said = told(db, services, lumen, now)
    assert said == [f"Cyber Essentials {verb} on 19 December 2026" for verb in ("runs out", "runs out", "ran out")]
    assert told(db, services, rival, now) == []


def test_what_a_certificate_tells_of_is_not_told_twice(db, services, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now, tested=340)
    assert tell_of_dated_answers(db, services.frameworks, at=now) >= 1
    a_certificate(db, bench, product, by=lumen, at=now)

    again = tell_of_dated_answers(db, services.frameworks, at=now + 20 * DAY)

    assert again == 0


def test_a_trust_hears_of_its_own_dates(db, services, lumen, buyer, now):
    db.expire_on_commit = False
    product = whole(db, a_product(db, of=lumen, at=now))
    dcb0160 = services.frameworks.assurance["dcb0160"]
    saved = answer_here(
        db, product, {"deploy-cso": "Dr A. Example"}, framework=dcb0160,
        dated={"deploy-cso": (now + 20 * DAY).date()}, by=buyer, at=now,
    )  # fmt: skip

    assert saved.changed == ["deploy-cso"], saved.errors
    assert tell_of_dated_answers(db, services.frameworks, at=now) == 1
    (said,) = told(db, services, buyer, now)
    assert "as you answered it, runs out on 14 December 2026" in said
    assert told(db, services, lumen, now) == []
