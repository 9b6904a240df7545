"""The shortlist as an audit trail: nothing is decided without a reason, nothing is lost, nothing is overwritten."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.requirements import add_requirement, judge_fit, remove_requirement
from marketplace.procurement.actions.searches import MOST_LOCKED, lock_step
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on, exclude_all
from marketplace.procurement.models import Decision
from marketplace.procurement.queries.searches import find_step, steps_of
from marketplace.procurement.queries.shortlist import find_candidate, requirements_of, shortlist
from marketplace.procurement.rules.standing import Standing
from marketplace.procurement.schemas import read_wanted, wording_of
from tests import cast
from tests.procurement.scenes import a_new_edition, a_price, a_step, loaded

CODES = {
    "above-budget": "It costs more than our budget",
    "data-leave-country": "Data leave the country that we accept",
    "other-reason": "Another reason",
}
FITS_WELL = Reason(words="It does what we need.")
TOO_DEAR = Reason(code="above-budget")


def test_a_decision_keeps_who_when_why_which_edition_and_the_price_for_our_volumes(db, project, scribe, buyer, now):
    decision = decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS_WELL, by=buyer, at=now)

    standing = Standing.read(decision.standing)
    assert (decision.by_id, decision.at, decision.reason) == (buyer.person_id, now, "It does what we need.")
    assert (standing.edition, standing.number, standing.state) == (1, "1.0", "live")
    assert standing.yearly_pence == 400 * 12 * 1_250
    assert cast.recorded(db, about=project.id)[-2:] == ["CandidateAdded", "CandidateIncluded"]


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        (Reason(), "reason_code"),
        (Reason(code="other-reason"), "reason"),
        (Reason(code="because"), "reason_code"),
        (Reason(words="   "), "reason_code"),
    ],
)
def test_nothing_is_excluded_without_a_reason(db, project, scribe, buyer, now, reason, field):
    with pytest.raises(Invalid) as refused:
        decide_on(db, project, loaded(db, scribe), verdict="excluded", reason=reason, codes=CODES, by=buyer, at=now)

    assert field in refused.value.fields
    assert find_candidate(db, project, scribe.id) is None


@pytest.mark.parametrize("words", ["a\u202eb", "x" * 1_001, "nul\x00l"])
def test_a_reason_that_hides_something_or_never_ends_is_refused(db, project, scribe, buyer, now, words):
    with pytest.raises(Invalid):
        decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words=words), by=buyer, at=now)


def test_a_change_of_mind_is_another_row_and_the_first_one_stays(db, project, scribe, buyer, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS_WELL, by=buyer, at=now)
    later = now + timedelta(hours=1)
    decide_on(db, project, scribe, verdict="excluded", reason=TOO_DEAR, codes=CODES, by=buyer, at=later)

    candidate = find_candidate(db, project, scribe.id)
    assert candidate is not None
    assert [(one.turn, one.verdict) for one in candidate.decisions] == [(1, "added"), (2, "included"), (3, "excluded")]
    assert candidate.decisions[1].reason == "It does what we need."


def test_two_who_decide_at_once_do_not_lose_each_others_decision(db, project, scribe, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="write", by=buyer, at=now)
    add_candidates(db, project, [scribe], by=buyer, at=now)
    decide_on(
        db,
        project,
        loaded(db, scribe),
        verdict="excluded",
        reason=TOO_DEAR,
        codes=CODES,
        expected=1,
        by=other_buyer,
        at=now,
    )

    with pytest.raises(Conflict, match="Tom Bevan decided on Lumen Scribe while your page was open: excluded"):
        decide_on(db, project, scribe, verdict="included", reason=FITS_WELL, expected=1, by=buyer, at=now)

    decide_on(db, project, scribe, verdict="included", reason=FITS_WELL, expected=2, by=buyer, at=now)
    assert db.query(Decision).count() == 3


def test_the_database_refuses_two_decisions_in_one_turn(db, project, scribe, buyer, now):
    decision = decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS_WELL, by=buyer, at=now)
    twin = {column.name: getattr(decision, column.key) for column in Decision.__table__.columns}

    db.add(Decision(**{**twin, "id": new_id()}))

    with pytest.raises(IntegrityError):
        db.flush()


def test_adding_twice_keeps_one_candidate_and_its_decision(db, project, scribe, buyer, now):
    decide_on(db, project, loaded(db, scribe), verdict="excluded", reason=TOO_DEAR, codes=CODES, by=buyer, at=now)

    add_candidates(db, project, [scribe], by=buyer, at=now)

    candidate = find_candidate(db, project, scribe.id)
    assert candidate is not None
    assert candidate.decisions[-1].verdict == "excluded"


def test_what_was_withdrawn_can_be_excluded_and_not_included(db, project, scribe, buyer, now):
    scribe.state = "withdrawn"
    db.flush()

    with pytest.raises(Conflict, match="withdrawn"):
        decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS_WELL, by=buyer, at=now)
    assert decide_on(db, project, scribe, verdict="excluded", reason=TOO_DEAR, codes=CODES, by=buyer, at=now)


def test_a_draft_of_a_supplier_cannot_be_put_on_a_list(db, project, lumen, buyer, now):
    draft = cast.a_product(db, of=lumen, at=now, name="Secret Scribe", state="draft")

    assert add_candidates(db, project, [draft], by=buyer, at=now) == []
    with pytest.raises(Conflict):
        decide_on(db, project, draft, verdict="excluded", reason=TOO_DEAR, codes=CODES, by=buyer, at=now)


def test_several_are_excluded_for_one_reason_each_with_its_own_row(db, project, scribe, quill, buyer, now):
    assert exclude_all(db, project, [scribe, quill], reason=TOO_DEAR, codes=CODES, by=buyer, at=now) == 2

    assert cast.recorded(db, about=project.id).count("CandidateExcluded") == 2
    with pytest.raises(Invalid):
        exclude_all(db, project, [], reason=TOO_DEAR, codes=CODES, by=buyer, at=now)


def test_the_board_says_what_changed_since_the_decision(db, project, scribe, buyer, frameworks, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=FITS_WELL, by=buyer, at=now)
    a_new_edition(db, scribe, at=now)
    scribe.state = "suspended"
    db.flush()

    card = shortlist(db, project, frameworks, on=day_in_london(now)).included[0]

    assert [change.what for change in card.changes] == ["State", "Edition"]


# --- searches


def test_each_search_is_kept_with_its_filters_and_the_same_one_again_is_kept_once(db, project, buyer, now):
    first = a_step(db, project, by=buyer, at=now)
    again = a_step(db, project, by=buyer, at=now)
    other = a_step(db, project, by=buyer, at=now, found=3)

    assert first.id == again.id
    assert [step.number for step in steps_of(db, project)] == [other.number, first.number] == [2, 1]
    assert first.chosen == {"care-setting": ["outpatients"]}


def test_a_locked_search_lists_what_stood_there_for_ever(db, project, scribe, quill, buyer, now):
    step = a_step(db, project, by=buyer, at=now)
    lock_step(db, project, step, [scribe.ref, quill.ref], total=2, by=buyer, at=now)
    db.flush()

    a_new_edition(db, scribe, at=now)
    scribe.state, scribe.name = "withdrawn", "Another Name"
    a_price(db, quill, at=now)
    db.flush()
    db.expire_all()

    locked = find_step(db, project, 1)
    shown = [(one.ref, one.name, Standing.read(one.standing)) for one in locked.results]
    assert [ref for ref, *_ in shown] == [scribe.ref, quill.ref]
    assert shown[0][1] == "Lumen Scribe"
    assert (shown[0][2].edition, shown[0][2].state, shown[0][2].yearly_pence) == (1, "live", 400 * 12 * 1_250)
    assert shown[1][2].prices == ()


def test_a_search_is_locked_once_and_only_when_it_can_be_assessed(db, project, scribe, buyer, now):
    step = a_step(db, project, by=buyer, at=now)

    with pytest.raises(Conflict, match="at most 200"):
        lock_step(db, project, step, [scribe.ref], total=MOST_LOCKED + 1, by=buyer, at=now)
    lock_step(db, project, step, [scribe.ref], total=1, by=buyer, at=now)
    with pytest.raises(Conflict, match="cannot lock a locked search"):
        lock_step(db, project, step, [], total=0, by=buyer, at=now)


def test_a_search_of_another_project_is_not_there(db, project, buyer, now):
    with pytest.raises(NotFound):
        find_step(db, project, 7)


# --- requirements


def a_requirement(db, project, frameworks, *, by, at, wanted=("gb",), **raw):
    form = frameworks.form("genai-application")
    typed = {"question": "hosting-country", "test": "only", "weight": "must", **raw}
    read = read_wanted(typed, wanted, form)
    words = wording_of(read.test, read.wanted, form, read.question)
    found = add_requirement(db, project, read, in_words=words, by=by, at=at)
    db.flush()
    return found


def fits(db, project, frameworks, at):
    now = shortlist(db, project, frameworks, on=day_in_london(at))
    cards = (*now.undecided, *now.included, *now.excluded)
    return {card.look.name: [fit.verdict.fit for fit in card.fits] for card in cards}


def test_fit_follows_from_the_answers_and_the_unknown_is_never_met(db, project, scribe, quill, buyer, frameworks, now):
    add_candidates(db, project, [scribe, quill], by=buyer, at=now)
    a_requirement(db, project, frameworks, by=buyer, at=now)
    a_requirement(db, project, frameworks, by=buyer, at=now, question="availability", test="at-least", wanted=["99.5"])
    a_requirement(db, project, frameworks, by=buyer, at=now, question="", wording="Works through our proxy.")

    assert fits(db, project, frameworks, now) == {
        "Lumen Scribe": ["met", "unknown", "unknown"],
        "Quill Notes": ["not-met", "unknown", "unknown"],
    }
    board = shortlist(db, project, frameworks, on=day_in_london(now))
    assert not any(card.meets_musts for card in board.undecided)


def test_a_judgement_counts_until_the_next_edition(db, project, scribe, buyer, frameworks, now):
    add_candidates(db, project, [scribe], by=buyer, at=now)
    proxy = a_requirement(db, project, frameworks, by=buyer, at=now, question="", wording="Works through our proxy.")

    judge_fit(db, project, loaded(db, scribe), proxy.id, fit="met", note="Tried on site.", by=buyer, at=now)
    assert fits(db, project, frameworks, now) == {"Lumen Scribe": ["met"]}

    a_new_edition(db, scribe, at=now)
    db.expire_all()
    assert fits(db, project, frameworks, now) == {"Lumen Scribe": ["unknown"]}


def test_a_requirement_is_taken_away_with_a_reason_and_stays_readable(db, project, buyer, frameworks, now):
    requirement = a_requirement(db, project, frameworks, by=buyer, at=now)

    with pytest.raises(Invalid):
        remove_requirement(db, project, requirement.id, reason="", by=buyer, at=now)
    remove_requirement(db, project, requirement.id, reason="The board accepts the EU.", by=buyer, at=now)
    db.flush()

    assert requirements_of(db, project) == []
    assert requirements_of(db, project, removed=True) == [requirement]
    with pytest.raises(NotFound):
        remove_requirement(db, project, requirement.id, reason="Twice.", by=buyer, at=now)


@pytest.mark.parametrize(
    ("raw", "values", "field"),
    [
        ({"wording": ""}, [], "wording"),
        ({"question": "no-such-question"}, [], "question"),
        ({"question": "hosting-country", "test": "at-least"}, ["gb"], "test"),
        ({"question": "hosting-country", "test": "only"}, [], "wanted"),
        ({"question": "hosting-country", "test": "only"}, ["atlantis"], "wanted"),
        ({"question": "availability", "test": "at-least"}, ["NaN"], "wanted"),
        ({"question": "availability", "test": "at-least"}, ["1", "2"], "wanted"),
        ({"question": "availability", "test": "at-least"}, ["101"], "wanted"),
        ({"wording": "Works.", "weight": "very"}, [], "weight"),
    ],
)
def test_a_requirement_that_does_not_hold_is_refused_by_field(frameworks, raw, values, field):
    with pytest.raises(Invalid) as refused:
        read_wanted(raw, values, frameworks.form("genai-application"))

    assert field in refused.value.fields


def test_a_judgement_needs_a_note_and_a_product_on_the_list(db, project, scribe, quill, buyer, frameworks, now):
    add_candidates(db, project, [scribe], by=buyer, at=now)
    requirement = a_requirement(db, project, frameworks, by=buyer, at=now)

    with pytest.raises(Invalid) as refused:
        judge_fit(db, project, loaded(db, scribe), requirement.id, fit="perfect", note=" ", by=buyer, at=now)
    assert set(refused.value.fields) == {"fit", "note"}
    with pytest.raises(Conflict, match="not on the list"):
        judge_fit(db, project, loaded(db, quill), requirement.id, fit="met", note="Yes.", by=buyer, at=now)


def test_whoever_only_reads_writes_none_of_this(db, project, scribe, buyer, other_buyer, frameworks, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    step = a_step(db, project, by=buyer, at=now)

    for attempt in (
        lambda: add_candidates(db, project, [scribe], by=other_buyer, at=now),
        lambda: lock_step(db, project, step, [], total=0, by=other_buyer, at=now),
        lambda: a_step(db, project, by=other_buyer, at=now, found=9),
        lambda: a_requirement(db, project, frameworks, by=other_buyer, at=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()
