"""Who says again what stands already adds nothing to the trail: after Back, in a second tab, or from a program."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.kit.errors import Conflict
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on, exclude_all
from marketplace.procurement.models import Decision
from marketplace.procurement.queries.shortlist import find_candidate
from tests import cast
from tests.procurement.scenes import a_new_edition, loaded

CODES = {"above-budget": "It costs more than our budget"}
FITS, TOO_DEAR = Reason(words="It does what we need."), Reason(code="above-budget")
HOUR = timedelta(hours=1)


def test_the_same_decision_for_the_same_reason_is_the_one_that_stands(db, project, scribe, buyer, now):
    first = decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS, by=buyer, at=now)
    before = cast.recorded(db, about=project.id)

    again = [
        decide_on(db, project, scribe, verdict="included", reason=FITS, expected=seen, by=buyer, at=now + HOUR)
        for seen in (None, 0, 2)
    ]

    assert again == [None, None, None]
    assert find_candidate(db, project, scribe.id).decisions[-1] == first
    assert db.query(Decision).count() == 2
    assert cast.recorded(db, about=project.id) == before


def test_several_that_are_excluded_again_stay_as_they_were(db, project, scribe, quill, buyer, now):
    both = [loaded(db, scribe), loaded(db, quill)]
    exclude_all(db, project, both, reason=TOO_DEAR, codes=CODES, by=buyer, at=now)

    assert exclude_all(db, project, both, reason=TOO_DEAR, codes=CODES, by=buyer, at=now + HOUR) == 0

    assert db.query(Decision).count() == 4


def test_another_reason_is_another_decision(db, project, scribe, buyer, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS, by=buyer, at=now)
    decide_on(db, project, scribe, verdict="included", reason=Reason(words="And it is quick."), by=buyer, at=now + HOUR)

    assert db.query(Decision).count() == 3


def test_a_colleague_who_agrees_is_another_decision(db, project, scribe, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="write", by=buyer, at=now)
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS, by=buyer, at=now)
    decide_on(db, project, scribe, verdict="included", reason=FITS, expected=2, by=other_buyer, at=now + HOUR)

    assert db.query(Decision).count() == 3


def test_a_product_that_has_changed_since_is_decided_on_anew(db, project, scribe, lumen, buyer, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS, by=buyer, at=now)
    a_new_edition(db, scribe, at=now + HOUR)

    decision = decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS, by=buyer, at=now + HOUR)

    assert (decision.turn, decision.standing["edition"]) == (3, 2)


def test_a_page_from_before_another_decision_is_still_refused(db, project, scribe, buyer, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS, by=buyer, at=now)
    decide_on(db, project, scribe, verdict="excluded", reason=TOO_DEAR, codes=CODES, by=buyer, at=now + HOUR)

    with pytest.raises(Conflict, match="You decided on Lumen Scribe while your page was open: excluded"):
        decide_on(db, project, scribe, verdict="included", reason=FITS, expected=1, by=buyer, at=now + 2 * HOUR)


def test_the_reason_that_was_chosen_meanwhile_is_told_in_words(db, project, scribe, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="write", by=buyer, at=now)
    add_candidates(db, project, [loaded(db, scribe)], by=buyer, at=now)
    decide_on(db, project, scribe, verdict="excluded", reason=TOO_DEAR, codes=CODES, by=other_buyer, at=now)

    with pytest.raises(Conflict) as refused:
        decide_on(db, project, scribe, verdict="included", reason=FITS, codes=CODES, expected=1, by=buyer, at=now)

    assert refused.value.fact == "Tom Bevan decided on Lumen Scribe while your page was open: excluded"
    assert "The reason: It costs more than our budget." in refused.value.hint


def test_several_are_not_excluded_from_a_page_on_which_a_colleague_s_decision_did_not_stand_yet(
    db, project, scribe, quill, buyer, other_buyer, now
):
    add_colleague(db, project, email="tom.bevan@example.org", access="write", by=buyer, at=now)
    both = [loaded(db, scribe), loaded(db, quill)]
    decide_on(db, project, scribe, verdict="included", reason=FITS, by=other_buyer, at=now)
    seen = {scribe.id: 0, quill.id: 0}

    with pytest.raises(Conflict, match="Tom Bevan decided on Lumen Scribe while your page was open: included"):
        exclude_all(db, project, both, reason=TOO_DEAR, codes=CODES, expected=seen, by=buyer, at=now)

    seen[scribe.id] = 2
    assert exclude_all(db, project, both, reason=TOO_DEAR, codes=CODES, expected=seen, by=buyer, at=now) == 2


def test_a_decision_looks_for_its_candidate_once(db, project, scribe, buyer, now):
    product, asked = loaded(db, scribe), []
    event.listen(db.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))

    decide_on(db, project, product, verdict="included", reason=FITS, by=buyer, at=now)

    assert sum("FROM candidate" in one for one in asked) == 1
