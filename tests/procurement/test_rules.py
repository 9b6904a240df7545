"""The law of finding and choosing: what holds whatever the input."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.rules.offers import Offer
from marketplace.kit.money import Money
from marketplace.kit.values import replace
from marketplace.procurement.rules.costs import costing
from marketplace.procurement.rules.direct_award import IS, NONE, WOULD_BE, reaches, threshold_for, warning
from marketplace.procurement.rules.fit import (
    FITS,
)
from marketplace.procurement.rules.novelty import new_among, seen_after
from marketplace.procurement.rules.shortlist import (
    ADDED,
    EXCLUDED,
    INCLUDED,
    OTHER_REASON,
    VERDICTS,
    board,
    current,
    reason_faults,
)
from marketplace.procurement.rules.standing import Standing, changes, differs
from marketplace.procurement.rules.trail import Line, held, in_order, marked_late

options = st.sampled_from(["epic", "systmone", "rio", "vision"])
sets = st.lists(options, unique=True, max_size=4)
fits = st.sampled_from(list(FITS))


@dataclass(frozen=True)
class Said:
    candidate_id: int
    turn: int
    verdict: str


# --- the shortlist


histories = st.lists(st.tuples(st.integers(1, 5), st.sampled_from(list(VERDICTS))), max_size=30).map(
    lambda moves: [Said(who, turn, verdict) for turn, (who, verdict) in enumerate(moves, start=1)]
)


@given(histories, st.randoms(use_true_random=False))
def test_the_current_decision_is_the_last_turn_however_the_rows_are_read(history, chance):
    last = {said.candidate_id: said for said in history}
    chance.shuffle(history)

    assert {said.candidate_id: said for said in current(history)} == last


@given(histories)
def test_each_candidate_stands_on_exactly_one_list(history):
    now = board(history)
    everybody = [said.candidate_id for said in (*now.undecided, *now.included, *now.excluded)]

    assert sorted(everybody) == sorted({said.candidate_id for said in history})
    assert all(said.verdict == INCLUDED for said in now.included)
    assert all(said.verdict == EXCLUDED for said in now.excluded)


@given(code=st.sampled_from(["", "above-budget", OTHER_REASON, "made-up"]), words=st.sampled_from(["", "Too dear."]))
def test_nothing_is_excluded_without_a_reason(code, words):
    wrong = reason_faults(EXCLUDED, code, words, ["above-budget", OTHER_REASON])

    reasoned = code == "above-budget" or (bool(words) and code in ("", OTHER_REASON))
    assert (not wrong) == reasoned


def test_an_inclusion_says_why_in_words_and_adding_needs_nothing():
    assert "reason" in reason_faults(INCLUDED, "", "", [])
    assert not reason_faults(INCLUDED, "", "It fits.", [])
    assert not reason_faults(ADDED, "", "", [])


# --- direct award


@given(included=st.integers(0, 9), undecided=st.integers(0, 9))
def test_only_a_shortlist_of_one_warns_of_a_direct_award(included, undecided):
    told = warning(included=included, undecided=undecided)

    assert (told == NONE) == (included != 1)
    assert (told == IS) == (included == 1 and undecided == 0)
    assert (told == WOULD_BE) == (included == 1 and undecided > 0)


ROWS = [
    {
        "kinds": ("trust",),
        "label": "Trusts",
        "pence": 13_501_800,
        "from": date(2026, 1, 1),
        "until": date(2027, 12, 31),
        "source": "x",
    }
]


def test_a_value_at_the_threshold_reaches_it_and_one_not_known_counts_as_if_it_did():
    threshold = threshold_for("trust", date(2026, 11, 24), ROWS)

    assert threshold is not None
    assert reaches(Money(13_501_800), threshold)
    assert not reaches(Money(13_501_799), threshold)
    assert reaches(None, threshold)


@pytest.mark.parametrize(("kind", "on"), [("health-board", date(2026, 11, 24)), ("trust", date(2028, 1, 1))])
def test_no_threshold_is_made_up_where_none_is_declared(kind, on):
    assert threshold_for(kind, on, ROWS) is None


# --- standing and differences


prices = st.lists(st.fixed_dictionaries({"model": st.just("per-user"), "pence": st.integers(0, 3)}), max_size=2)
standings = st.builds(
    Standing,
    state=st.sampled_from(["live", "suspended"]),
    edition=st.integers(1, 2),
    number=st.sampled_from(["1.0", "1.1"]),
    prices=prices.map(tuple),
    yearly_pence=st.none() | st.integers(0, 3),
)


@given(then=standings, now=standings)
def test_a_change_is_told_exactly_where_state_edition_or_prices_differ(then, now):
    told = {change.what for change in changes(then, now)}

    assert ("State" in told) == (then.state != now.state)
    assert ("Edition" in told) == ((then.edition, then.number) != (now.edition, now.number))
    assert ("Price" in told) == (then.prices != now.prices)


@given(standings)
def test_a_standing_is_the_same_after_a_way_through_json(standing):
    assert Standing.read(standing.plain()) == standing
    assert changes(standing, Standing.read(standing.plain())) == []


@given(st.lists(st.sampled_from(["a", "b"]), max_size=5))
def test_a_row_differs_when_two_cells_do(cells):
    assert differs(cells) == any(left != right for left in cells for right in cells)


# --- costs


def test_a_term_is_every_year_and_what_is_due_once_to_the_penny():
    offers = [
        Offer(model="per-user", label="Licence", unit="user", period="month", pence=1_250),
        Offer(model="set-up", label="Integration", period="once", pence=500_000),
        Offer(model="exit", label="Leaving", period="once", pence=99_999),
    ]

    found = costing(offers, {"users": 40}, 3)

    assert found.yearly_pence == 40 * 12 * 1_250
    assert found.term is not None
    assert found.term.net == Money(3 * 40 * 12 * 1_250 + 599_999)


@given(years=st.integers(1, 15), users=st.integers(0, 5_000))
def test_another_year_never_costs_less(years, users):
    offers = [Offer(model="per-user", label="Licence", unit="user", period="year", pence=900)]
    shorter, longer = costing(offers, {"users": users}, years), costing(offers, {"users": users}, min(years + 1, 15))

    assert shorter.term is not None
    assert longer.term is not None
    assert longer.term.net >= shorter.term.net


def test_nothing_is_guessed_where_a_volume_or_a_price_is_missing():
    by_use = [Offer(model="per-use", label="Use", unit="consultation", pence=40)]
    by_result = [Offer(model="outcome-based", label="Result", unit="result", pence=4_000)]

    assert costing([], {}, 1).missing == "No price is declared"
    assert costing(by_use, {"users": 3}, 1).yearly_pence is None
    assert costing(by_use, {"users": 3}, 1).missing.startswith("How many ")
    assert costing(by_result, {}, 1).missing.startswith("Paid by result")


# --- what is new


@given(found=st.lists(st.sampled_from("abcdef")), seen=st.lists(st.sampled_from("abcdef")))
def test_nothing_is_told_twice(found, seen):
    new = new_among(found, seen)

    assert set(new) == set(found) - set(seen)
    assert len(new) == len(set(new))
    assert new_among(found, seen_after(found, seen)) == []


# --- the trail


START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
lines = st.lists(
    st.builds(
        lambda minute, number, kind: Line(
            kind=kind, title="", at=START + timedelta(minutes=minute), entry=f"{minute:03}-{number:03}"
        ),
        st.integers(0, 60),
        st.integers(0, 999),
        st.sampled_from(["search", "requirement", "included"]),
    ),
    unique_by=lambda line: line.entry,
)


@given(lines, st.integers())
def test_the_trail_reads_the_same_however_its_rows_came(found, seed):
    shuffled = random.Random(seed).sample(found, len(found))

    assert in_order(shuffled) == in_order(found)
    assert [line.at for line in in_order(found)] == sorted(line.at for line in found)


@given(lines)
def test_a_requirement_is_late_exactly_when_a_search_came_before_it(found):
    ordered = in_order(found)
    marked = marked_late(ordered)

    assert [replace(line, is_late=False) for line in marked] == ordered
    for place, line in enumerate(marked):
        before = any(earlier.kind == "search" for earlier in marked[:place])
        assert line.is_late == (line.kind == "requirement" and before)


@given(lines)
def test_a_record_is_held_by_as_many_lines_as_there_are_of_its_kinds(found):
    assert held(["search", "included"], found) + held(["requirement"], found) == len(found)
