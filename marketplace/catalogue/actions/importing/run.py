"""Running an import: batch after batch, each in a transaction of its own with its place in the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import chain, islice
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.importing.write import weigh, write_batch
from marketplace.catalogue.events import ImportFinished, ProductsImported
from marketplace.catalogue.models import Import, ImportFailure
from marketplace.catalogue.rules.importing import (
    Described,
    Failed,
    describe,
    refuse_other_columns,
    refused,
    unread_in,
)
from marketplace.catalogue.states import IMPORT
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.ids import new_id
from marketplace.kit.reading import Record, records
from marketplace.kit.record import record
from marketplace.kit.values import Value

BATCH = 2_000
UNREAD = "Nothing from here on was read: mend this place, and import the whole file again."
Writing = Callable[[], AbstractContextManager[Session]]


class Preview(Value, kw_only=True):
    """What a file would bring: how many of the records looked at hold, the first of them, and the first failures.

    Of those that hold, `new`, `changed` and `same` say what each would do; `unread` are columns that nothing reads.
    """

    looked_at: int
    new: int
    changed: int
    same: int
    first: Sequence[Described]
    failures: Sequence[Failed]
    failed: int
    unread: Sequence[str]
    is_whole: bool

    @property
    def holds(self) -> int:
        return self.new + self.changed + self.same


def preview(
    db: Session, stream: BinaryIO, begun: Import, frameworks: Frameworks, *, most: int, shown: int = 20
) -> Preview:
    """Read up to `most` records beside what stands there, and write nothing.

    Raises Invalid for a file of which nothing can be read, or that has no record.
    """
    mapping = frameworks.mappings[begun.mapping]
    rows = _rows(stream, mapping)
    opening = list(islice(rows, 1))
    if not opening:
        place = f"Records are read at {mapping.each}." if mapping.each else "Fill in a row for each product."
        raise Invalid("there is no record in this file", place)
    rows = _to_the_end(chain(opening, rows))
    counts = dict.fromkeys(("looked_at", "new", "changed", "same", "failed"), 0)
    first: list[Described] = []
    failures: list[Failed] = []
    seen: set[str] = set()
    for batch in _batches(islice(rows, most)):
        read = list(_once_each((describe(row, mapping, frameworks) for row in batch), seen))
        weighed = weigh(db, begun, [one for one in read if isinstance(one, Described)], mapping)
        bad = sorted([*(one for one in read if isinstance(one, Failed)), *weighed.refused], key=lambda one: one.number)
        found = (len(batch), len(weighed.fresh), len(weighed.changed), weighed.same, len(bad))
        counts = {name: count + more for (name, count), more in zip(counts.items(), found, strict=True)}
        first += [*weighed.fresh, *(one for _, one in weighed.changed)][: shown - len(first)]
        failures += bad[: shown - len(failures)]
    is_whole, unread = next(rows, None) is None, unread_in(opening[0], mapping)
    return Preview(**counts, first=first, failures=failures, unread=unread, is_whole=is_whole)


def run_import(
    writing: Writing, open_file: Callable[[str], BinaryIO], frameworks: Frameworks, import_id: UUID, *,
    by: Actor, clock: Callable[[], datetime], progress: Callable[[Import], None] = lambda _: None,
) -> Import:  # fmt: skip
    """Read the file from where the last batch ended, and write batch after batch to its end.

    Killed at any moment, it goes on from the last batch that was committed: nothing is lost, nothing doubled. Two
    that run the same import, such as a command and the worker, share its batches. Where the rest of the file cannot
    be read, that is its last failure: what was good before it stays, and nobody waits for what cannot come.
    """
    with writing() as db:
        begun = db.get_one(Import, import_id)
        db.expunge(begun)
    mapping = frameworks.mappings[begun.mapping]
    with open_file(begun.file_digest) as stream:
        rows = _to_the_end(_rows(stream, mapping))
        seen = {_reference(one, frameworks, begun) for one in islice(rows, begun.rows_read)}
        start = begun.rows_read
        for batch in _batches(rows):
            read = [describe(one, mapping, frameworks) for one in batch]
            good = list(_once_each(read, seen))
            begun = _commit(writing, import_id, good, range(start, start + len(batch)), frameworks, by, clock())
            start += len(batch)
            progress(begun)
    return _finish(writing, import_id, by=by, at=clock())


def _rows(stream: BinaryIO, mapping: ImportMapping) -> Iterator[Record]:
    """The records of a file. Raises Invalid where it lacks a column that every record needs."""
    is_looked_at = mapping.reads != "csv"
    for one in records(stream, mapping.reads, mapping.each):
        if not is_looked_at and not one.wrong:
            refuse_other_columns(one, mapping)
            is_looked_at = True
        yield one


def _to_the_end(rows: Iterator[Record]) -> Iterator[Record]:
    """The records, and where the rest of the file cannot be read, a last one that says so."""
    number = 0
    try:
        for one in rows:
            number = one.number
            yield one
    except Invalid as wrong:
        yield Record(number + 1, lambda _: (), {}, f"{wrong.fact}. {wrong.hint} {UNREAD}")


def _batches(rows: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _reference(row: Record, frameworks: Frameworks, begun: Import) -> str:
    read = describe(row, frameworks.mappings[begun.mapping], frameworks)
    return read.external_ref if isinstance(read, Described) else ""


def _once_each(read: Iterable[Described | Failed], seen: set[str]) -> Iterator[Described | Failed]:
    """The second record with the same reference fails; the first one stands."""
    for one in read:
        if isinstance(one, Described) and one.external_ref in seen:
            text = "an earlier record has the same reference. Give each product its own."
            yield refused(one, "external-ref", one.external_ref, text)
            continue
        if isinstance(one, Described):
            seen.add(one.external_ref)
        yield one


def _commit(
    writing: Writing, import_id: UUID, read: list[Described | Failed], place: range, frameworks: Frameworks, by: Actor,
    at: datetime,
) -> Import:  # fmt: skip
    """Write one batch: products, failures, counts and the place in the file, all or nothing; once, whoever comes."""
    with writing() as db:
        begun = db.get_one(Import, import_id, with_for_update=True)
        if begun.rows_read >= place.stop:
            db.expunge(begun)
            return begun
        good = [one for one in read if isinstance(one, Described)]
        written = write_batch(db, begun, good, frameworks.mappings[begun.mapping], by=by, at=at)
        failed = [one for one in read if isinstance(one, Failed)] + written.refused
        if failed:
            db.execute(insert(ImportFailure), [_row(begun, one, at) for one in failed])
        begun.rows_read = place.stop
        begun.new += len(written.new)
        begun.changed += len(written.changed)
        begun.same += written.same
        begun.failed += len(failed)
        touched = [*written.new, *written.changed]
        if touched:
            record(db, ProductsImported(import_id=begun.id, product_ids=touched), by=by, at=at)
        db.flush()
        db.expunge(begun)
    return begun


def _row(begun: Import, failed: Failed, at: datetime) -> dict[str, object]:
    facts = {"number": failed.number, "reasons": failed.reasons, "cells": dict(failed.cells)}
    return {"id": new_id(at), "import_id": begun.id, **facts}


def _finish(writing: Writing, import_id: UUID, *, by: Actor, at: datetime) -> Import:
    with writing() as db:
        begun = db.get_one(Import, import_id, with_for_update=True)
        if begun.state == "finished":
            db.expunge(begun)
            return begun
        begun.state = IMPORT.after("finish", begun.state)
        begun.finished_at = at
        counts = {"new": begun.new, "changed": begun.changed, "same": begun.same, "failed": begun.failed}
        record(db, ImportFinished(import_id=begun.id, **counts), by=by, at=at)
        db.flush()
        db.expunge(begun)
    return begun
