"""Bringing a hazard log in from a spreadsheet: looked at first, row by row, and then all of it or nothing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.hazards import allow_writing, id_of, put_hazard, read_hazard
from marketplace.assurance.events.safety import HazardsImported
from marketplace.assurance.models import Deployment
from marketplace.assurance.queries.safety.declared import log_shape, matrix_of
from marketplace.assurance.queries.safety.logs import log_of
from marketplace.assurance.rules.safety.sheet import HazardRow, columns_of, missing_columns, row_of
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.record import record
from marketplace.kit.sheets import Row, read_csv
from marketplace.kit.text import fold, quote
from marketplace.kit.values import Value
from marketplace.kit.workbooks import is_workbook, workbook_as_csv

MOST_ROWS, NAMED = 1_000, 12


class LogPreview(Value):
    """What a spreadsheet would bring: its rows with what is wrong with each, and the columns that nobody reads."""

    rows: Sequence[HazardRow]
    unread: Sequence[str]
    digest: str

    @property
    def faults(self) -> list[HazardRow]:
        return [row for row in self.rows if row.wrong]


def preview_log(
    db: Session, product: Product, content: bytes, *, deployment: Deployment | None = None, frameworks: Frameworks,
    by: Actor,
) -> LogPreview:  # fmt: skip
    """What a CSV file or an Excel workbook would add to a log, without adding it. Raises NotAllowed, Invalid."""
    allow_writing(by, product, deployment)
    table = workbook_as_csv(content) if is_workbook(content) else content
    read = list(read_csv(BytesIO(table)))
    if not read:
        raise Invalid("there is no row under the header", "Put one hazard on each row.")
    if len(read) > MOST_ROWS:
        raise Invalid(f"the file has {len(read):,} rows", f"A log is brought in with at most {MOST_ROWS:,} at a time.")
    shape, names = log_shape(frameworks), list(read[0].cells)
    columns = columns_of(names, shape)
    if missing := missing_columns(columns, shape):
        raise Invalid(
            f"the file lacks the columns {', '.join(missing)}", "Name them in its first row as they are named here."
        )
    known = {fold(hazard.name) for hazard in log_of(db, product.id, deployment_id=id_of(deployment))}
    rows = [_checked(each, columns, known, frameworks) for each in read]
    return LogPreview(rows, [name for name in names if name not in columns], hashlib.sha256(content).hexdigest())


def import_log(
    db: Session, product: Product, content: bytes, *, name: str, deployment: Deployment | None = None,
    frameworks: Frameworks, by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Add every row of a file to a log, or none; returns how many. Raises NotAllowed, Invalid naming the rows."""
    preview = preview_log(db, product, content, deployment=deployment, frameworks=frameworks, by=by)
    if preview.faults:
        told = {f"row {row.number}": "; ".join(row.wrong) for row in preview.faults[:NAMED]}
        raise Invalid(
            f"{len(preview.faults)} of {len(preview.rows)} rows do not hold", "Mend the file, and send it again.",
            fields=told,
        )  # fmt: skip
    matrix, shape = matrix_of(frameworks), log_shape(frameworks)
    for row in preview.rows:
        read = read_hazard(row.fields, matrix, shape)
        put_hazard(db, product, read, hazard=None, deployment=deployment, frameworks=frameworks, by=by, at=at)
    imported = HazardsImported(
        product_id=product.id, deployment_id=id_of(deployment), name=name[:200],
        digest=preview.digest, count=len(preview.rows),
    )  # fmt: skip
    record(db, imported, by=by, at=at)
    return len(preview.rows)


def _checked(row: Row, columns: dict[str, str], known: set[str], frameworks: Frameworks) -> HazardRow:
    """The row, with everything that is wrong with it; a name that is known stands twice."""
    if row.wrong:
        return HazardRow(row.number, {}, (row.wrong,))
    found = row_of(row.number, row.cells, columns, matrix_of(frameworks))
    wrong = list(found.wrong)
    name = found.fields.get("name", "")
    if name and fold(name) in known:
        wrong.append(f"{quote(name)} is in the log already")
    known.add(fold(name))
    if not wrong:
        try:
            read_hazard(found.fields, matrix_of(frameworks), log_shape(frameworks))
        except Invalid as refusal:
            wrong.extend(refusal.fields.values())
    return HazardRow(found.number, found.fields, tuple(wrong))
