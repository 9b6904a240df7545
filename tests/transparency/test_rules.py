"""What may be left out of the register, on which ground, and for how long."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.transparency.rules import GROUNDS, PARTS, LeftOut, check_redaction, is_public, left_out

TODAY = date(2026, 11, 24)
REDACTIONS = st.lists(
    st.builds(
        LeftOut, st.sampled_from(sorted(PARTS)), st.sampled_from(sorted(GROUNDS)), st.just("Because."),
        st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    ),
    max_size=8,
)  # fmt: skip


@given(REDACTIONS, st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_a_part_is_left_out_exactly_as_long_as_one_redaction_lasts(every: list[LeftOut], day: date):
    hidden = left_out(every, on=day)

    for part in PARTS:
        last = max((one.until for one in every if one.part == part), default=None)
        assert (part in hidden) == (last is not None and day <= last)


@given(REDACTIONS, st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_as_time_goes_on_less_and_less_is_left_out(every: list[LeftOut], day: date):
    assert set(left_out(every, on=day + timedelta(days=1))) <= set(left_out(every, on=day))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"part": "everything"}, "part"),
        ({"ground": "embarrassing"}, "ground"),
        ({"reason": ""}, "reason"),
        ({"until": TODAY}, "until"),
        ({"until": date(2029, 11, 25)}, "until"),
    ],
)
def test_what_does_not_hold_is_named(changes: dict[str, object], field: str):
    asked = {"part": "amounts", "ground": "commercial", "reason": "A tender runs.", "until": date(2027, 6, 30), **changes}

    with pytest.raises(Invalid) as refused:
        check_redaction(**asked, today=TODAY)  # type: ignore[arg-type]

    assert list(refused.value.fields) == [field]


def test_the_public_sees_a_contract_from_its_signature_on():
    assert [state for state in ("draft", "issued", "signed", "live", "ended", "cancelled") if is_public(state)] == [
        "signed", "live", "ended",
    ]  # fmt: skip
