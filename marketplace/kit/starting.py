"""A start makes what stays: nothing is looked for to throw away, and what hardly anybody needs is made later."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock
from typing import Any, TypeVar, cast

T = TypeVar("T")


@contextmanager
def nothing_collected() -> Iterator[None]:
    """A block in which the garbage collector rests. It never looks at what was made there."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        keep_what_is_there()
        if was_on:
            gc.enable()


def keep_what_is_there() -> None:
    """Never look at what exists now again: it stays, and processes that are forked share its memory.

    Hardly any of it is waste: to look for that first takes half a second and finds nothing worth a page of memory.
    """
    gc.freeze()


def later(make: Callable[[], T]) -> T:
    """What stands for a thing until something of it is asked for, and makes it then: once, whoever asks."""
    return cast(T, _Later(make))


def read_later(module: str) -> Any:
    """What stands for a module until something of it is asked for, and is read then."""
    return later(lambda: import_module(module))


class _Later:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._lock = make, RLock()
        self._made: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
        return getattr(self._made[0], name)
