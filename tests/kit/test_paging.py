"""A cursor carries the sort keys of a row, and nothing that was not put in it comes out."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.kit.paging import LONGEST_CURSOR, Count, Page, decode_cursor, encode_cursor

AN_ID = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
parts = st.one_of(
    storable,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.uuids(),
)


def raw(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.lists(parts, max_size=3))
def test_what_goes_into_a_cursor_comes_out_of_it(keys):
    cursor = encode_cursor(*keys)

    assert decode_cursor(cursor, [type(key) for key in keys]) == tuple(keys)
    assert all(char.isalnum() or char in "-_" for char in cursor)


def test_a_moment_of_another_zone_comes_out_as_the_same_moment():
    at = datetime(2026, 7, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))

    (read,) = decode_cursor(encode_cursor(at), [datetime])

    assert read == at
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "====", "not base64!", "\u0430\u0431", raw(""), raw("{}"), raw("null"), raw('"text"'), raw("[1"),
        raw("[NaN,1]"),
        raw("[" * 300), raw("[1]"), raw("[1,2,3]"), raw('[1,"x"]'), raw("[1.5,2]"), raw("[true,2]"),
        raw("[null,2]"), raw('["1",2]'),
        raw(f"[{2**63},1]"), raw(f"[1,{-(2**63) - 1}]"), raw("[" + "9" * 500 + ",1]"), raw("[1,2]") * 400,
        "A" * (LONGEST_CURSOR + 1),
        urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)  # fmt: skip
def test_garbage_is_refused_with_a_way_on(text):
    with pytest.raises(Invalid) as refused:
        decode_cursor(text, [int, int])

    assert "first page" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (r'["\u0000"]', str), (r'["\ud800"]', str), ("[1]", str), ("[1]", bool), ("[1]", float),
        ("[Infinity]", float), ("[1e999]", float),
        ("[NaN]", float), ('["2026-02-30"]', date), ('["2026-01-01"]', datetime),
        ('["2026-01-01T00:00:00"]', datetime), ('["x"]', UUID),
        ("[5]", UUID), ("[5]", date), ('["2026-01-01T00:00:00+00:00"]', date), ("[true]", int),
    ],
)  # fmt: skip
def test_a_part_of_the_wrong_kind_is_refused(text, kind):
    with pytest.raises(Invalid):
        decode_cursor(raw(text), [kind])


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    with suppress(Invalid):
        words, known = decode_cursor(text, [str, UUID])
        assert decode_cursor(encode_cursor(words, known), [str, UUID]) == (words, known)


@pytest.mark.parametrize("part", [None, b"x", (1,), datetime(2026, 1, 1), float("nan")])
def test_what_cannot_come_out_again_does_not_go_in(part):
    with pytest.raises((TypeError, ValueError)):
        encode_cursor(part)


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0"), (9_999, "9,999"), (10_000, "10,000"), (10_001, "more than 10,000"), (10**9, "more than 10,000")],
)
def test_a_count_beyond_ten_thousand_is_told_as_more(number, told):
    assert str(Count(number)) == told
    assert Count(number).is_exact == (number <= 10_000)


def test_a_page_knows_its_rows_its_count_and_where_the_next_begins():
    page = Page(items=["Lumen Scribe"], total=10_001, next=encode_cursor("Lumen Scribe", AN_ID))

    assert decode_cursor(page.next, [str, UUID]) == ("Lumen Scribe", AN_ID)
    assert str(page.count) == "more than 10,000"
    assert Page(items=[], total=0).next is None
