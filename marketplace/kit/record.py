"""The record: one row for each thing that happened, written with the change itself, never changed again.

The row is the audit trail, the worker's queue and the source of the open data. A sealer puts new rows in
order, extends an RFC 9162 Merkle tree by their leaf hashes and signs its head.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from msgspec import json
from sqlalchemy import DDL, ForeignKey, Index, String, Table, Text, bindparam, event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kit.db import Base, Moment
from marketplace.kit.events import Event
from marketplace.kit.ids import new_id
from marketplace.kit.merkle import Frontier, leaf_hash
from marketplace.kit.prepared import Prepared
from marketplace.kit.values import Value

SEAL_BATCH = 1_000


class By(Protocol):
    """Who did it: a person acting for an organisation; neither for what the clock did."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def organisation_id(self) -> UUID | None: ...


class Entry(Base):
    """One thing that happened. Append-only: the database refuses to update or delete a row."""

    __tablename__ = "entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    about_id: Mapped[UUID]
    by_person_id: Mapped[UUID | None]
    by_organisation_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(Moment)
    payload: Mapped[str] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_entry_about_id_id", "about_id", "id"), Index("ix_entry_name_id", "name", "id"))


class Outbox(Base):
    """What still has to be done with an entry: the database adds a row for each. It goes when both are done."""

    __tablename__ = "outbox"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    heard: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[bool] = mapped_column(default=False)


class Sealed(Base):
    """The place of an entry in the tree, counted from 0."""

    __tablename__ = "sealed"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)
    leaf: Mapped[str] = mapped_column(String(64))


class Head(Base):
    """A signed head: the root of the tree at a size, and the frontier from which the next is made."""

    __tablename__ = "head"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    frontier: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    signature: Mapped[str] = mapped_column(Text)


class Seal(Value):
    """What sealing came to: how many entries, and the head that covers them (None where none were new)."""

    count: int
    head: Head | None


class Recorded(NamedTuple):
    """What an entry is written of, with its leaf: what happens most often makes no objects of the database's."""

    id: UUID
    name: str
    about_id: UUID
    by_person_id: UUID | None
    by_organisation_id: UUID | None
    at: datetime
    payload: str


_ENTRY = Prepared(insert(Entry.__table__))  # type: ignore[arg-type]


def record(db: Session, event: Event, *besides: Event, by: By, at: datetime) -> Recorded:
    """Write that `event` happened, and what happened with it, in the transaction of the change that made it happen.

    It is written at once, and the database puts it into the outbox. Returns the entry of the first.
    """
    entries = [
        Recorded(new_id(at), one.recorded_as, one.about_id, by.person_id, by.organisation_id, at, one.payload)
        for one in (event, *besides)
    ]
    _ENTRY.run(db, *[{**entry._asdict(), "leaf": leaf_hash(leaf_data(entry)).hex()} for entry in entries])
    return entries[0]


def leaf_data(entry: Entry | Recorded) -> bytes:
    """What the leaf hash of an entry covers: compact JSON, sorted keys, times in UTC to the microsecond."""
    return json.encode({
        "about": entry.about_id, "at": entry.at.isoformat(timespec="microseconds"), "id": entry.id, "name": entry.name,
        "organisation": entry.by_organisation_id or "None", "payload": entry.payload,
        "person": entry.by_person_id or "None",
    })  # fmt: skip


