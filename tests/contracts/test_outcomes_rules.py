"""The law of rating: shares add up, the ledger always says what the data say now, and more is never paid less."""

import random
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules.given import Given, given_from, laid_out
from marketplace.contracts.rules.mechanisms import at_risk_fee, reached_by
from marketplace.contracts.rules.periods import (
    first_day,
    is_over,
    last_day,
    parse_period,
    part_of,
    period_of,
    periods_between,
)
from marketplace.contracts.rules.pooling import Pooled, Reading, pool
from marketplace.contracts.rules.rating import ACCEPTED, DISPUTED, Line, Owed, Rated, owed_of, rate, still_to_post
from marketplace.contracts.rules.simulation import SCENARIOS, simulate
from marketplace.contracts.rules.splitting import Member, parts_of
from marketplace.contracts.rules.terms import MeasureTerms, Terms, as_data, exact, plain, terms_from
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import Invalid
from tests.contracts.terms import PARAMETERS

FIRST, LAST = date(2026, 5, 1), date(2026, 9, 30)
MONTHS = periods_between(FIRST, LAST)
NAMES = ("Ashdown", "Calder Valley", "Trent Dale", "Wealdmoor")
fractions = st.fractions(min_value=0, max_value=1, max_denominator=1_000)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=6).filter(any)
pence = st.integers(0, 10**10)


def some_terms(fee: int, at_risk: Fraction, cap: int | None = None, *, fewest: int = 0) -> Terms:
    """Two measures that pay, one of which is better when lower, and a guard."""
    higher = MeasureTerms(
        "notes", "Notes", "", "higher", Fraction(8, 10), Fraction(95, 100), Fraction(70), fewest=fewest
    )
    lower = MeasureTerms("minutes", "Minutes", "", "lower", Fraction(12), Fraction(8), Fraction(30))
    guard = MeasureTerms(
        "gap", "Gap", "", "lower", Fraction(0), Fraction(0), Fraction(0), is_guard=True, guard_limit=Fraction(5)
    )
    return Terms(fee, at_risk, (higher, lower, guard), cap, FIRST, LAST)


def month_of(value: Fraction, minutes: Fraction, gap: Fraction = Fraction(1), count: int = 100):
    return {
        "notes": [Reading("Ashdown", value, count)],
        "minutes": [Reading("Ashdown", minutes, count)],
        "gap": [Reading("Ashdown", gap, count)],
    }


# --- the worked examples


def test_every_worked_example_of_every_mechanism_comes_out_to_the_penny(frameworks):
    settle = CALCULATORS["settle"]

    for mechanism in frameworks.mechanisms.values():
        assert len(mechanism.examples) >= 6
        for example in mechanism.examples:
            found = settle.work(example.given, frameworks).document
            owed = {name: found["owed_pence"][name] for name in example.owed_pence}
            assert (found["total_pence"], owed) == (example.total_pence, example.owed_pence), example.id


def test_the_parameters_that_the_mechanism_declares_are_those_that_the_terms_read(frameworks):
    declared = {parameter.id for parameter in frameworks.mechanisms["at-risk-fee"].parameters}

    assert declared <= {*as_data(terms_from(PARAMETERS))}
    assert {"cap-pence", "measures", "guard-keeps-percent"} <= declared


# --- shares


@given(weights, pence, fractions, fractions)
def test_shares_add_up_to_the_penny_for_any_weights(given_weights, fee, at_risk, value):
    members = [Member(f"trust {place}", weight) for place, weight in enumerate(given_weights)]
    terms = some_terms(fee, at_risk)

    rated = rate({"2026-05": terms}, members, {"2026-05": month_of(value, Fraction(10))}, first=FIRST, last=LAST)[0]

    assert sum(line.net_pence for line in rated.lines) == rated.total_pence
    assert sum(line.base_pence for line in rated.lines) == rated.base_pence
    assert all(line.base_pence >= 0 and line.at_risk_pence >= 0 for line in rated.lines)
    assert all(sum(line.parts.values()) == line.at_risk_pence for line in rated.lines if line.parts)


dates = st.dates(FIRST - timedelta(days=40), LAST + timedelta(days=40))
members_ = st.lists(
    st.builds(
        Member, st.sampled_from(NAMES), st.integers(1, 99), st.none() | dates, st.none() | dates
    ),
    min_size=1, max_size=4, unique_by=lambda member: member.name,
)  # fmt: skip


