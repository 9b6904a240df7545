"""The first sheet of an Excel workbook (.xlsx) as rows of text: no formula is worked out, nothing is fetched."""

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from marketplace.kit.errors import Invalid

STARTS = b"PK\x03\x04"
LARGEST_PART = 20_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 200
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_HINT = "Save the sheet as CSV UTF-8, and send that."
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")


def is_workbook(content: bytes) -> bool:
    """Whether the bytes begin as a workbook does."""
    return content.startswith(STARTS)


def workbook_as_csv(content: bytes) -> bytes:
    """The first sheet as CSV in UTF-8. Raises Invalid for what is no workbook, or beyond all measure."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            strings = [_text(item) for item in _part(archive, STRINGS, needed=False).iter(f"{MAIN}si")]
            rows = list(_rows(_part(archive, SHEET), strings))
    except (BadZipFile, DefusedXmlException, SyntaxError, ValueError, OverflowError, NotImplementedError) as wrong:
        raise Invalid("this is no Excel workbook that can be read", _HINT) from wrong
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode(errors="replace")


def _part(archive: ZipFile, name: str, *, needed: bool = True) -> Element:
    if name not in archive.namelist():
        if needed:
            raise Invalid("the workbook has no first sheet", _HINT)
        return Element("none")
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise Invalid("the workbook is too large", _HINT)
    with archive.open(name) as part:
        content = part.read(LARGEST_PART + 1)
    root: Element = fromstring(content, forbid_dtd=True)
    return root


def _rows(sheet: Element, strings: list[str]) -> Iterator[list[str]]:
    for count, row in enumerate(sheet.iter(f"{MAIN}row"), start=1):
        if count > MOST_ROWS:
            raise Invalid(f"the sheet has more than {MOST_ROWS:,} rows", _HINT)
        cells: list[str] = []
        for cell in row.iter(f"{MAIN}c"):
            place = _column(cell.get("r", ""), len(cells))
            if place >= MOST_COLUMNS:
                raise Invalid(f"the sheet has more than {MOST_COLUMNS} columns", _HINT)
            cells.extend([""] * (place - len(cells)))
            cells.append(_value(cell, strings))
        yield cells


def _column(reference: str, following: int) -> int:
    """From 0: A1 is 0, AB7 is 27; the next one where none is named. Never before one that was read."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        return following
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return max(number - 1, following)


def _value(cell: Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    found = cell.find(f"{MAIN}v")
    text = found.text or "" if found is not None else ""
    if kind == "s":
        place = int(text)
        if not 0 <= place < len(strings):
            raise ValueError(text)
        return strings[place]
    return text.removesuffix(".0") if kind == "n" else text


def _text(item: Element) -> str:
    """The runs of a text, together."""
    return "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
