"""Plain values: given whole, never changed, equal where all that they hold is equal.

Most of our classes are such. Python's data classes say the same, but each is written as text and compiled at every
start: for five hundred of them that took half a second. These are made and filled by msgspec, in C.
"""

from typing import Any, dataclass_transform

from msgspec import Struct, field
from msgspec.structs import replace

__all__ = ["Value", "asdict", "field", "replace"]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Value(Struct, frozen=True):
    """A value: `class Price(Value)`. With `kw_only=True`, its fields are given by name; with `dict=True`, it may have
    a `cached_property`. What changes, or hides a field, is a data class.
    """


def asdict(value: Value) -> dict[str, Any]:
    """A value by the names of its fields, and in the same way each value within it."""
    return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}


def _plain(held: Any) -> Any:
    if isinstance(held, Value):
        return asdict(held)
    if type(held) in (list, tuple):
        return type(held)(map(_plain, held))
    if isinstance(held, dict):
        return {key: _plain(one) for key, one in held.items()}
    return held
