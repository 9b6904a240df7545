"""What a contract is filled with: types, limits, keys, days, and what has to agree."""

from typing import Any

import pytest

from marketplace.contracts.rules.parameters import amended, departures, in_words, open_points
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.kit.errors import Invalid
from tests.contracts.agreements import ERRORS, FILLED, MINUTES, SENT


@pytest.fixture
def template(frameworks: Frameworks) -> ContractTemplate:
    return frameworks.contracts["joint-pilot"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("feepence", 1, '"feepence" is not asked. Did you mean “fee-pence”?'),
        ("fee-pence", -1, "-1 is less than 0"),
        ("fee-pence", 1.5, "1.5 is too exact"),
        ("fee-pence", "a lot", '"a lot" is not a number'),
        ("fee-pence", float("nan"), "is not a number"),
        ("at-risk-percent", 100.01, "more than 100"),
        ("payment-days", 31, "31 is more than 30"),
        ("ends-on", "2027-02-30", "does not exist in the calendar"),
        ("ends-on", "soon", '"soon" is not a date'),
        ("training", "maybe", "is not one of the options"),
        ("measures", [{**MINUTES, "colour": "red"}], 'There is no column "colour"'),
        ("measures", [{"key": "x"}], "is needed in every row"),
        ("question", "x" * 1001, "1 character too long"),
        ("question", "a\u202eb", "cannot be seen or misleads"),
    ],
)
def test_a_value_that_does_not_hold_is_refused_by_name(template: ContractTemplate, name: str, value: Any, said: str):
    with pytest.raises(Invalid, match="some values do not hold") as refused:
        amended(template, {}, {name: value})

    assert said in " ".join(refused.value.fields.values())


def test_changing_one_value_keeps_the_rest_and_a_blank_clears(template: ContractTemplate):
    before = amended(template, template.defaults, FILLED)

    after = amended(template, before, {"fee-pence": 5_000_000, "sites": ["Main site"]})
    assert {name for name in after if after[name] != before.get(name)} == {"fee-pence", "sites"}
    assert "sites" not in amended(template, after, {"sites": ""})


def test_a_template_filled_in_whole_has_nothing_open(template: ContractTemplate):
    assert open_points(template, template.defaults | FILLED) == {}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"ends-on": "2027-01-03"}, "ends-on", "comes before the first"),
        ({"ends-on": "2029-01-05"}, "ends-on", "24 months at most"),
        ({"cap-pence": 5_999_999}, "cap-pence", "below the fee of one period"),
        ({"measures": [MINUTES, {**SENT, "weight": 39.99}, ERRORS]}, "measures", "have to add up to 100"),
        ({"measures": [MINUTES, {**SENT, "key": "letter-minutes"}]}, "measures", "same short name"),
        ({"measures": [{**MINUTES, "key": "Letter minutes", "weight": 100}]}, "measures", "small letters"),
        ({"measures": [{k: v for k, v in MINUTES.items() if k != "target"}, SENT]}, "measures", "needs a threshold, a target"),
        ({"measures": [MINUTES, SENT, {k: v for k, v in ERRORS.items() if k != "guard-limit"}]}, "measures", "needs a guard limit"),
        ({"measures": [{**MINUTES, "target": 12}, SENT]}, "measures", "has to be better than the threshold"),
        ({"measures": [MINUTES, {**SENT, "target": 60}]}, "measures", "has to be better than the threshold"),
    ],
)
def test_what_does_not_agree_is_open_and_says_what_to_do(template: ContractTemplate, changes: dict[str, Any], field: str, said: str):
    faults = open_points(template, template.defaults | FILLED | changes)

    assert set(faults) == {field}
    assert said in faults[field]


def test_weights_that_add_up_in_decimals_add_up(template: ContractTemplate):
    thirds = [{**SENT, "key": f"m{n}", "weight": weight} for n, weight in enumerate((33.33, 33.33, 33.34))]

    assert open_points(template, template.defaults | FILLED | {"measures": thirds}) == {}


def test_values_outside_what_is_usual_depart_from_the_template(template: ContractTemplate):
    values = template.defaults | FILLED
    assert departures(template, values) == []

    found = departures(template, values | {"at-risk-percent": 60, "training": "with-consent", "special-terms": [{"heading": "A", "words": "B"}]})

    assert [(one.parameter, one.value, one.usual) for one in found] == [
        ("at-risk-percent", "60%", "50% or less"),
        ("training", "only with the written consent of each trust, for a named purpose", "No"),
        ("special-terms", "A, B", "nothing"),
    ]


def test_values_read_as_people_write_them(template: ContractTemplate):
    words = {name: in_words(template.parameters[name], value) for name, value in (
        ("fee-pence", 6_000_050), ("at-risk-percent", 12.5), ("break-days", 1), ("break-days", 30), ("log-days", 1), ("ends-on", "2027-09-30"),
    )}  # fmt: skip

    assert words == {
        "fee-pence": "£60,000.50", "at-risk-percent": "12.5%", "break-days": "30 days", "log-days": "1 working day",
        "ends-on": "30 September 2027",
    }  # fmt: skip
