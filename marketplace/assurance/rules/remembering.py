"""What was worked out once of something declared, for the many that come to the same."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 50_000


class Remembered(Generic[T]):
    """Kept by the declared thing itself, which is never asked whether it equals another, and by what else decides."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Hashable], tuple[object, T]] = {}

    def of(self, declared: object, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of it, made where it is not known."""
        place = id(declared), key
        found = self._kept.get(place)
        if found is None or found[0] is not declared:
            if len(self._kept) > MOST:
                self._kept.clear()
            found = self._kept[place] = declared, make()
        return found[1]
