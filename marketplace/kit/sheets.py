"""Tables that leave and enter the house: CSV out and in, OpenDocument out. No cell that we write is ever a formula.

In CSV, text that a spreadsheet would take for a formula gets an apostrophe in front, and `read_csv` takes it off
again. In OpenDocument every cell has a type, so that text is text without one.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from io import BytesIO, StringIO
from math import isfinite
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from marketplace.kit.calendar import in_words, london
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.text import quote
from marketplace.kit.values import Value

Cell = str | int | float | Decimal | Money | date | datetime | bool | None

BOM = b"\xef\xbb\xbf"
LONGEST_FIELD = 100_000
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 1_000
_QUOTING = "Put the cell in quotation marks, and double those inside it."
ODS = "application/vnd.oasis.opendocument.spreadsheet"

_STARTS = "[=+\\-@\t\r\n\uff0b\uff0d\uff1d\uff20]"
_FORMULA = re.compile(f"'*{_STARTS}")
_DISARMED = re.compile(f"'+{_STARTS}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_TAB = re.compile(r"[\[\]*?:/\\']+")


class Sheet(Value):
    """A named table: a name of its own in the document, and rows as wide as the columns."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class Row(Value):
    """A row that was read. `number` is the one that a spreadsheet shows: the header is row 1.

    `wrong` says what is amiss with this row alone, such as a cell too many; those after it can still be read.
    """

    number: int
    cells: Mapping[str, str]
    wrong: str = ""


def disarm(text: str) -> str:
    """Text that no spreadsheet takes for a formula. A plain number stays one, also below zero."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, bom: bool = False) -> Iterator[bytes]:
    """UTF-8 with a header, one chunk a row, lines ending in CRLF. Excel reads it as UTF-8 only with `bom`."""
    yield (BOM if bom else b"") + _csv_line(columns)
    for row in rows:
        yield _csv_line(row)


def _csv_line(row: Sequence[Cell]) -> bytes:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([disarm(c) if isinstance(c, str) else _plain(c) for c in row])
    return line.getvalue().encode(errors="replace")


def _plain(cell: Cell) -> str:
    """A value as CSV and the `value` attributes of OpenDocument write it; money in pounds."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Money):
        return f"{Decimal(cell.pence) / 100:.2f}"
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str) and not isfinite(cell):
        raise ValueError(f"{cell} is no number for a table")
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def read_csv(stream: BinaryIO) -> Iterator[Row]:
    """The rows under the header, as they come, in flat memory; blank lines are passed over.

    Raises Invalid, naming the row, for what makes the rest unreadable: another encoding than UTF-8, a zero
    character, a cell or line beyond all measure, a quotation mark that never closes, a header that is not one.
    """
    reader = csv.reader(_lines(stream), strict=True)
    number, columns = 0, None
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as wrong:
            raise Invalid(f"row {number} cannot be read: {_reason(str(wrong))}", _QUOTING) from None
        except Invalid as wrong:
            raise Invalid(f"row {number} cannot be read: {wrong.fact}", wrong.hint) from None
        if cells is None:
            break
        if cells and columns is None:
            columns = _header(cells, number)
        elif cells and columns:
            yield _row(number, columns, cells)
    if columns is None:
        raise Invalid("there is no header in this file", "Put the names of the columns into the first row.")


