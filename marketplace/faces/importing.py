"""The report of an import: its failed records in the form of the file, each with what to mend."""

import json
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Import, ImportFailure
from marketplace.catalogue.queries.imports import failures_of
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.kit.sheets import Cell, to_csv
from marketplace.kit.values import Value

MOST = 100_000
NUMBER, MEND = "Record", "What to mend"


class Report(Value):
    content: bytes
    media_type: str
    ending: str


def report_of(db: Session, begun: Import, mapping: ImportMapping) -> Report:
    """CSV and JSON come back as they were, with two columns more; of XML, the reasons alone, as a table."""
    failures = failures_of(db, begun, most=MOST)
    if mapping.reads in ("json", "jsonl"):
        return Report("".join(_json_lines(failures)).encode(), "application/jsonl", "jsonl")
    if mapping.reads == "csv":
        columns = list(dict.fromkeys(name for one in failures for name in one.cells))
        rows: list[list[Cell]] = [
            [*(str(one.cells.get(name, "")) for name in columns), one.number, mends(one)] for one in failures
        ]
        return Report(b"".join(to_csv([*columns, NUMBER, MEND], rows, bom=True)), "text/csv; charset=utf-8", "csv")
    reasons: list[list[Cell]] = [
        [one.number, *(why[key] for key in ("field", "value", "reason"))] for one in failures for why in one.reasons
    ]
    return Report(
        b"".join(to_csv([NUMBER, "Field", "Value", MEND], reasons, bom=True)), "text/csv; charset=utf-8", "csv"
    )


def mends(failure: ImportFailure) -> str:
    return "; ".join(told(reason) for reason in failure.reasons)


def told(reason: dict[str, str]) -> str:
    """One reason in words: the field, the value, what to do."""
    place = f"{reason['field']} {reason['value']}".strip()
    return f"{place}: {reason['reason']}" if place else reason["reason"]


def _json_lines(failures: Sequence[ImportFailure]) -> Iterator[str]:
    for one in failures:
        yield json.dumps({**one.cells, NUMBER: one.number, MEND: mends(one)}, ensure_ascii=False) + "\n"
