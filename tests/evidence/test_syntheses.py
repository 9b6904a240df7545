"""A synthesis lives: a new result changes it, the old one stays readable by its day, and who relies on it is told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.evidence.actions.publishing import retract_study
from marketplace.evidence.models import KeptSynthesis
from marketplace.evidence.queries.syntheses import kept_of, kept_on
from marketplace.evidence.rules.telling import measure_key
from marketplace.faces.syntheses import syntheses_of
from marketplace.identity.models import Notice
from marketplace.kit.errors import NotFound
from marketplace.kit.jobs import drain
from marketplace.procurement.actions.follows import follow_product
from marketplace.wiring import subscribers_over
from tests import cast
from tests.evidence.scenes import a_published, measured

KEY = "minutes-per-note"


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def heard(db, services, at) -> None:
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: at)
    db.expire_all()


def test_each_new_result_is_added_up_and_the_old_sum_is_kept_by_its_day(db, services, frameworks, lumen, scribe, now):
    later, last = now + timedelta(days=30), now + timedelta(days=60)
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    heard(db, services, now)
    slower = measured(estimate=Decimal("-2.0"), low=Decimal("-3.2"), high=Decimal("-0.8"))
    second = a_published(db, frameworks, scribe.id, slower, by=lumen, at=later, title="A second trial")
    heard(db, services, later)

    one, two = reversed(kept_of(db, scribe.id, KEY))
    assert one.sentence == "Minutes per note: 1 study, not added up into one number"
    assert two.sentence.startswith("Minutes per note: 2.6 minutes less (95% ")
    assert "Down 1: The interval of the sum reaches from better to worse" in two.content["reasons"]
    assert two.because == "A second trial was published"
    assert two.content["bodies"][0]["total"]["count"] == 2
    assert kept_on(db, scribe.id, KEY, by=now + timedelta(days=29), day="then").number == 1
    with pytest.raises(NotFound, match="nothing was kept"):
        kept_on(db, scribe.id, KEY, by=now - timedelta(days=1), day="before")

    retract_study(db, second, reason="The numbers were mixed up.", by=lumen, at=last)
    heard(db, services, last)
    assert kept_of(db, scribe.id, KEY)[0].because == "A second trial was retracted"
    assert kept_of(db, scribe.id, KEY)[0].content["studies"] == 1


def test_what_is_heard_late_is_kept_as_it_was_then(db, services, frameworks, lumen, scribe, now):
    later = now + timedelta(days=30)
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    second = a_published(db, frameworks, scribe.id, by=lumen, at=later, title="A second trial")
    retract_study(db, second, reason="It was invented.", by=lumen, at=later + timedelta(days=1))
    heard(db, services, later + timedelta(days=2))

    assert [each.content["studies"] for each in reversed(kept_of(db, scribe.id, KEY))] == [1, 2, 1]


def test_hearing_the_same_again_keeps_nothing_twice(db, services, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    heard(db, services, now)
    heard(db, services, now)

    assert len(db.scalars(select(KeptSynthesis)).all()) == 1


def test_when_nothing_counts_any_more_that_is_kept_too(db, services, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    heard(db, services, now)
    retract_study(db, study, reason="It was invented.", by=lumen, at=now + timedelta(days=1))
    heard(db, services, now + timedelta(days=1))

    assert syntheses_of(db, frameworks, scribe.id) == {}
    newest = kept_of(db, scribe.id, KEY)[0]
    assert (newest.number, newest.content, newest.sentence) == (2, {}, "No study of it counts any more.")


def test_those_who_rely_on_it_are_told_when_the_conclusion_turns(db, services, frameworks, lumen, buyer, scribe, now):
    follow_product(db, scribe, by=buyer, at=now)
    narrow = {"low": Decimal("-3.3"), "high": Decimal("-2.9")}
    a_published(db, frameworks, scribe.id, measured(**narrow), by=lumen, at=now)
    heard(db, services, now)
    third = measured(estimate=Decimal("-3.0"), low=Decimal("-3.2"), high=Decimal("-2.8"))
    a_published(db, frameworks, scribe.id, third, by=lumen, at=now + timedelta(days=1), title="A second trial")
    heard(db, services, now + timedelta(days=1))

    titles = db.scalars(select(Notice.title).where(Notice.person_id == buyer.person_id)).all()
    assert "Lumen Scribe: what its studies come to has changed" in titles


def test_a_measure_has_one_spelling_in_addresses():
    assert measure_key("Minutes of writing per consultation") == "minutes-of-writing-per-consultation"
    assert measure_key("  Élan (%) ") == "elan"
    assert measure_key("分钟") != measure_key("小时")
    assert len(measure_key("x" * 120)) <= 80
