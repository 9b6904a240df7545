"""Events and plain values: what is kept of them, and what they refuse."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest
from msgspec import ValidationError

from marketplace.kit.events import Event, event_from
from marketplace.kit.values import Value, asdict, replace

THING = UUID(int=7)


class _OfThing(Event):
    about: ClassVar[str] = "thing_id"
    thing_id: UUID
    note: str = ""


class _Weighed(_OfThing):
    grams: int
    day: date
    at: datetime | None = None
    marks: list[str] = []


WEIGHED = _Weighed(thing_id=THING, grams=3, day=date(2026, 11, 26), at=datetime(2026, 11, 26, 9, tzinfo=UTC), marks=["ŵ"])


class Line(Value):
    what: str


class Bill(Value):
    lines: tuple[Line, ...]
    by_name: dict[str, Line]


def test_an_event_is_kept_in_the_order_of_its_fields_and_read_again():
    assert WEIGHED.payload == (
        f'{{"thing_id":"{THING}","note":"","grams":3,"day":"2026-11-26","at":"2026-11-26T09:00:00Z","marks":["ŵ"]}}'
    )
    assert event_from("kit._Weighed", WEIGHED.payload) == WEIGHED
    assert (WEIGHED.recorded_as, WEIGHED.about_id) == ("kit._Weighed", THING)


@pytest.mark.parametrize("wrong", [{"grams": "three"}, {"day": 26}, {"thing_id": None}, {"marks": "one"}])
def test_what_could_not_be_read_again_is_not_kept(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        assert replace(WEIGHED, **wrong).payload


def test_an_event_takes_names_alone_and_none_but_its_own():
    make: Any = _OfThing
    with pytest.raises(TypeError):
        make(THING)
    with pytest.raises(TypeError):
        make(thing_id=THING, colour="red")
    with pytest.raises(ValidationError):
        event_from("kit._OfThing", f'{{"thing_id":"{THING}","colour":"red"}}')


def test_an_event_never_changes():
    with pytest.raises(AttributeError):
        WEIGHED.grams = 4  # type: ignore[misc]


def test_a_value_by_its_names_tells_the_values_within_it_in_the_same_way():
    bill = Bill((Line("one"),), {"first": Line("two")})

    assert asdict(bill) == {"lines": ({"what": "one"},), "by_name": {"first": {"what": "two"}}}