def seal(db: Session, *, at: datetime, sign: Callable[[bytes], str]) -> Seal:
    """Put unsealed entries in order after those already sealed, and sign the new head."""
    waiting = select(Outbox).where(Outbox.sealed.is_(False)).order_by(Outbox.entry_id).limit(SEAL_BATCH)
    rows = db.scalars(waiting.with_for_update(skip_locked=True)).all()
    if not rows:
        return Seal(0, None)
    last = db.scalars(select(Head).order_by(Head.size.desc()).limit(1)).one_or_none()
    frontier = Frontier.parse(last.frontier) if last else Frontier()
    of_rows = select(Entry.id, Entry.leaf).where(Entry.id.in_([row.entry_id for row in rows]))
    leaves = dict(db.execute(of_rows).all())
    for row in rows:
        leaf = leaves[row.entry_id]
        db.add(Sealed(position=frontier.size, entry_id=row.entry_id, leaf=leaf))
        frontier = frontier.append(bytes.fromhex(leaf))
        row.sealed = True
    head = Head(size=frontier.size, root=frontier.root().hex(), frontier=frontier.dump(), at=at, signature="")
    head.signature = sign(head_data(head))
    db.add(head)
    return Seal(len(rows), head)


def head_data(head: Head) -> bytes:
    """The bytes that the signature of a head covers."""
    return f"touchstone-head-v1\n{head.size}\n{head.root}\n{head.at.isoformat(timespec='seconds')}\n".encode()


def sweep(db: Session) -> int:
    """Forget outbox rows of entries that were heard and sealed; returns how many."""
    done = select(Outbox).where(Outbox.heard.is_(True), Outbox.sealed.is_(True)).limit(SEAL_BATCH)
    rows = db.scalars(done.with_for_update(skip_locked=True)).all()
    for row in rows:
        db.delete(row)
    return len(rows)


def faults(db: Session) -> Iterator[str]:
    """What does not hold in the record, the first bad entry first: altered rows, gaps, roots that differ."""
    frontier = Frontier()
    heads = {head.size: head for head in db.scalars(select(Head))}
    rows = select(Sealed, Entry).outerjoin(Entry, Entry.id == Sealed.entry_id).order_by(Sealed.position)
    for sealed, entry in db.execute(rows.execution_options(yield_per=1_000)):
        yield from _fault(frontier.size, sealed, entry)
        frontier = frontier.append(bytes.fromhex(sealed.leaf))
        head = heads.pop(frontier.size, None)
        if head and head.root != frontier.root().hex():
            yield f"the head of size {head.size} does not cover the entries before it"
    for size in sorted(heads):
        yield f"the head of size {size} covers entries that are gone"


def _fault(position: int, sealed: Sealed, entry: Entry | None) -> Iterator[str]:
    if sealed.position != position:
        yield f"entry {position} of the record is missing"
    if entry is None:
        yield f"entry {sealed.position} was sealed and is gone"
    elif leaf_hash(leaf_data(entry)).hex() != sealed.leaf or entry.leaf != sealed.leaf:
        yield f"entry {sealed.position} ({entry.name}, {entry.id}) was altered after it was sealed"


_OUTBOX: Table = Outbox.__table__  # type: ignore[assignment]
_HEARD = Prepared(update(_OUTBOX).where(_OUTBOX.c.entry_id == bindparam("entry")).values(heard=True))


def mark_heard(db: Session, entry_ids: Sequence[UUID]) -> None:
    """Note that the deliveries of these entries are written."""
    _HEARD.run(db, *[{"entry": entry_id} for entry_id in entry_ids])


APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER entry_no_{verb} BEFORE {verb.upper()} ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$",
        "CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
}
INTO_OUTBOX = {
    "sqlite": [
        "CREATE TRIGGER entry_into_outbox AFTER INSERT ON entry "
        "BEGIN INSERT INTO outbox (entry_id, heard, sealed) VALUES (NEW.id, 0, 0); END"
    ],
    "postgresql": [
        "CREATE FUNCTION into_outbox() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO outbox (entry_id, heard, sealed) VALUES (NEW.id, false, false); RETURN NULL; END $$",
        "CREATE TRIGGER entry_into_outbox AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION into_outbox()",
    ],
}
for _rules in (APPEND_ONLY, INTO_OUTBOX):
    for _dialect, _statements in _rules.items():
        for _statement in _statements:
            _ddl = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(Entry.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
