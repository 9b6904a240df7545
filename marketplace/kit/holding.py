"""Holding rows: one writer at a time, who sees them as the one before left them.

PostgreSQL locks a held row until the transaction ends: whoever holds it next waits, and reads what was written
meanwhile. On SQLite a transaction that writes is alone from its beginning: there a row is only read again.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.kit.db import Base

Row = TypeVar("Row", bound=Base)
Loaded = tuple[ORMOption, ...]
"""What is read along with a row, and not held. Made once, in a module: a statement is put together for each."""


def hold_row(db: Session, table: type[Row], key: object, loaded: Loaded = ()) -> Row:
    """The row of this key to ourselves until the transaction ends, as it is now.

    What was read before of its relationships is forgotten, but for those that `loaded` reads anew.
    """
    held: Row = db.scalars(_held(table, loaded), {"key": key}).one()
    return held


def hold_rows(db: Session, table: type[Row], keys: Iterable[object], loaded: Loaded = ()) -> Sequence[Row]:
    """Several, by key: who holds the same ones waits for the first of them, so that no two wait for one another."""
    held: Sequence[Row] = db.scalars(_several_held(table, loaded), {"keys": list(keys)}).all()
    return held


@cache
def _held(table: type[Row], loaded: Loaded) -> Select[Any]:
    return _whole(table, loaded).where(_key_of(table) == bindparam("key"))


@cache
def _several_held(table: type[Row], loaded: Loaded) -> Select[Any]:
    key = _key_of(table)
    return _whole(table, loaded).where(key.in_(bindparam("keys", expanding=True))).order_by(key)


def _whole(table: type[Row], loaded: Loaded) -> Select[Any]:
    return select(table).options(*loaded).with_for_update(of=table).execution_options(populate_existing=True)


def _key_of(table: type[Base]) -> Any:
    [key] = inspect(table).primary_key
    return key
