"""The law of buying together: what holds whatever the weights, the parties and the changes."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.procurement.rules.joint.approvals import (
    APPROVED,
    ASKED,
    LAPSED,
    NOT_ASKED,
    REFUSED,
    Holding,
    Turn,
    enough,
    holding,
    missing_before,
)
from marketplace.procurement.rules.joint.gates import Assured, Standing, blocks_opening, blocks_settling
from marketplace.procurement.rules.joint.joining import door, may_leave
from marketplace.procurement.rules.joint.shares import PARTS, PERCENT, amounts, percent_of, shares, typed_shares
from marketplace.procurement.rules.joint.terms import PROTOCOL, Terms, changes_for, must_confirm_again
from marketplace.procurement.rules.joint.thresholds import ABOVE, BELOW, UNKNOWN, side_of
from marketplace.procurement.states import PROCUREMENT

TODAY = date(2026, 11, 24)
WRITTEN = {
    "question": "Q",
    "exit-criteria": "E",
    "stop-rule": "S",
    "starts-on": "2027-01-04",
    "ends-on": "2027-09-30",
    "price-afterwards": "P",
}

refs = st.sampled_from([f"ORG-{letter}" for letter in "ABCDEFGH"])
weights = st.dictionaries(refs, st.integers(1, 10**6), min_size=1, max_size=8)
pence = st.integers(1, 10**12)
protocols = st.fixed_dictionaries({part: st.sampled_from(["", "one", "two"]) for part in PROTOCOL})
terms = st.builds(
    Terms, version=st.sampled_from(["v1", "v2"]), protocol=protocols, weights=weights, ceiling_pence=pence,
    vat_percent=st.sampled_from([0, 5, 20]),
)  # fmt: skip


# --- shares


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_shares_are_exact_and_add_up_to_one(weights):
    found = shares(weights)

    assert sum(found) == 1
    assert all(share == Fraction(weight, sum(weights)) for share, weight in zip(found, weights, strict=True))


@given(pence, weights)
def test_amounts_add_up_to_the_penny_and_none_is_a_penny_off_its_share(whole, weights):
    found = amounts(Money(whole), weights)

    assert sum(money.pence for money in found.values()) == whole
    assert list(found) == list(weights)
    for ref, money in found.items():
        assert abs(money.pence - Fraction(whole * weights[ref], sum(weights.values()))) < 1


@given(st.lists(st.integers(1, 5_000), min_size=2, max_size=8).filter(lambda parts: sum(parts[:-1]) < 10_000))
def test_per_cent_that_make_a_hundred_are_taken_and_keep_their_shares(parts):
    parts[-1] = 10_000 - sum(parts[:-1])
    typed = {f"ORG-{at}": f"{part // 100}.{part % 100:02}" for at, part in enumerate(parts)}

    found = typed_shares(PERCENT, typed)

    assert [Fraction(weight, sum(found.values())) for weight in found.values()] == [
        Fraction(part, 10_000) for part in parts
    ]


@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=3).filter(lambda parts: sum(parts) != 10_000))
def test_per_cent_that_do_not_make_a_hundred_are_refused_with_the_difference(parts):
    typed = {f"ORG-{at}": f"{part // 100}.{part % 100:02}" for at, part in enumerate(parts)}
    away = abs(10_000 - sum(parts))

    with pytest.raises(Invalid) as refused:
        typed_shares(PERCENT, typed)

    assert f"{away / 100:g}%" in f"{refused.value.hint} {refused.value.fields}"
    assert set(refused.value.fields) == {f"share-{ref}" for ref in typed}


def test_shares_of_99_99_per_cent_are_refused_and_say_that_a_hundredth_is_missing():
    typed = {"ORG-A": "33.33", "ORG-B": "33.33", "ORG-C": "33.33"}

    with pytest.raises(Invalid, match=r"the shares make 99\.99%, not 100%") as refused:
        typed_shares(PERCENT, typed)

    assert "That is 0.01% less than 100%." in refused.value.hint
    assert "type parts, which always add up" in refused.value.hint


@pytest.mark.parametrize("way", [PERCENT, PARTS])
@pytest.mark.parametrize(
    "text", ["NaN", "nan", "Infinity", "-1", "0", "", " ", "1e2", "½", "٣", "100000000", "1,5", "0x10"]
)
def test_what_is_no_share_is_refused_by_its_field(way, text):
    with pytest.raises(Invalid) as refused:
        typed_shares(way, {"ORG-A": text, "ORG-B": "50"})

    assert "share-ORG-A" in refused.value.fields


@given(weights, st.integers(1, 1_000))
def test_parts_mean_the_same_however_they_are_multiplied(weights, factor):
    bounded = {ref: weight % 900 + 1 for ref, weight in weights.items()}
    once = typed_shares(PARTS, {ref: str(weight) for ref, weight in bounded.items()})
    times = typed_shares(PARTS, {ref: str(weight * factor) for ref, weight in bounded.items()})

    assert once == times


def test_a_share_reads_rounded_and_stays_exact():
    assert [percent_of(Fraction(1, 3)), percent_of(Fraction(1, 2)), percent_of(Fraction(1))] == [
        "33.33%",
        "50%",
        "100%",
    ]


# --- terms, and who says yes again


@given(terms)
def test_terms_survive_json_with_their_digest(one):
    assert Terms.read(one.plain()) == one
    assert Terms.read(one.plain()).digest == one.digest


@given(terms, st.data())
def test_nobody_says_yes_again_where_nothing_changed(one, data):
    ref = data.draw(st.sampled_from(list(one.weights)))

    assert changes_for(ref, one, one) == ()
    assert must_confirm_again({ref: one}, one) == {}


@given(terms, terms)
def test_whoever_need_not_say_yes_again_has_the_same_protocol_version_parties_and_share(before, after):
    confirmed = dict.fromkeys(before.weights, before)
    again = must_confirm_again(confirmed, after)

    for ref in set(before.weights) & set(after.weights):
        if ref not in again:
            assert (before.version, dict(before.protocol)) == (after.version, dict(after.protocol))
            assert set(before.weights) == set(after.weights)
            assert before.share_of(ref) == after.share_of(ref)
            assert before.net_of(ref) == after.net_of(ref)


@given(terms, st.data())
def test_when_one_leaves_everybody_else_says_yes_again_and_the_rest_still_adds_up(before, data):
    leaver = data.draw(st.sampled_from(list(before.weights)))
    rest = {ref: weight for ref, weight in before.weights.items() if ref != leaver}
    after = Terms(before.version, before.protocol, rest, before.ceiling_pence, before.vat_percent)

    again = must_confirm_again(dict.fromkeys(before.weights, before), after)

    assert set(again) == set(rest)
    assert leaver not in again
    if rest:
        assert sum(money.pence for money in amounts(Money(before.ceiling_pence), rest).values()) == before.ceiling_pence


@given(terms, st.integers(1, 1_000))
def test_shares_among_others_concern_nobody_whose_own_share_stays(before, moved):
    third = {"ORG-A": 1_000, "ORG-B": 1_000, "ORG-C": 2_000}
    after = {"ORG-A": 1_000 - min(moved, 999), "ORG-B": 1_000 + min(moved, 999), "ORG-C": 2_000}
    was = Terms("v1", {}, third, 100_000_00)
    now = Terms("v1", {}, after, 100_000_00)

    again = must_confirm_again(dict.fromkeys(third, was), now)

    assert set(again) == {"ORG-A", "ORG-B"}


# --- approvals


@given(terms, terms, st.sampled_from(["version", "protocol", "parties", "share"]), st.data())
def test_an_approval_lapses_only_by_what_it_depends_on(before, after, again_when, data):
    ref = data.draw(st.sampled_from(list(before.weights)))
    held = holding(Turn(APPROVED, before, (again_when,)), after, ref, on=TODAY)
    kinds = {change.kind for change in changes_for(ref, before, after)}
    concerned = kinds & (set(PROTOCOL) if again_when == "protocol" else {again_when})

    assert held.holds == (not concerned)
    assert held.state == (LAPSED if concerned else APPROVED)
    assert bool(held.cause) == bool(concerned)


@given(terms, terms, st.integers(0, 10**12), st.data())
def test_a_budget_lapses_when_the_share_rises_above_it_and_never_when_it_falls(before, after, approved, data):
    ref = data.draw(st.sampled_from(list(after.weights)))
    due = after.gross_of(ref)
    assert due is not None

    held = holding(Turn(APPROVED, before, ("rise",), approved), after, ref, on=TODAY)

    assert held.holds == (due.pence <= approved)


@given(terms, st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_an_approval_with_a_last_day_ages_once_and_for_all(one, until, day):
    ref = next(iter(one.weights))
    held = holding(Turn(APPROVED, one, ("version",), valid_until=until), one, ref, on=day)

    assert held.holds == (day <= until)


@pytest.mark.parametrize(
    ("turn", "state"), [(None, NOT_ASKED), (Turn(ASKED, Terms("v")), ASKED), (Turn(REFUSED, Terms("v")), REFUSED)]
)
def test_asked_and_refused_do_not_hold_and_do_not_age(turn, state):
    assert holding(turn, Terms("other"), "ORG-A", on=TODAY) == Holding(state)


def test_the_executive_comes_after_the_others(frameworks: Frameworks):
    procedure = frameworks.procedures["joint-pilot"]
    held = {"deployment-safety-case": Holding(APPROVED), "budget": Holding(LAPSED)}

    missing = missing_before(procedure, "executive", held)

    assert missing == ("Data protection impact assessment", "Budget")
    assert missing_before(procedure, "budget", {}) == ()


@given(st.lists(st.one_of(st.none(), st.integers(1, 10**9)), max_size=4), st.integers(0, 10**9))
def test_a_limit_is_enough_where_one_covers_the_amount(limits, amount):
    covering = [limit for limit in limits if limit is None or limit >= amount]

    assert enough(limits, Money(amount)) == bool(covering)


# --- gates


def test_a_pilot_without_question_exit_stop_end_and_price_afterwards_is_not_opened(frameworks: Frameworks):
    procedure = frameworks.procedures["joint-pilot"]
    whole = Terms("v1", WRITTEN, {"ORG-A": 1}, 100_00)

    assert blocks_opening(procedure, whole, on=TODAY) == []
    for part in ("question", "exit-criteria", "stop-rule", "ends-on", "price-afterwards"):
        without = Terms("v1", {**WRITTEN, part: " "[: part != "ends-on"]}, {"ORG-A": 1}, 100_00)
        assert [blocker.tab for blocker in blocks_opening(procedure, without, on=TODAY)] == ["protocol"]


def test_everything_in_the_way_is_named_at_once(frameworks: Frameworks):
    procedure = frameworks.procedures["joint-pilot"]
    now = Terms("v1", WRITTEN, {"ORG-A": 1, "ORG-B": 1}, 100_00)
    changed = changes_for("ORG-A", Terms("v1", WRITTEN, {"ORG-A": 1}, 100_00), now)
    standings = [Standing("ORG-A", "Ashdown", "joined", changed, {}), Standing("ORG-B", "Calder", "invited", (), {})]

    found = blocks_settling(procedure, now, standings, Assured(), fewest=2, on=TODAY)

    facts = [blocker.fact for blocker in found]
    assert "1 of at least 2 have joined" in facts
    assert "Calder has not answered" in facts
    assert "Ashdown said yes to other terms" in facts
    assert "Budget is not approved at Ashdown" in facts
    assert "no certificate is in force for this version of the product" in facts
    assert all(blocker.hint for blocker in found)


def test_a_trust_that_does_not_reuse_the_certificate_is_named(frameworks: Frameworks):
    procedure = frameworks.procedures["joint-pilot"]
    now = Terms("v1", WRITTEN, {"ORG-A": 1, "ORG-B": 1}, 100_00)
    approved = {each.id: Holding(APPROVED) for each in procedure.approvals}
    there = [Standing(ref, name, "joined", (), approved) for ref, name in (("ORG-A", "Ashdown"), ("ORG-B", "Calder"))]

    found = blocks_settling(procedure, now, there, Assured("CER-1", None, {"ORG-A": True}), fewest=2, on=TODAY)

    assert [blocker.fact for blocker in found] == ["Calder has not decided whether to reuse the certificate CER-1"]


# --- joining late, leaving


@given(st.sampled_from(PROCUREMENT.states), st.booleans())
def test_a_trust_joins_only_where_it_was_named_and_invitations_are_open(frameworks: Frameworks, state, named):
    declared = frameworks.procedures["joint-pilot"].joining

    entry = door(declared, ref="ORG-A", admits=["ORG-A"] if named else ["ORG-B"], state=state)

    assert entry.is_open == (named and state == "inviting")
    assert entry.why
    assert bool(entry.ways_on) != entry.is_open


def test_leaving_is_free_before_the_award_and_a_variation_afterwards():
    assert [state for state in PROCUREMENT.states if may_leave(state)] == ["draft", "inviting", "settled"]


# --- thresholds


@pytest.mark.parametrize(
    ("kind", "pence", "side"),
    [
        ("trust", 150_000_00, ABOVE), ("integrated-care-board", 150_000_00, BELOW), ("trust", 135_018_00, ABOVE),
        ("trust", 135_017_99, BELOW), ("integrated-care-board", 207_720_00, ABOVE),
    ],
)  # fmt: skip
def test_one_value_lies_on_different_sides_for_a_trust_and_a_board(frameworks: Frameworks, kind, pence, side):
    found = side_of(frameworks.thresholds, kind, "england", TODAY, Money(pence))

    assert found.side == side
    assert found.row is not None
    assert "Procurement Act 2023" in found.row.source.document


def test_an_older_day_has_the_older_amount_and_a_day_beyond_the_table_has_none(frameworks: Frameworks):
    table = frameworks.thresholds

    assert side_of(table, "trust", "england", date(2025, 12, 31), Money(137_000_00)).side == BELOW
    assert side_of(table, "trust", "england", date(2026, 1, 1), Money(137_000_00)).side == ABOVE
    assert side_of(table, "trust", "england", date(2028, 1, 1), Money(137_000_00)).side == UNKNOWN


def test_what_cannot_be_estimated_counts_as_above_and_scotland_has_a_law_of_its_own(frameworks: Frameworks):
    table = frameworks.thresholds

    assert side_of(table, "trust", "england", TODAY, None).side == ABOVE
    scottish = side_of(table, "health-board", "scotland", TODAY, Money(1))
    assert (scottish.side, scottish.note[:24]) == (UNKNOWN, "The Act does not apply t")


def test_the_table_agrees_with_what_a_direct_award_is_told(frameworks: Frameworks):
    table = frameworks.thresholds
    assert table is not None
    told = {
        (kind, row["pence"]) for row in frameworks.plain["procurement/direct-award.yaml"][-1]["thresholds"]
        for kind in row["kinds"]
    }  # fmt: skip
    ours = {(kind, row.pence) for row in table.rows if row.rule == "act" for kind in row.kinds}

    assert told <= ours


def test_the_stages_of_the_procedure_are_the_states_of_a_procurement(frameworks: Frameworks):
    for procedure in frameworks.procedures.values():
        assert {stage.id for stage in procedure.stages} == set(PROCUREMENT.states)
