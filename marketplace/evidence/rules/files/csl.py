"""CSL JSON, as DOI metadata come from Crossref, DataCite, Zotero and others."""

from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.evidence.rules.files.entries import Cited, cited_from, json_entries, one_line
from marketplace.evidence.rules.registrations import doi_in, registration_in

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def read_csl(text: str) -> Iterator[Cited]:
    """The items of a file. Raises Unreadable."""
    for line, item in json_entries(text):
        rows = item.get("items") if isinstance(item, Mapping) else None
        for row in rows if isinstance(rows, list) else [item]:
            yield _item(line, row)


def _item(line: int, item: Any) -> Cited:
    if not isinstance(item, Mapping):
        return Cited(line, wrong="It is not an item: an object with a title is expected.")
    title, abstract, note = (_first(item.get(name)) for name in ("title", "abstract", "note"))
    told = {
        "title": title, "summary": abstract, "url": _first(item.get("URL")),
        "doi": doi_in(_first(item.get("DOI"))),
        "registration": registration_in(_first(item.get("number")), note, title, abstract),
        "funder": _funder(item.get("funder")),
    }  # fmt: skip
    where = one_line(_first(item.get("container-title")) or _first(item.get("publisher")))
    return cited_from(line, told, published=", ".join(filter(None, (where, _date(item.get("issued"))))))


def _first(value: Any) -> str:
    """Text; the first of several, as Crossref gives titles."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _funder(value: Any) -> str:
    rows = value if isinstance(value, list) else []
    return "; ".join(str(row["name"]) for row in rows if isinstance(row, Mapping) and row.get("name"))[:200]


def _date(issued: Any) -> str:
    """ "13 May 2025", or as much of it as is given."""
    parts = issued.get("date-parts") if isinstance(issued, Mapping) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [int(part) for part in first if str(part).isdigit()]
    if len(numbers) > 1 and not 1 <= numbers[1] <= len(MONTHS):
        numbers = numbers[:1]
    words = [str(numbers[0])] if numbers else []
    if len(numbers) > 1:
        words.insert(0, MONTHS[numbers[1] - 1])
    if len(numbers) > 2:
        words.insert(0, str(numbers[2]))
    return " ".join(words)