@given(members_, dates, st.integers(0, 60))
def test_the_parts_of_any_stretch_of_days_add_up_to_one_whoever_comes_and_goes(members, first, days):
    parts = parts_of(members, first, first + timedelta(days=days))

    assert not parts or sum(parts.values()) == 1
    assert all(part > 0 for part in parts.values())


@given(members_, dates, st.integers(1, 60), st.integers(0, 59))
def test_the_parts_of_a_stretch_are_those_of_its_two_halves_by_days(members, first, days, cut):
    members = [member for member in members if member.joined_on is None and member.left_on is None]
    cut = min(cut, days - 1)
    middle, last = first + timedelta(days=cut), first + timedelta(days=days)
    if not members:
        return

    whole = parts_of(members, first, last)
    early, late = parts_of(members, first, middle), parts_of(members, middle + timedelta(days=1), last)

    before, after = cut + 1, days - cut
    assert whole == {name: (early[name] * before + late[name] * after) / (before + after) for name in whole}


def test_who_leaves_in_the_middle_of_a_month_shares_its_days_alone():
    members = [Member("Ashdown", 1), Member("Calder Valley", 1, left_on=date(2026, 6, 15))]

    assert parts_of(members, date(2026, 6, 1), date(2026, 6, 30)) == {
        "Ashdown": Fraction(3, 4), "Calder Valley": Fraction(1, 4)
    }  # fmt: skip


# --- the mechanism


@given(pence, fractions, fractions, fractions, st.fractions(5, 15), st.fractions(0, 8))
def test_a_better_outcome_is_never_paid_less(fee, at_risk, one, other, minutes, gap):
    terms = some_terms(fee, at_risk)
    worse, better = sorted((one, other))

    def paid(value: Fraction, minutes: Fraction, gap: Fraction) -> int:
        found = {"notes": Pooled(value, 10), "minutes": Pooled(minutes, 10), "gap": Pooled(gap, 10)}
        return at_risk_fee(terms, found).total_pence

    assert paid(worse, minutes, gap) <= paid(better, minutes, gap)
    assert paid(one, minutes + 1, gap) <= paid(one, minutes, gap)
    assert paid(one, minutes, gap + 1) <= paid(one, minutes, gap)


@given(pence, fractions, fractions)
def test_what_is_paid_lies_between_the_base_fee_and_the_whole_fee(fee, at_risk, value):
    outcome = at_risk_fee(some_terms(fee, at_risk), {"notes": Pooled(value, 10), "gap": Pooled(Fraction(0), 10)})

    assert outcome.base_pence <= outcome.total_pence <= fee
    assert abs(outcome.base_pence - fee * (1 - at_risk)) <= Fraction(1, 2)


@given(fractions, fractions)
def test_there_is_no_cliff_anywhere_between_threshold_and_target(one, other):
    notes = some_terms(1, Fraction(1)).measure("notes")

    assert abs(reached_by(notes, one) - reached_by(notes, other)) <= abs(one - other) / Fraction(15, 100)


def test_a_guard_that_nobody_measured_counts_as_breached_and_so_it_does_not_pay_to_leave_it_out():
    found = {"notes": Pooled(Fraction(1), 10), "minutes": Pooled(Fraction(8), 10)}

    assert at_risk_fee(some_terms(1_000, Fraction(1, 5)), found).breached == ("gap",)
    assert at_risk_fee(some_terms(1_000, Fraction(1, 5)), found).total_pence == 800


def test_too_few_cases_are_not_paid_on_and_say_so():
    terms = some_terms(1_000, Fraction(1), fewest=50)
    found = {"notes": Pooled(Fraction(1), 49), "minutes": Pooled(Fraction(8), 1), "gap": Pooled(Fraction(0), 1)}

    outcome = at_risk_fee(terms, found)

    assert [reached.why for reached in outcome.measures] == ["too-few", "", ""]
    assert outcome.total_pence == 300


