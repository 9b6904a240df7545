"""Tables go out as data that no spreadsheet runs, and come in row by row, or say which row is at fault."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from zipfile import ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.sheets import ODS, Row, Sheet, disarm, read_csv, to_csv, to_ods

OFFICE, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{each}:1.0}}" for each in ("office", "table", "text"))
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), max_size=40)


def csv_of(*rows, columns=("a", "b"), **options) -> bytes:
    return b"".join(to_csv(columns, rows, **options))


def read(data: bytes) -> list[Row]:
    return list(read_csv(BytesIO(data)))


def cells_of(document: bytes):
    """The cells of the first table, row by row, as (type, value, text)."""
    content = etree.fromstring(ZipFile(BytesIO(document)).read("content.xml"))
    return [
        [
            (
                cell.get(f"{OFFICE}value-type"),
                cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value") or cell.get(f"{OFFICE}boolean-value"),
                "\n".join(map(_shown, cell.iter(f"{TEXT}p"))),
            )
            for cell in row.iter(f"{TABLE}table-cell")
        ]
        for row in content.iter(f"{TABLE}table-row")
    ]


def _shown(paragraph) -> str:
    told = paragraph.text or ""
    for part in paragraph:
        told += {"s": " ", "tab": "\t"}[etree.QName(part).localname] + (part.tail or "")
    return told


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("rest", ["1+1", "cmd|'/C calc'!A0", 'HYPERLINK("https://evil.example")', ""])
def test_what_begins_like_a_formula_goes_out_as_text(start, rest):
    line = csv_of([start + rest, "x"], columns=[start + rest, "b"])

    assert line.count(b"'" + start.encode()) == 2
    assert disarm(start + rest) == f"'{start}{rest}"


@given(text=cells)
@example("=1+1")
@example("''=1")
@example("-12.50")
@example("-12.50+1")
def test_no_text_that_goes_out_begins_a_formula_unless_it_is_a_number(text):
    out = disarm(text)

    assert out in (text, f"'{text}")
    if out.startswith(STARTS):
        assert Decimal(out) < 0


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (-5, "-5"), (-5.5, "-5.5"), (Decimal("-1E-7"), "-0.0000001"), (Money(-310), "-3.10"),
        (Money(123456), "1234.56"), ("-5", "-5"), ("-5.25", "-5.25"), ("+5", "'+5"), ("-5-1", "'-5-1"),
        ("−5", "−5"), ("5", "5"), (None, ""),
        (True, "true"), (date(2026, 11, 24), "2026-11-24"),
        (datetime(2026, 11, 24, 9, 30, tzinfo=UTC), "2026-11-24T09:30:00+00:00"),
    ],
)  # fmt: skip
def test_numbers_stay_numbers_and_days_days(cell, written):
    assert csv_of([cell, "x"]).splitlines()[1] == f"{written},x".encode()


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), float("-inf"), Decimal("NaN")])
def test_what_is_no_number_does_not_go_out_as_one(cell):
    with pytest.raises(ValueError, match="no number"):
        csv_of([cell, 1])


@given(rows=st.lists(st.tuples(cells, cells), max_size=8), bom=st.booleans())
@example(rows=[("=1+1", "'=1"), ("a\r\nb", 'say "x"'), ("", " "), ("''", "'")], bom=True)
def test_text_that_went_out_comes_back_as_it_was(rows, bom):
    data = csv_of(*rows, bom=bom)

    assert data.startswith(b"\xef\xbb\xbf") == bom
    assert [tuple(row.cells.values()) for row in read(data)] == rows
    assert [row.number for row in read(data)] == list(range(2, len(rows) + 2))


def test_rows_go_out_and_come_in_one_by_one():
    endless = ([n, "x"] for n in iter(int, 1))

    chunks = list(islice(to_csv(["a", "b"], endless), 3))

    class Endless(BytesIO):
        def readline(self, size=-1):
            return super().readline(size) or b"1,2\n"

    assert chunks == [b"a,b\r\n", b"0,x\r\n", b"0,x\r\n"]
    assert [row.number for row in islice(read_csv(Endless(b"a,b\n")), 3)] == [2, 3, 4]


def test_a_header_may_have_a_bom_spaces_and_empty_columns_behind():
    assert read(b"\xef\xbb\xbf name , price,,\r\nLumen,12,,\r\n") == [Row(2, {"name": "Lumen", "price": "12"})]


def test_blank_lines_are_passed_over_and_counted():
    assert [row.number for row in read(b"\na,b\n\n1,2\n\r\n3,4")] == [4, 6]


def test_a_row_counts_once_however_many_lines_it_has():
    assert [row.number for row in read(b'a,b\n"one\ntwo\nthree",2\n3,4\n')] == [2, 3]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (b"1", "it has 1 of the 2 cells of the header"),
        (b"1,2,extra", '"extra" stands beyond the last column'),
        (b"1," + b"x" * 100_001, '"b" has more than 100,000 characters'),
        (b"1,2, ,", ""),
    ],
)
def test_a_row_that_is_wrong_says_so_and_those_after_it_are_read(row, wrong):
    first, second = read(b"a,b\n" + row + b"\n3,4\n")

    assert first.wrong == wrong
    assert second == Row(3, {"a": "3", "b": "4"})


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"", "no header"),
        (b"\n\n", "no header"),
        (b"a,,b\n", "column 2 of row 1 has no name"),
        (b"a, a\n", 'two columns are named "a"'),
        (b",".join(b"c%d" % n for n in range(1_001)), "row 1 names 1,001 columns"),
        (b"a,b\n1,2\n1,\0\n", "row 3 cannot be read: it has a zero character"),
        (b"a,b\n1,2\nna\xefve,2\n", 'row 3 cannot be read: byte 0xef after "na" is not UTF-8'),
        (b"a,b\n\xed\xa0\x80,2\n", "row 2 cannot be read: byte 0xed"),
        ("a,b\n1,2\n".encode("utf-16"), "row 1 cannot be read: it is in UTF-16"),
        (b'a,b\n1,2\n"1,2\n', "row 3 cannot be read: a quotation mark is opened and never closed"),
        (b'a,b\n"1"x,2\n', "row 2 cannot be read: a quotation mark stands inside a cell"),
        (b'a,b\n"' + b"x,2\n" * 100_000, "row 2 cannot be read: a cell has more than 131,072 characters"),
        (b"a,b\n" + b"x" * 1_000_001, "row 2 cannot be read: a line has more than 1,000,000 bytes"),
        (b"a,b\r1,2\r", "row 1 cannot be read: a line ends in the middle of a cell"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_row_and_a_way_on(data, fact):
    with pytest.raises(Invalid) as told:
        read(data)

    assert fact in told.value.fact
    assert told.value.hint.endswith(".")


def test_rows_before_the_fault_have_been_read():
    rows = read_csv(BytesIO(b"a,b\n1,2\n3,\xff\n"))

    assert next(rows) == Row(2, {"a": "1", "b": "2"})
    with pytest.raises(Invalid, match="row 3"):
        next(rows)


def test_every_cell_of_an_ods_has_its_type():
    document = to_ods(
        [
            Sheet(
                "Trail",
                ["a", "b", "c", "d", "e", "f", "g"],
                [["=1+1", -5, Money(-310), date(2026, 11, 24), datetime(2026, 7, 1, 12, tzinfo=UTC), True, None]],
            )
        ]
    )

    head, row = cells_of(document)
    assert [kind for kind, _, _ in head] == ["string"] * 7
    assert row == [
        ("string", None, "=1+1"),
        ("float", "-5", "-5"),
        ("currency", "-3.10", "-£3.10"),
        ("date", "2026-11-24", "24 November 2026"),
        ("date", "2026-07-01T13:00:00", "1 July 2026, 13:00"),
        ("boolean", "true", "TRUE"),
        (None, None, ""),
    ]
    assert b"formula" not in ZipFile(BytesIO(document)).read("content.xml")


@given(text=cells)
@example("  two  spaces  ")
@example("<b>&amp;</b>'\"")
@example("a\tb\n\nc")
def test_text_comes_out_of_an_ods_as_it_went_in(text):
    _, ((kind, _, shown),) = cells_of(to_ods([Sheet("s", ["a"], [[text]])]))

    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert kind == "string"
    assert shown == "".join(char if char.isprintable() or char >= " " or char in "\n\t" else "\ufffd" for char in lines)


def test_an_ods_is_one_a_spreadsheet_opens_and_the_same_every_time():
    sheets = [Sheet("What / why?", ["a"], [["x"]]), Sheet("<other> '", ["a"], [])]

    document = to_ods(sheets)

    archive = ZipFile(BytesIO(document))
    tables = etree.fromstring(archive.read("content.xml")).iter(f"{TABLE}table")
    assert archive.infolist()[0].filename == "mimetype"
    assert archive.read("mimetype").decode() == ODS
    assert document[38 : 38 + len(ODS)] == ODS.encode()
    assert [each.get(f"{TABLE}name") for each in tables] == ["What why", "<other>"]
    assert "content.xml" in archive.read("META-INF/manifest.xml").decode()
    assert to_ods(sheets) == document
