"""Two people, or two tabs, answer a section at once: neither undoes what the other said without being told."""

from datetime import timedelta

import pytest

from marketplace.assurance.actions.answers import OVERTAKEN, answer, answer_here
from marketplace.assurance.models import Answer
from marketplace.assurance.queries.given import answers_of, local_answers
from tests import cast

MINUTE = timedelta(minutes=1)
SHOWN = {"accessible-information": "confirmed", "web-or-mobile": ""}


@pytest.fixture
def dtac(frameworks):
    return frameworks.assurance["dtac"]


@pytest.fixture
def scribe(db, lumen, dtac, now):
    product = cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")
    answer(db, product, SHOWN, framework=dtac, by=lumen, at=now)
    return product


def values_of(db, product, at):
    there = answers_of(db, product, at=at)
    return {name: there[name].value if name in there else None for name in SHOWN}


def test_what_a_stale_page_left_as_it_was_leaves_the_newer_answer(db, scribe, dtac, lumen, now):
    answer(db, scribe, {**SHOWN, "web-or-mobile": "yes"}, framework=dtac, seen=now, by=lumen, at=now + MINUTE)

    saved = answer(
        db, scribe, {**SHOWN, "accessible-information": "cannot-confirm"}, framework=dtac, seen=now, by=lumen,
        at=now + 2 * MINUTE,
    )  # fmt: skip

    assert (saved.changed, saved.errors) == (["accessible-information"], {})
    assert values_of(db, scribe, now + 2 * MINUTE) == {
        "accessible-information": "cannot-confirm", "web-or-mobile": "yes",
    }  # fmt: skip


def test_what_both_changed_is_told_and_counts_when_it_is_sent_again(db, scribe, dtac, lumen, now):
    answer(db, scribe, {"web-or-mobile": "yes"}, framework=dtac, seen=now, by=lumen, at=now + MINUTE)
    mine = {"web-or-mobile": "no"}

    late = answer(db, scribe, mine, framework=dtac, seen=now, by=lumen, at=now + 2 * MINUTE)
    assert (late.changed, late.errors) == ([], {"web-or-mobile": OVERTAKEN})
    assert values_of(db, scribe, now + 2 * MINUTE)["web-or-mobile"] == "yes"

    again = answer(db, scribe, mine, framework=dtac, seen=now + 2 * MINUTE, by=lumen, at=now + 3 * MINUTE)
    assert (again.changed, again.errors) == (["web-or-mobile"], {})


def test_two_who_say_the_same_are_told_nothing(db, scribe, dtac, lumen, now):
    for minutes in (1, 2):
        saved = answer(
            db, scribe, {"web-or-mobile": "yes"}, framework=dtac, seen=now, by=lumen, at=now + minutes * MINUTE
        )
        assert saved.errors == {}

    assert db.query(Answer).filter_by(question_id="web-or-mobile").count() == 1


def test_the_same_holds_of_what_an_organisation_answers_of_its_own_use(db, scribe, frameworks, buyer, now):
    own, deploying = "deploy-crm-process", frameworks.assurance["dcb0160"]
    for value, minutes, errors in (("yes", 1, {}), ("no", 2, {own: OVERTAKEN})):
        saved = answer_here(
            db, scribe, {own: value}, framework=deploying, seen=now, by=buyer, at=now + minutes * MINUTE
        )
        assert saved.errors == errors

    assert local_answers(db, scribe, buyer.organisation_id, at=now + 2 * MINUTE)[own].value == "yes"