@given(st.lists(st.tuples(fractions, st.integers(1, 10_000)), min_size=1, max_size=6))
def test_a_pooled_value_lies_among_those_it_is_pooled_from_in_whatever_order_they_came(rows):
    readings = [Reading(str(place), value, count) for place, (value, count) in enumerate(rows)]
    pooled = pool(readings)

    assert min(value for value, _ in rows) <= pooled.value <= max(value for value, _ in rows)
    assert pool([*reversed(readings), Reading("silent", None)]) == pooled


# --- the cap


@given(st.lists(fractions, min_size=1, max_size=5), pence, st.integers(0, 4 * 10**10))
def test_the_cap_of_the_term_is_never_passed_and_is_used_up_before_anything_is_cut(values, fee, cap):
    found = {month: month_of(value, Fraction(9)) for month, value in zip(MONTHS, values, strict=False)}
    members = [Member("Ashdown", 2), Member("Calder Valley", 1)]

    free = rate(dict.fromkeys(found, some_terms(fee, Fraction(1, 5))), members, found, first=FIRST, last=LAST)
    capped = rate(dict.fromkeys(found, some_terms(fee, Fraction(1, 5), cap)), members, found, first=FIRST, last=LAST)

    assert sum(rated.total_pence for rated in capped) == min(cap, sum(rated.total_pence for rated in free))
    assert all(sum(line.net_pence for line in rated.lines) == rated.total_pence for rated in capped)


# --- the ledger: whatever happens in whatever order, it adds up to rating the final data at once


