"""JSON is read strictly: one meaning or none, told within a tenth of a second."""

import json
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import raises

from marketplace.api.problems import Unreadable
from marketplace.api.reading import DEEPEST, LARGEST_BODY, read_body, read_json, read_query
from marketplace.api.shapes import In, Paged
from marketplace.kit.errors import Invalid

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.booleans()
VALUES = st.recursive(
    st.none() | NUMBERS | TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)


class Named(In):
    name: str
    count: int = 0


@given(VALUES)
def test_what_has_one_meaning_is_read_as_it_was_written(value):
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.integers(1, DEEPEST * 2), st.sampled_from(["[]", "{}"]))
def test_it_is_refused_exactly_where_it_is_nested_too_deep(depth, kind):
    text = "[" * depth + "]" * depth if kind == "[]" else '{"a":' * depth + "1" + "}" * depth

    if depth > DEEPEST:
        with raises(Unreadable, match="nested deeper than 50"):
            read_json(text.encode())
    else:
        read_json(text.encode())


@given(TEXTS, VALUES, VALUES)
def test_a_key_that_stands_twice_is_refused_whatever_it_says(key, one, other):
    pairs = f"{json.dumps(key)}: {json.dumps(one)}, {json.dumps(key)}: {json.dumps(other)}"

    with raises(Unreadable, match="stands twice"):
        read_json(f'{{"within": [{{{pairs}}}]}}'.encode())


ATTACKS = {
    "duplicate": (b'{"name": 1, "name": 2}', 'the key "name" stands twice'),
    "duplicate by escape": (b'{"name": 1, "n\\u0061me": 2}', 'the key "name" stands twice'),
    "a duplicate among many": (b'{"0": 0,' + b",".join(b'"%d": 1' % n for n in range(15_000)) + b"}", 'the key "0"'),
    "not a number": (b'{"price": NaN}', "NaN is no number"),
    "infinity": (b'{"price": -Infinity}', "-Infinity is no number"),
    "beyond range": (b'{"price": 1e999}', '"1e999" is beyond range'),
    "many digits": (b'{"price": ' + b"9" * 100_000 + b"}", "is beyond range"),
    "many decimals": (b'{"price": 0.' + b"9" * 100_000 + b"}", "is beyond range"),
    "very many values": (b"[" + b"[]," * 600_000 + b"[]]", "more than 20,000 values"),
    "deep lists": (b"[" * 100_000, "nested deeper than 50"),
    "deep lists that close": (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 50"),
    "deep objects": (b'{"a":' * 60 + b"1" + b"}" * 60, "nested deeper than 50"),
    "brackets in a text are no depth": (b'{"a": "' + b"[" * 5_000 + b'", "a": 1}', "stands twice"),
    "large": (b'"' + b"a" * LARGEST_BODY + b'"', "has 2,000,002 bytes"),
    "byte order mark": (b'\xef\xbb\xbf{"name": 1}', "byte order mark"),
    "utf-16": ('{"name": 1}'.encode("utf-16"), "byte 1 of the body is not UTF-8"),
    "half a character": (b'{"list": ["\\ud800"]}', "half a character stands at /list/0"),
    "half a character in a key": (b'{"\\udc00": 1}', "half a character stands at a key of the top"),
    "two halves the wrong way": (b'["\\udc00\\ud800"]', "half a character stands at /0"),
    "overlong": (b'{"name": "\xc0\xaf"}', "byte 11 of the body is not UTF-8"),
    "unclosed": (b'{"name": ', "not JSON.*line 1, column 10"),
    "trailing comma": (b'{"name": 1,}', "not JSON.*line 1"),
    "comment": (b'{"name": 1} // yes', "not JSON.*line 1, column 13"),
    "two values": (b"{}{}", "not JSON.*line 1, column 3"),
    "control character": (b'{"name": "a\x00b"}', "not JSON.*line 1, column 12"),
    "single quotes": (b"{'name': 1}", "not JSON.*line 1, column 2"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_two_readers_could_understand_in_two_ways_is_refused_at_once_with_its_place(attack: str):
    data, told = ATTACKS[attack]

    with raises(Unreadable, match=told) as refusal:
        read_json(data)

    assert refusal.value.status == 400
    assert refusal.value.hint
    assert min(seconds_to_refuse(data) for _ in range(3)) < 0.1


def seconds_to_refuse(data: bytes) -> float:
    """Of this process alone: how busy the machine is does not count."""
    began = process_time()
    with suppress(Unreadable):
        read_json(data)
    return process_time() - began


def test_a_whole_pair_of_surrogates_is_a_character():
    assert read_json(b'["\\ud83d\\ude00", "\\\\ud800"]') == ["😀", "\\ud800"]


def test_a_body_says_everything_that_is_wrong_with_it_by_field():
    with raises(Invalid) as refusal:
        read_body(b'{"count": "3", "colour": "red"}', "application/json", Named)

    assert refusal.value.fields == {
        "name": "This field is needed.",
        "count": 'Input should be a valid integer. You sent "3".',
        "colour": "There is no field of this name here. Leave it out, or see /v1/openapi.json.",
    }


@pytest.mark.parametrize("value", ["true", "1.5", "1.0", '"1"', "null", "1e2", "[1]"])
def test_a_whole_number_is_nothing_but_a_whole_number(value: str):
    with raises(Invalid) as refusal:
        read_body(b'{"name": "a", "count": ' + value.encode() + b"}", "application/json", Named)

    assert set(refusal.value.fields) == {"count"}


OTHERS = ["text/plain", "", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]


@pytest.mark.parametrize("kind", OTHERS)
def test_a_body_of_another_kind_is_not_guessed_at(kind: str):
    with raises(Unreadable) as refusal:
        read_body(b'{"name": "a"}', kind, Named)

    assert refusal.value.status == 415


def test_a_parameter_that_is_sent_twice_with_different_values_is_refused():
    with raises(Invalid, match="limit was sent more than once"):
        read_query([("limit", "1"), ("limit", "2")], Paged, also={})

    assert read_query([("limit", "2"), ("limit", "2")], Paged, also={}).limit == 2


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "ten", "１０", "10 000", "9" * 400, "", "+"])
def test_a_page_has_a_size_that_can_be(limit: str):
    with raises(Invalid) as refusal:
        read_query([("limit", limit)], Paged, also={})

    assert set(refusal.value.fields) == {"limit"}
