"""An Excel workbook is read as text, and what is none says so."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from marketplace.kit.errors import Invalid
from marketplace.kit.workbooks import SHEET, STRINGS, is_workbook, workbook_as_csv

NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def a_workbook(rows: str, strings: tuple[str, ...] = (), **parts: str) -> bytes:
    """A workbook with the rows as they stand in its XML."""
    shared = "".join(f"<si><t>{each}</t></si>" for each in strings)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, f"<worksheet {NAMES}><sheetData>{rows}</sheetData></worksheet>")
        archive.writestr(STRINGS, f"<sst {NAMES}>{shared}</sst>")
        for name, text in parts.items():
            archive.writestr({"sheet": SHEET}.get(name, name), text)
    return stream.getvalue()


def test_shared_and_inline_texts_numbers_and_gaps_become_rows_of_text():
    rows = (
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
        '<row r="2"><c r="A2"><v>7.0</v></c><c r="B2" t="inlineStr"><is><t>a, </t><t>b</t></is></c>'
        '<c r="C2" t="str"><f>1+1</f><v>two</v></c></row>'
    )

    content = a_workbook(rows, ("Effect", "Hazard"))

    assert is_workbook(content)
    assert workbook_as_csv(content).decode() == 'Hazard,,Effect\r\n7,"a, b",two\r\n'


def test_columns_have_letters():
    assert workbook_as_csv(a_workbook('<row><c r="AB1"><v>1</v></c></row>')).decode() == "," * 27 + "1\r\n"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and then nothing", a_workbook('<row><c t="s"><v>5</v></c></row>', ("a",)),
        a_workbook("<row><c"), a_workbook('<row><c r="ZZZ1"><v>1</v></c></row>'),
        a_workbook("<row><c><v>&e;</v></c></row>"), a_workbook('<row><c t="s"><v>x</v></c></row>'),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_with_a_way_on(content):
    with pytest.raises(Invalid) as refused:
        workbook_as_csv(content)

    assert "CSV UTF-8" in refused.value.hint


def test_a_workbook_without_a_sheet_says_so():
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "no")

    with pytest.raises(Invalid, match="no first sheet"):
        workbook_as_csv(stream.getvalue())