def _lines(stream: BinaryIO) -> Iterator[str]:
    first = True
    while line := stream.readline(LONGEST_LINE + 1):
        if first and line[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Invalid("it is in UTF-16", "Save the file as CSV UTF-8.")
        if len(line) > LONGEST_LINE:
            raise Invalid(f"a line has more than {LONGEST_LINE:,} bytes", "Check the line ends of the file.")
        if b"\0" in line:
            raise Invalid("it has a zero character in it", "Save the file as CSV UTF-8 from the spreadsheet.")
        yield _decoded(line.removeprefix(BOM) if first else line)
        first = False


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as wrong:
        near = quote(line[: wrong.start].decode(errors="replace")[-20:])
        raise Invalid(
            f"byte {line[wrong.start]:#04x} after {near} is not UTF-8", "Save the file as CSV UTF-8."
        ) from None


def _reason(text: str) -> str:
    if "field larger" in text:
        return f"a cell has more than {csv.field_size_limit():,} characters, or its quotation mark is never closed"
    if "unexpected end" in text:
        return "a quotation mark is opened and never closed"
    if "expected after" in text:
        return "a quotation mark stands inside a cell"
    return "a line ends in the middle of a cell" if "new-line" in text else text


def _header(cells: list[str], number: int) -> list[str]:
    columns = [_restored(cell).strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise Invalid(f"row {number} names {len(columns):,} columns", f"A file has at most {MOST_COLUMNS:,}.")
    if not all(columns):
        raise Invalid(f"column {columns.index('') + 1} of row {number} has no name", "Name it, or take it out.")
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise Invalid(f"two columns are named {quote(twice)}", "Give each column a name of its own.")
    return columns


def _row(number: int, columns: list[str], cells: list[str]) -> Row:
    named = dict(zip(columns, map(_restored, cells), strict=False))
    excess = [cell for cell in cells[len(columns) :] if cell.strip()]
    long = next((name for name, cell in named.items() if len(cell) > LONGEST_FIELD), None)
    if long is not None:
        return Row(number, named, f"{quote(long)} has more than {LONGEST_FIELD:,} characters")
    if len(cells) < len(columns):
        return Row(number, named, f"it has {len(cells)} of the {len(columns)} cells of the header")
    return Row(number, named, f"{quote(excess[0])} stands beyond the last column" if excess else "")


def _restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _DISARMED.match(cell) else cell


def to_ods(sheets: Sequence[Sheet]) -> bytes:
    """An OpenDocument spreadsheet: numbers, dates and money as such, all else as text. The same bytes every time."""
    document = BytesIO()
    with ZipFile(document, "w") as archive:
        archive.writestr(_entry("mimetype", ZIP_STORED), ODS)
        archive.writestr(_entry("META-INF/manifest.xml"), _MANIFEST)
        with archive.open(_entry("content.xml"), "w") as content:
            for part in _content(sheets):
                content.write(part.encode())
    return document.getvalue()


def _entry(name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = compression
    return entry


def _content(sheets: Sequence[Sheet]) -> Iterator[str]:
    yield _HEAD
    for sheet in sheets:
        name = escape(" ".join(_NOT_IN_A_TAB.sub(" ", _xml_safe(sheet.name)).split())[:31] or "Sheet")
        yield f'<table:table table:name="{name}">'
        yield f"<table:table-column table:number-columns-repeated='{max(1, len(sheet.columns))}'/>"
        yield _ods_row(sheet.columns, style="heading")
        for row in sheet.rows:
            yield _ods_row(row)
        yield "</table:table>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _ods_row(cells: Sequence[Cell], style: str = "") -> str:
    return f"<table:table-row>{''.join(_ods_cell(cell, style) for cell in cells)}</table:table-row>"


def _ods_cell(cell: Cell, style: str) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        named = f" table:style-name='{style}'" if style else ""
        return f"<table:table-cell{named} office:value-type='string'>{_paragraphs(cell)}</table:table-cell>"
    kind, value, shown = _typed(cell)
    return f"<table:table-cell {kind}='{value}'><text:p>{escape(shown, quote=False)}</text:p></table:table-cell>"


def _typed(cell: Cell) -> tuple[str, str, str]:
    """The attributes before the value, the value, and what it looks like."""
    if isinstance(cell, bool):
        return "office:value-type='boolean' office:boolean-value", _plain(cell), _plain(cell).upper()
    if isinstance(cell, Money):
        kind = "table:style-name='money' office:value-type='currency' office:currency='GBP' office:value"
        return kind, _plain(cell), str(cell)
    if isinstance(cell, datetime):
        clock = london(cell)
        kind = "table:style-name='moment' office:value-type='date' office:date-value"
        return kind, f"{clock:%Y-%m-%dT%H:%M:%S}", f"{in_words(clock.date())}, {clock:%H:%M}"
    if isinstance(cell, date):
        return "table:style-name='day' office:value-type='date' office:date-value", _plain(cell), in_words(cell)
    return "office:value-type='float' office:value", _plain(cell), _plain(cell)


def _paragraphs(text: str) -> str:
    lines = re.split("\r\n|\r|\n", _xml_safe(text))
    return "".join(f"<text:p>{_spaced(escape(line, quote=False))}</text:p>" for line in lines)


def _spaced(line: str) -> str:
    """OpenDocument collapses spaces and drops tabs unless they are elements."""
    kept = re.sub("(?:^ | (?= )| $)", "<text:s/>", line)
    return kept.replace("\t", "<text:tab/>")


def _xml_safe(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in {
        "office": "office", "style": "style", "table": "table", "text": "text", "number": "datastyle",
        "fo": "xsl-fo-compatible",
    }.items()
)  # fmt: skip
_DAY = '<number:day/><number:text> </number:text><number:month number:style="long" number:textual="true"/>\
<number:text> </number:text><number:year number:style="long"/>'
_CLOCK = '<number:text>, </number:text><number:hours number:style="long"/><number:text>:</number:text>\
<number:minutes number:style="long"/>'
_STYLES = f"""<number:currency-style style:name="pounds"><number:currency-symbol>£</number:currency-symbol>\
<number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:currency-style>
<number:date-style style:name="a-day">{_DAY}</number:date-style>
<number:date-style style:name="a-moment">{_DAY}{_CLOCK}</number:date-style>
<style:style style:name="heading" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="money" style:family="table-cell" style:data-style-name="pounds"/>
<style:style style:name="day" style:family="table-cell" style:data-style-name="a-day"/>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="a-moment"/>"""
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>
{_STYLES}</office:automatic-styles><office:body><office:spreadsheet>"""
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">\
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{ODS}"/>\
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>
"""
