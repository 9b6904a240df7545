"""What a product costs: sums that hold for every price and every volume, and the ones a buyer would check by hand."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from pytest import mark, raises

from marketplace.catalogue.rules.offers import (
    MODELS,
    PERIODS,
    Offer,
    Tier,
    count_of,
    plural,
    read_offer,
    read_volume,
    unit_key,
)
from marketplace.catalogue.rules.pricing import (
    headline,
    needs,
    read_volumes,
    standard_cost,
    total_cost,
    yearly_cost,
)
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from tests.catalogue.shelf import LICENCE, SET_UP, USE

pence = st.integers(0, 1_000_000)
volumes = st.integers(0, 5_000_000)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    starts = sorted({0, *draw(st.lists(st.integers(1, 1_000_000), max_size=5))})
    return tuple(Tier(start, draw(pence)) for start in starts)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    model = draw(st.sampled_from([name for name in MODELS if name != "free"]))
    counted = bool(MODELS[model].counts)
    return Offer(
        model=model, label="Licence", period=draw(st.sampled_from(MODELS[model].periods)),
        unit=draw(st.sampled_from(["clinician", "consultation"])) if counted else "", pence=draw(pence),
        tiers=draw(st.one_of(st.just(()), tiers())) if counted else (), minimum_pence=draw(pence),
        optional=draw(st.booleans()),
    )  # fmt: skip


def cost_of(offer: Offer, number: int) -> Money:
    cost = yearly_cost([offer], {"users": number, "uses": number, "sites": number, "results": number})
    return sum((line.amount for line in cost.yearly + cost.once + cost.extras + cost.by_result), Money.zero)


def test_four_hundred_clinicians_and_ninety_thousand_consultations_come_to_a_figure_with_its_working() -> None:
    cost = yearly_cost([LICENCE, USE, SET_UP], {"clinicians": 400, "consultations": 90_000})

    assert [(step.text, str(step.amount)) for line in cost.yearly for step in line.steps] == [
        ("400 clinicians × £12.00 × 12 months", "£57,600.00"),
        ("10,000 consultations × £0.40", "£4,000.00"),
        ("80,000 consultations × £0.30, above 10,000", "£24,000.00"),
    ]
    assert (str(cost.year.net), str(cost.year.vat), str(cost.year.gross)) == ("£85,600.00", "£17,120.00", "£102,720.00")
    assert [(line.label, str(line.amount)) for line in cost.once] == [("Set-up", "£5,000.00")]


def test_a_term_of_three_years_holds_three_years_and_the_set_up_once() -> None:
    total = total_cost([LICENCE, USE, SET_UP], {"clinicians": 400, "consultations": 90_000}, years=3)

    assert total.net == Money(3 * 8_560_000 + 500_000)
    assert total.gross == Money(3 * 10_272_000 + 600_000)


def test_uses_charged_by_the_month_fall_on_twelve_months_that_differ_by_one_at_most() -> None:
    monthly = Offer(
        model="per-use", label="Letters", unit="letter", period="month", tiers=(Tier(0, 50), Tier(7_000, 40))
    )

    line = yearly_cost([monthly], {"letters": 90_006}).yearly[0]

    assert [step.text for step in line.steps] == [
        "7,000 letters × £0.50 × 6 months",
        "501 letters × £0.40 × 6 months, above 7,000",
        "7,000 letters × £0.50 × 6 months",
        "500 letters × £0.40 × 6 months, above 7,000",
    ]
    assert line.amount == Money(7_000 * 50 * 12 + (501 * 6 + 500 * 6) * 40)


def test_a_minimum_is_due_where_the_volume_does_not_reach_it() -> None:
    floor = Offer(model="per-use", label="Letters", unit="letter", pence=50, minimum_pence=100_000)

    assert cost_of(floor, 10) == Money(100_000)
    assert cost_of(floor, 2_000) == Money(100_000)
    assert cost_of(floor, 2_001) == Money(100_050)


def test_extras_and_results_are_worked_out_and_stand_in_no_total() -> None:
    extra = Offer(model="subscription", label="Welsh", pence=90_000, optional=True)
    result = Offer(model="outcome-based", label="Bonus", unit="minute saved", pence=5)

    cost = yearly_cost([LICENCE, extra, result], {"clinicians": 1, "minutes-saved": 1_000})

    assert cost.year.net == Money(14_400)
    assert [line.amount for line in cost.extras + cost.by_result] == [Money(90_000), Money(5_000)]


def test_results_that_nobody_has_counted_are_not_guessed() -> None:
    result = Offer(model="outcome-based", label="Bonus", unit="minute saved", pence=5)

    assert yearly_cost([result], {}).by_result == ()
    assert needs([result]) == []
    assert standard_cost([result]) is None


@given(offers(), volumes, st.integers(1, 100_000))
def test_more_never_costs_less(offer: Offer, number: int, more: int) -> None:
    assert cost_of(offer, number) <= cost_of(offer, number + more)


@given(tiers(), volumes)
def test_one_more_unit_costs_the_price_of_the_tier_that_it_falls_in(steps: tuple[Tier, ...], number: int) -> None:
    offer = Offer(model="per-use", label="Letters", unit="letter", tiers=steps)
    price = next(tier.pence for tier in reversed(steps) if tier.above <= number)

    assert cost_of(offer, number + 1) - cost_of(offer, number) == Money(price)


@given(st.lists(offers(), max_size=6), volumes)
def test_the_working_adds_up_to_the_figure_to_the_penny(prices: list[Offer], number: int) -> None:
    cost = yearly_cost(prices, {"users": number, "uses": number, "sites": number})
    steps = [step.amount for line in cost.yearly for step in line.steps]

    assert cost.year.net == sum(steps, Money.zero)
    assert cost.year.net + cost.year.vat == cost.year.gross
    assert all(step.amount >= Money.zero for line in cost.yearly + cost.once + cost.extras for step in line.steps)


@given(st.lists(offers(), max_size=6), volumes, st.integers(1, 15))
def test_a_term_is_its_years_and_what_is_due_once(prices: list[Offer], number: int, years: int) -> None:
    cost = yearly_cost(prices, {"users": number, "uses": number, "sites": number})

    assert cost.over(years).net == Money(cost.year.net.pence * years) + cost.start.net


@given(offers(), volumes)
def test_a_price_of_one_tier_is_a_single_price(offer: Offer, number: int) -> None:
    if offer.counts:
        single = Offer(model=offer.model, label="A", unit="x", period=offer.period, pence=offer.pence)
        tiered = Offer(model=offer.model, label="A", unit="x", period=offer.period, tiers=(Tier(0, offer.pence),))

        assert cost_of(single, number) == cost_of(tiered, number)


@given(offers())
def test_every_price_can_be_said_in_a_few_words(offer: Offer) -> None:
    words = headline([offer])

    assert bool(words) == (not offer.optional)
    assert len(words) < 80


@mark.parametrize("number", [-1, 0.5, True, 10**9 + 1, float("nan"), "400", Fraction(1, 2)])
def test_a_volume_that_cannot_be_is_refused(number: object) -> None:
    with raises(Invalid, match="cannot be"):
        yearly_cost([LICENCE], {"clinicians": number})  # type: ignore[dict-item]


def test_a_volume_that_is_missing_is_named() -> None:
    with raises(Invalid) as refusal:
        read_volumes([LICENCE, USE, SET_UP], {"clinicians": "400"})

    assert refusal.value.fields == {"consultations": "Enter how many: consultations a year."}


@mark.parametrize(
    "typed", ["-1", "0.5", "NaN", "1e9", "٤٠٠", "４００", "4 00", "1,00", "9" * 400, "2000000000", "+1", ""]
)
def test_what_is_not_a_whole_number_is_refused_and_named(typed: str) -> None:
    with raises(Invalid) as refusal:
        read_volumes([LICENCE], {"clinicians": typed})

    assert list(refusal.value.fields) == ["clinicians"]


def test_users_will_do_where_the_unit_is_not_known() -> None:
    assert read_volumes([LICENCE, USE], {"users": "400", "uses": "90,000"}) == {
        "clinicians": 400,
        "consultations": 90_000,
    }


@given(st.integers(0, 10**9))
def test_a_whole_number_is_read_back_with_or_without_commas(number: int) -> None:
    assert read_volume(f"{number:,}") == read_volume(str(number)) == number


@mark.parametrize("years", [0, -1, 16, True])
def test_a_term_that_nobody_signs_is_refused(years: int) -> None:
    with raises(Invalid, match="is not a term"):
        total_cost([LICENCE], {"clinicians": 1}, years=years)


def test_a_price_is_read_as_it_was_typed() -> None:
    typed = {"model": "per-use", "label": " Consultations ", "unit": "consultation", "period": "year",
             "tiers": "above 0: 0.40\nabove 10,000: £0.30\n\n", "minimum": "1,000"}  # fmt: skip

    assert read_offer(typed) == Offer(
        model="per-use", label="Consultations", unit="consultation", tiers=(Tier(0, 40), Tier(10_000, 30)),
        minimum_pence=100_000,
    )  # fmt: skip


@mark.parametrize(
    ("change", "field"),
    [
        ({"price": "-1"}, "price"),
        ({"price": "1.234"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "1e9"}, "price"),
        ({"price": "99999999999999999999"}, "price"),
        ({"model": "barter"}, "model"),
        ({"period": "once"}, "period"),
        ({"unit": ""}, "unit"),
        ({"label": ""}, "label"),
        ({"label": "Licence\u202e"}, "label"),
        ({"label": "x" * 121}, "label"),
        ({"tiers": "above 5: 0.40"}, "tiers"),
        ({"tiers": "0: 0.40\n0: 0.30"}, "tiers"),
        ({"tiers": "0: 0.40\n9: free"}, "tiers"),
        ({"tiers": "\n".join(f"{n}: 1" for n in range(21))}, "tiers"),
        ({"minimum": "lots"}, "minimum"),
        ({"model": "free", "price": "1"}, "price"),
        ({"model": "subscription", "tiers": "0: 1"}, "tiers"),
    ],
)
def test_a_price_that_does_not_hold_names_its_field(change: dict[str, str], field: str) -> None:
    good = {"model": "per-use", "label": "Letters", "unit": "letter", "period": "year", "price": "0.40"}

    with raises(Invalid) as refusal:
        read_offer({**good, **change})

    assert field in refusal.value.fields


@mark.parametrize(
    ("unit", "many", "key"),
    [
        ("clinician", "clinicians", "clinicians"),
        ("clinic letter", "clinic letters", "clinic-letters"),
        ("ambulance day", "ambulance days", "ambulance-days"),
        ("pharmacy", "pharmacies", "pharmacies"),
        ("person", "people", "people"),
        ("branch", "branches", "branches"),
        ("hospital bed", "hospital beds", "hospital-beds"),
        ("minute saved", "minutes saved", "minutes-saved"),
        ("hour of training", "hours of training", "hours-of-training"),
    ],
)
def test_a_unit_has_its_plural_and_a_field_name(unit: str, many: str, key: str) -> None:
    assert (plural(unit), unit_key(unit)) == (many, key)
    assert count_of(1, unit) == f"1 {unit}"


def test_every_period_of_every_model_is_known() -> None:
    assert {period for model in MODELS.values() for period in model.periods} == set(PERIODS)


def test_headlines_read_as_people_say_them() -> None:
    assert headline([SET_UP, LICENCE]) == "£12.00 a clinician a month"
    assert headline([USE]) == "from £0.30 a consultation"
    assert headline([Offer(model="subscription", label="Licence", pence=5_000_000)]) == "£50,000.00 a year"
    assert headline([Offer(model="free", label="Free")]) == "Free of charge"
    assert headline([Offer(model="set-up", label="Set-up", pence=5_400_000, period="once")]) == "£54,000.00 once"
    assert headline([]) == ""
