"""Adding measurements from a CSV file: looked at first, row by row, and then all of them or none."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.common import begin_running
from marketplace.contracts.actions.outcomes.measuring import Source, check_party, check_row, settle_after, write_rows
from marketplace.contracts.models import Contract, Settlement
from marketplace.contracts.queries.outcomes.books import Book, book_of
from marketplace.contracts.rules.periods import in_words
from marketplace.contracts.schemas.outcomes import Measured, SheetRow, read_sheet
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import told
from marketplace.kit.text import quote
from marketplace.kit.values import Value

NAMED = 12


class Preview(Value):
    """What a file would bring: its rows, each with what is wrong with it, and the digest of exactly this file."""

    rows: Sequence[SheetRow]
    digest: str

    @property
    def faults(self) -> list[SheetRow]:
        return [row for row in self.rows if row.wrong]


def preview_measurements(db: Session, contract: Contract, content: bytes, *, by: Actor, at: datetime) -> Preview:
    """What a CSV file would add, row by row, without adding it. Raises Invalid for no CSV."""
    book = book_of(db, contract)
    rows = read_sheet(BytesIO(content), book.labels)
    seen: set[tuple[str, str]] = set()
    checked = [_checked(row, book, seen, by, at) for row in rows]
    return Preview(checked, hashlib.sha256(content).hexdigest())


def import_measurements(
    db: Session, contract: Contract, content: bytes, *, name: str, by: Actor, at: datetime
) -> list[Settlement]:
    """Add every row of a CSV file, or none. Raises NotAllowed, Conflict, Invalid that names the rows."""
    begin_running(db, contract, by=by)
    preview = preview_measurements(db, contract, content, by=by, at=at)
    if preview.faults:
        fields = {f"row {row.number}": row.wrong for row in preview.faults[:NAMED]}
        raise Invalid(
            f"{len(preview.faults)} of {len(preview.rows)} rows do not hold", "Mend the file, and send it again.",
            fields=fields,
        )  # fmt: skip
    by_period: dict[str, list[Measured]] = {}
    for row in preview.rows:
        if row.measured is not None:
            by_period.setdefault(row.period, []).append(row.measured)
    book, source = book_of(db, contract), Source(name[:200], preview.digest)
    for period, rows in by_period.items():
        write_rows(db, book, period, rows, source, by=by, at=at)
    everything = [row for rows in by_period.values() for row in rows]
    return settle_after(db, contract, list(by_period), everything, by=by, at=at)


def _checked(row: SheetRow, book: Book, seen: set[tuple[str, str]], by: Actor, at: datetime) -> SheetRow:
    if row.measured is None:
        return row
    key = (row.period, row.measured.key)
    try:
        if key in seen:
            raise Invalid(f"{quote(row.measured.key)} of {in_words(row.period)} stands twice", "Keep one of the rows.")
        check_party(book, row.period, by, at)
        check_row(book, row.period, row.measured, by)
    except Invalid as refusal:
        return SheetRow(row.number, row.cells, row.period, row.measured, told(refusal))
    seen.add(key)
    return row
