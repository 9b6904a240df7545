"""The report of an import: its failed records in the form of the file, each with what to mend."""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Import, ImportFailure
from marketplace.catalogue.queries.imports import failures_of
from marketplace.catalogue.rules.importing import MEND, NUMBER
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.kit.sheets import Cell, to_csv
from marketplace.kit.values import Value

MOST = 100_000


class Report(Value):
    content: bytes
    media_type: str
    ending: str


def report_of(db: Session, begun: Import, mapping: ImportMapping | None) -> Report:
    """What failed in the form of its file, each record as it was and beside it what to mend.

    Without the mapping, which was a file of somebody's own, the name of the imported file says what form that is.
    """
    failures = failures_of(db, begun, most=MOST)
    reads = mapping.reads if mapping else begun.file_name.rpartition(".")[2].lower()
    if reads == "jsonl":
        return Report("".join(_json_lines(failures, mapping)).encode(errors="replace"), "application/jsonl", "jsonl")
    if reads == "json":
        return Report(_json(failures, mapping).encode(errors="replace"), "application/json", "json")
    if reads == "xml" and any("xml" in one.cells for one in failures):
        return Report(_xml(failures, mapping).encode(errors="replace"), "application/xml", "xml")
    columns = [] if reads == "xml" else list(dict.fromkeys(name for one in failures for name in one.cells))
    added = [name for name in (NUMBER, MEND) if name not in columns]
    rows = (_row(one, [*columns, *added], mapping) for one in failures)
    return Report(b"".join(to_csv([*columns, *added], rows, bom=True)), "text/csv; charset=utf-8", "csv")


def mends(failure: ImportFailure, mapping: ImportMapping | None) -> str:
    return "; ".join(told(reason, mapping) for reason in failure.reasons)


def told(reason: Mapping[str, str], mapping: ImportMapping | None) -> str:
    """One reason in words: the place in the file, the value, what to do."""
    place = f"{place_of(reason['field'], mapping)} {reason['value']}".strip()
    return f"{place}: {reason['reason']}" if place else reason["reason"]


def place_of(name: str, mapping: ImportMapping | None) -> str:
    """What a field is called in the file: its column, pointer or path; our own name where the file has none for it."""
    rule = mapping.fields.get(name.partition(".")[0]) if mapping else None
    return rule.from_ if rule is not None and rule.from_ else name


def _row(failure: ImportFailure, columns: Sequence[str], mapping: ImportMapping | None) -> list[Cell]:
    told: dict[str, Cell] = {NUMBER: failure.number, MEND: mends(failure, mapping)}
    return [told[name] if name in told else str(failure.cells.get(name, "")) for name in columns]


def _described(failure: ImportFailure, mapping: ImportMapping | None) -> dict[str, Any]:
    return {**failure.cells, NUMBER: failure.number, MEND: mends(failure, mapping)}


def _json_lines(failures: Sequence[ImportFailure], mapping: ImportMapping | None) -> Iterator[str]:
    for one in failures:
        yield json.dumps(_described(one, mapping), ensure_ascii=False) + "\n"


def _json(failures: Sequence[ImportFailure], mapping: ImportMapping | None) -> str:
    """A list of the records, at the place where the mapping reads them."""
    found: Any = [_described(one, mapping) for one in failures]
    for part in reversed(_steps(mapping)):
        found = {part: found}
    return json.dumps(found, ensure_ascii=False, indent=1)


def _xml(failures: Sequence[ImportFailure], mapping: ImportMapping | None) -> str:
    """The elements, within those around them; ahead of each, in a comment, what to mend."""
    around = _steps(mapping)[:-1]
    told = (f"<!-- {NUMBER} {one.number}. {MEND}: {_commented(mends(one, mapping))} -->" for one in failures)
    inner = (f"{comment}\n{one.cells.get('xml', '')}\n" for comment, one in zip(told, failures, strict=True))
    opened, closed = "".join(f"<{name}>" for name in around), "".join(f"</{name}>" for name in reversed(around))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{opened}\n{"".join(inner)}{closed}'


def _commented(text: str) -> str:
    """Text that cannot end the comment it stands in."""
    return escape(text, quote=False).replace("--", "- -")


def _steps(mapping: ImportMapping | None) -> list[str]:
    return [part for part in (mapping.each or "" if mapping else "").split("/") if part]