class Ledger:
    """What the actions do, on paper: after each step every line of each period is brought to what is due now."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.members = [Member("Ashdown", 3), Member("Calder Valley", 2), Member("Trent Dale", 2)]
        self.found: dict[str, dict[str, dict[str, Reading]]] = {}
        self.said: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        self.held = False
        self.posted: dict[tuple[str, str], Owed] = {}
        self.lines: list[int] = []
        self._rated: list[Rated] | None = None

    def at_once(self) -> list[Rated]:
        """Everything that is known by now, rated at once."""
        found = {
            month: {key: list(by.values()) for key, by in measures.items()} for month, measures in self.found.items()
        }
        return rate(dict.fromkeys(found, self.terms), self.members, found, first=FIRST, last=LAST)

    def rated(self) -> list[Rated]:
        """The same, anew only where somebody measured, came or went since."""
        if self._rated is None:
            self._rated = self.at_once()
        return self._rated

    def bring_up(self) -> None:
        for rated in self.rated():
            there = {name for month, name in self.posted if month == rated.period}
            for name in {line.organisation for line in rated.lines} | there:
                verdict, disputed = self.said.get((rated.period, name), ("", ()))
                owed = owed_of(rated.line_of(name), verdict, disputed, ["gap"])
                if name not in {line.organisation for line in rated.lines}:
                    owed = Owed()
                posted = self.posted.get((rated.period, name), Owed())
                missing = still_to_post(owed, posted, held=self.held)
                if missing:
                    self.posted[rated.period, name] = posted + missing
                    self.lines.append(missing.net_pence)

    def step(self, chance: random.Random) -> None:
        month, name = chance.choice(MONTHS), chance.choice([member.name for member in self.members])
        kind = chance.choice(
            ["measure", "measure", "measure", "accept", "accept", "dispute", "hold", "release", "party"]
        )
        if kind == "measure":
            values = self.found.setdefault(month, {})
            key = chance.choice(["notes", "minutes", "gap"])
            value = (
                None if chance.random() < 0.1 else Fraction(chance.randint(0, 2_000), 100 if key != "notes" else 2_000)
            )
            values.setdefault(key, {})[name] = Reading(name, value, chance.randint(1, 300))
            self._rated = None
        elif kind == "accept":
            self.said[month, name] = (ACCEPTED, ())
        elif kind == "dispute":
            self.said[month, name] = (DISPUTED, (chance.choice(["notes", "minutes", "gap"]),))
        elif kind in ("hold", "release"):
            self.held = kind == "hold"
        else:
            place = chance.randrange(1, len(self.members))
            left = None if chance.random() < 0.3 else FIRST + timedelta(days=chance.randint(0, 150))
            self.members[place] = Member(self.members[place].name, self.members[place].weight, left_on=left)
            self._rated = None
        self.bring_up()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 80), st.none() | st.integers(0, 4_000_000))
def test_the_lines_always_add_up_to_rating_the_final_data_at_once(seed, length, cap):
    chance = random.Random(seed)
    ledger = Ledger(some_terms(1_000_001, Fraction(1, 5), cap))
    for _ in range(length):
        ledger.step(chance)

    ledger.held = False
    ledger.said = {(month, member.name): (ACCEPTED, ()) for month in MONTHS for member in ledger.members}
    ledger.bring_up()

    at_once = ledger.at_once()
    assert sum(ledger.lines) == sum(rated.total_pence for rated in at_once)
    for rated in at_once:
        for name in NAMES:
            owed = ledger.posted.get((rated.period, name), Owed())
            assert owed.net_pence == rated.line_of(name).net_pence


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_at_no_moment_is_anything_posted_that_was_not_accepted_or_is_disputed(seed, length):
    chance = random.Random(seed)
    ledger = Ledger(some_terms(1_000_001, Fraction(1, 5)))
    for _ in range(length):
        ledger.step(chance)
        for rated in ledger.rated():
            for line in rated.lines:
                verdict, disputed = ledger.said.get((rated.period, line.organisation), ("", ()))
                owed = owed_of(line, verdict, disputed, ["gap"])
                posted = ledger.posted.get((rated.period, line.organisation), Owed())
                assert posted == owed or (ledger.held and posted.at_risk_pence < owed.at_risk_pence)


def test_only_what_the_disputed_measure_earned_is_withheld():
    line = Line("Ashdown", Fraction(1), 800, 200, {"notes": 140, "minutes": 60})

    assert owed_of(line, DISPUTED, ["minutes"]) == Owed(800, 140)
    assert owed_of(line, DISPUTED, ["gap"], guards=["gap"]) == Owed(800, 0)
    assert owed_of(line, ACCEPTED) == Owed(800, 200)
    assert owed_of(line, "") == Owed()


def test_while_it_is_held_the_base_fee_goes_on_and_a_credit_goes_back():
    assert still_to_post(Owed(800, 200), Owed(), held=True) == Owed(800, 0)
    assert still_to_post(Owed(800, 150), Owed(800, 200), held=True) == Owed(0, -50)
    assert still_to_post(Owed(800, 200), Owed(800, 0), held=False) == Owed(0, 200)


# --- months


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_every_day_lies_in_the_month_of_its_name(day):
    month = period_of(day)

    assert first_day(month) <= day <= last_day(month)
    assert parse_period(month) == month
    assert not is_over(month, day)
    assert is_over(month, last_day(month) + timedelta(days=1))


@given(dates, st.integers(0, 400))
def test_the_days_of_a_term_are_the_days_of_its_months(first, days):
    last = first + timedelta(days=days)

    counted = sum(part_of(month, first, last) * last_day(month).day for month in periods_between(first, last))

    assert counted == days + 1


@pytest.mark.parametrize("typed", ["", "2026-13", "2026-5", "May 2026", "0000-01", "2026-05-01", "２０２６-05"])
def test_what_is_no_month_is_refused_with_the_way_to_write_one(typed):
    with pytest.raises(Invalid, match="is not a month"):
        parse_period(typed)


# --- what is typed


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "-inf", "", "1_000", "１２", "0x10", "1,5", True, "9" * 41])
def test_what_is_no_plain_number_is_refused(typed):
    with pytest.raises(Invalid, match="is not a number"):
        exact(typed)


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=6))
def test_a_number_is_read_exactly_as_it_is_written(number):
    assert exact(str(number)) == Fraction(number)
    assert exact(plain(Fraction(number))) == Fraction(number)


def test_terms_are_told_as_they_were_read():
    terms = terms_from(PARAMETERS)

    assert terms_from(as_data(terms)) == terms


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fee-pence": -1}, "fee-pence"),
        ({"fee-pence": "12.5"}, "fee-pence"),
        ({"at-risk-percent": 101}, "at-risk-percent"),
        ({"at-risk-percent": "NaN"}, "at-risk-percent"),
        ({"cap-pence": "much"}, "cap-pence"),
        ({"measures": []}, "measures"),
        ({"ends-on": "2026-02-30"}, "ends-on"),
        ({"ends-on": "2026-01-01"}, "ends-on"),
    ],
)
def test_terms_that_do_not_hold_are_named(change, field):
    with pytest.raises(Invalid) as refused:
        terms_from({**PARAMETERS, **change})

    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"target": "0.80"}, "there would be a cliff"),
        ({"target": "0.70"}, "wrong side"),
        ({"design": "hope"}, "is not one of"),
        ({"better": "bigger"}, "is not higher or lower"),
        ({"fewest": "1.5"}, "whole number"),
    ],
)
def test_a_measure_that_does_not_hold_is_named(change, part):
    row = {"key": "notes", "better": "higher", "threshold": "0.80", "target": "0.95", "weight": 1}

    with pytest.raises(Invalid) as refused:
        terms_from({**PARAMETERS, "measures": [{**row, **change}]})

    assert part in " ".join(refused.value.fields.values())


# --- a rating as a file


def test_whoever_has_the_file_of_a_rating_works_out_the_same():
    members = (Member("Ashdown", 2), Member("Calder Valley", 1, joined_on=date(2026, 6, 10)))
    measured = {month: month_of(Fraction(9, 10), Fraction(9)) for month in MONTHS[:3]}
    given_ = Given(some_terms(1_000_001, Fraction(1, 5), 2_500_000), members, measured)

    again = given_from(laid_out(given_))

    assert again == given_
    assert [rated.lines for rated in again.rated()] == [rated.lines for rated in given_.rated()]


def test_a_variation_counts_from_its_month_on():
    dearer = some_terms(2_000_000, Fraction(0))
    measured = {month: month_of(Fraction(1), Fraction(8)) for month in MONTHS[:2]}
    given_ = Given(some_terms(1_000_000, Fraction(0)), (Member("Ashdown", 1),), measured, ((MONTHS[1], dearer),))

    assert [rated.total_pence for rated in given_from(laid_out(given_)).rated()] == [1_000_000, 2_000_000]


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"party": "Elsewhere"}, "is not a party"),
        ({"measure": "mood"}, "is not a measure"),
        ({"period": "2026-13"}, "is not a month"),
        ({"value": "NaN"}, "is not a number"),
        ({"value": "9" * 20}, "is too large"),
        ({"value": "1e400"}, "is too large"),
        ({"value": "0.9" + "0" * 12 + "1"}, "is too exact"),
        ({"value": "1.2"}, "outside what"),
        ({"count": 0}, "from no case"),
        ({"count": "1.5"}, "not a number of cases"),
    ],
)
def test_a_row_that_does_not_hold_is_named_with_what_to_do(row, part):
    good = {"period": "2026-05", "measure": "notes", "party": "Ashdown", "value": "0.9", "count": 10}
    data = {"terms": PARAMETERS, "parties": [{"name": "Ashdown", "weight": 1}], "measurements": [{**good, **row}]}

    with pytest.raises(Invalid, match=part) as refused:
        given_from(data)

    assert refused.value.hint


def test_a_month_given_twice_by_one_party_is_refused():
    row = {"period": "2026-05", "measure": "notes", "party": "Ashdown", "value": "0.9", "count": 10}
    data = {"terms": PARAMETERS, "parties": [{"name": "Ashdown", "weight": 1}], "measurements": [row, row]}

    with pytest.raises(Invalid, match="twice"):
        given_from(data)


# --- the simulation


@settings(max_examples=50, deadline=None)
@given(pence, fractions, st.none() | st.integers(0, 10**10))
def test_low_is_never_dearer_than_expected_and_high_never_cheaper(fee, at_risk, cap):
    members = [Member("Ashdown", 2), Member("Calder Valley", 1)]

    low, expected, high = simulate(some_terms(fee, at_risk, cap), members, {})

    assert low.total_pence <= expected.total_pence <= high.total_pence
    assert {one.name for one in (low, expected, high)} == set(SCENARIOS)
    assert all(one.total_pence == sum(one.of(member.name) for member in members) for one in (low, expected, high))
    assert cap is None or high.total_pence <= cap


def test_a_simulation_says_what_would_be_paid_to_the_penny():
    terms = some_terms(1_200_000, Fraction(1, 5))
    values = {"expected": {"notes": Fraction(95, 100), "minutes": Fraction(12)}}

    _, expected, high = simulate(terms, [Member("Ashdown", 1)], values)

    assert high.total_pence == 5 * 1_200_000
    assert expected.total_pence == 5 * (960_000 + 240_000 * 70 // 100)
    assert high.gross_pence == 5 * 1_440_000
