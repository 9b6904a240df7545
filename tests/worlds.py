"""Worlds that are played once in a process, kept, and copied for each test that begins with them.

What a test begins with is made by its fixtures. Those that are a `part` write into the database, keep files and hand on
what they made; the parts that a test asks for, with those that they stand on, are its world. It is played on a database of
its own when it is first asked for. Each test has a copy of that database, and what was handed on anew: objects are at home in
the test's own session. A quick part that no other stands on is made in the test: few worlds serve many tests.
"""

import atexit
import inspect
import pickle
import shutil
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import pytest
from sqlalchemy.orm import Session

from marketplace.kit import ids
from tests.databases import file_of, sqlite_copy

GROUND = ("database", "db", "tmp_path")
"""What parts, and what else is made anew over a world's own database, stand on."""
ids._Clock.REMEMBERED = 1_000_000
"""No moment is forgotten while a world is kept: what a test adds to a copy comes after what is there."""


class World(NamedTuple):
    """A database as it was left, the folder of its files, and what the parts handed on, by their names."""

    database: Path
    folder: Path | None = None
    handed_on: bytes = pickle.dumps(({}, []))


def part(make: Callable[..., Any], *, is_quick: bool = False) -> Any:
    """A fixture that is a part of a world: a function of what stands on the database, and of what is the same for each test."""

    def given(played: Mapping[str, Any], **asked: Any) -> Any:
        return played[make.__name__] if make.__name__ in played else make(**asked)

    ours = inspect.Parameter("played", inspect.Parameter.KEYWORD_ONLY)
    asked = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in inspect.signature(make).parameters.values()]
    given.__signature__ = inspect.Signature([*asked, ours])  # type: ignore[attr-defined]
    given.__doc__, given.__module__, given.part, given.is_quick = make.__doc__, make.__module__, make, is_quick  # type: ignore[attr-defined]
    return pytest.fixture(given, name=make.__name__)


def quick_part(make: Callable[..., Any]) -> Any:
    """A part that is made as quickly as it is copied: no world is kept for its sake."""
    return part(make, is_quick=True)


_KEPT: dict[Hashable, World] = {}


def world_of(request: pytest.FixtureRequest, template: Path) -> World:
    """The world that the test of this request begins with; the empty one where it asks for no part."""
    play = _Play(request)
    parts = sorted(name for name in request.fixturenames if play.part_called(name) and not play.is_quick(name))
    if not parts:
        return World(template)
    key = tuple(map(play.meaning_of, parts))
    if key not in _KEPT:
        _KEPT[key] = play.played(parts, template)
    return _KEPT[key]


def handed_on(world: World, db: Session, ask: Callable[[str], Any]) -> Mapping[str, Any]:
    """What the parts of a world handed on, by their names; objects are in the session. `ask` gives what is no part."""
    reading = pickle.Unpickler(BytesIO(world.handed_on))
    reading.persistent_load = ask  # type: ignore[method-assign]
    given, objects = reading.load()
    db.add_all(objects)
    return given  # type: ignore[no-any-return]


@cache
def _folder() -> Path:
    folder = Path(mkdtemp(prefix="touchstone-worlds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class _Play:
    """Playing the parts that a test asks for, as its fixtures would have made them, over another database."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._definitions = request._pyfuncitem._fixtureinfo.name2fixturedefs
        self._values = getattr(getattr(request.node, "callspec", None), "params", {})
        self._given: dict[str, Any] = {}

    def played(self, parts: list[str], template: Path) -> World:
        kept = _folder() / str(len(_KEPT))
        folder = kept / "folder"
        folder.mkdir(parents=True)
        with sqlite_copy(template) as database, Session(database.writer, expire_on_commit=False) as db:
            self._given = {"database": database, "db": db, "tmp_path": folder}
            for name in parts:
                self._give(name)
            made = {name: given for name, given in self._given.items() if self.part_called(name)}
            db.commit()
            words = self._written(made, list(db.identity_map.values()))
            db.close()
            shutil.copyfile(file_of(database), kept / "world.db")
        return World(kept / "world.db", folder if any(folder.iterdir()) else None, words)

    def part_called(self, name: str) -> Callable[..., Any] | None:
        return getattr(self._function(name), "part", None)

    def is_quick(self, name: str) -> bool:
        return bool(self._function(name).is_quick)

    def meaning_of(self, name: str) -> Hashable:
        """What a name stands for in this test, with all that it is made from."""
        if name in GROUND:
            return name
        value = repr(self._values[name]) if name in self._values else ""
        return name, self._function(name), value, *map(self.meaning_of, self._asked(name))

    def _function(self, name: str) -> Any:
        definitions = self._definitions.get(name)
        return definitions[-1].func if definitions else None

    def _asked(self, name: str) -> Iterator[str]:
        """What a fixture asks for, but its world, and the one of its own name that it stands in for."""
        definitions = self._definitions.get(name)
        return (each for each in (definitions[-1].argnames if definitions else ()) if each not in ("played", name))

    def _give(self, name: str) -> Any:
        if name not in self._given:
            is_ours = self._stands_on_ground(name)
            self._given[name] = self._make(name) if is_ours else self._request.getfixturevalue(name)
        return self._given[name]

    def _stands_on_ground(self, name: str) -> bool:
        return name in GROUND or any(map(self._stands_on_ground, self._asked(name)))

    def _make(self, name: str) -> Any:
        make = self.part_called(name) or self._function(name)
        assert not inspect.isgeneratorfunction(make), f"{name} has an end: no part can stand on it"
        return make(**{each: self._give(each) for each in inspect.signature(make).parameters})

    def _written(self, made: Mapping[str, Any], objects: list[Any]) -> bytes:
        """What was handed on, and every object of the session; what is no part is only named."""
        names = {id(thing): name for name, thing in self._given.items() if name not in made and thing is not None}
        written = BytesIO()
        writing = pickle.Pickler(written)
        writing.persistent_id = lambda thing: names.get(id(thing))  # type: ignore[method-assign]
        writing.dump((made, objects))
        return written.getvalue()
