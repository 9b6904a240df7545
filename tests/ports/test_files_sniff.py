"""What honest files are taken for, whatever their name; and how they go out again."""

import json
from email.message import Message
from email.utils import collapse_rfc2231_value
from io import BytesIO
from pathlib import Path

import pytest
import typst
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import ODS, Sheet, to_csv, to_ods
from marketplace.ports.files import office
from marketplace.ports.files.downloads import download_headers
from marketplace.ports.files.sniff import ACCEPTED, media_type_of
from tests.ports.made_files import (
    EXCEL,
    ODT,
    a_docx,
    a_jpeg,
    a_pdf,
    a_png,
    a_webp,
    an_archive,
    an_object_stream,
    an_odt,
    docx_parts,
    relations,
    types,
)  # fmt: skip

A_WORKBOOK = an_archive({"[Content_Types].xml": types(EXCEL), "xl/workbook.xml": "<workbook/>"})
HONEST = {
    "report.pdf": (a_pdf(), "application/pdf"),
    "about HTML JavaScript.pdf": (a_pdf(b"1 0 obj << /Keywords (HTML/JavaScript) >> endobj\n"), "application/pdf"),
    "packed.pdf": (a_pdf(an_object_stream(b"1 0 << /Type /Catalog >>")), "application/pdf"),
    "letter.docx": (a_docx(), office.DOCX),
    "linked.docx": (
        a_docx(**{"word/_rels/document.xml.rels": relations("hyperlink", "https://www.nice.org.uk/")}), office.DOCX
    ),
    "of a trust's template.docx": (
        a_docx(**{"word/_rels/settings.xml.rels": relations("attachedTemplate", r"file:///C:\Trust\Letter.dotx")}),
        office.DOCX,
    ),
    "chart.docx": (a_docx(**{"word/embeddings/Table1.xlsx": A_WORKBOOK}), office.DOCX),
    "prices.xlsx": (A_WORKBOOK, office.XLSX),
    "printed.xlsx": (
        an_archive({"[Content_Types].xml": types(EXCEL), "xl/printerSettings/printer1.bin": b"\0\1"}), office.XLSX
    ),
    "case.odt": (an_odt("<text:a xlink:href='https://www.nice.org.uk/'/>"), ODT),
    "export.ods": (to_ods([Sheet("Trail", ["Product", "Reason"], [["Lumen", "=1+1"]])]), ODS),
    "logo.png": (a_png(), "image/png"),
    "photo.JPEG": (a_jpeg(), "image/jpeg"),
    "photo.webp": (a_webp(), "image/webp"),
    "rows.csv": (b"".join(to_csv(["a"], [["PK"], ["MZ"], ["<script>"]], bom=True)), "text/csv"),
    "keys.csv": (b"PK,name\r\n1,Lumen\r\n", "text/csv"),
    "welsh.txt": ("Llŵybr ŷd\n".encode(), "text/plain"),
    "card.json": (json.dumps({"name": "Lumen"}).encode(), "application/json"),
    "cards.jsonl": (b'{"a": 1}\n{"a": 2}\n', "application/jsonl"),
    "picture in.xml": (b"<card><picture>" + b"x" * 3_000_000 + b"</picture><a/></card>", "application/xml"),
    "card.xml": (b"\xef\xbb\xbf<?xml version='1.0'?>\n<card><name>Lumen</name></card>", "application/xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_taken_for_what_it_is(name):
    data, media_type = HONEST[name]

    assert media_type_of(BytesIO(data), name) == media_type


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx", "odt", "ods", "png", "jpg", "webp", "xml"])
def test_no_file_is_taken_under_the_name_of_another_kind(name, ending):
    data, media_type = HONEST[name]
    own = ACCEPTED[media_type]

    if ending in own:
        assert media_type_of(BytesIO(data), f"x.{ending}") == media_type
    else:
        with pytest.raises(Invalid, match="is not what its ending says"):
            media_type_of(BytesIO(data), f"x.{ending}")


@pytest.mark.parametrize("name", ["report", "report.exe", "report.pdf.html", "a.svg", ".htaccess", "report.pdf\0.exe"])
def test_a_name_with_another_ending_is_refused_and_told_which_are_taken(name):
    with pytest.raises(Invalid, match="has no ending that we take") as told:
        media_type_of(BytesIO(a_pdf()), name)

    assert "pdf" in told.value.hint


@pytest.mark.parametrize("name", [name for name in HONEST if not name.endswith((".csv", ".txt", ".jsonl"))])
def test_a_file_that_was_cut_off_is_refused(name):
    data, _ = HONEST[name]

    with pytest.raises(Invalid):
        media_type_of(BytesIO(data[: len(data) - len(data) // 4]), name)


def test_a_pdf_that_typst_writes_is_taken(tmp_path):
    source = tmp_path / "terms.typ"
    source.write_text('#set document(title: "Terms")\n= Terms\nPay on results.')

    for standard in ("1.7", "a-3a"):
        data = typst.compile(str(source), pdf_standards=[standard])
        assert media_type_of(BytesIO(data), "terms.pdf") == "application/pdf"


def test_the_files_that_we_import_are_taken(shared_data: Path):
    paths = [path for path in sorted((shared_data / "products").rglob("*")) if path.suffix in (".xml", ".csv", ".json")]

    kinds = {path.name: media_type_of(BytesIO(path.read_bytes()), path.name) for path in paths}

    assert len(kinds) > 15
    assert set(kinds.values()) <= {"application/xml", "text/csv", "application/json"}


def test_a_document_may_hold_what_office_programs_put_into_it():
    extra = {
        "word/media/image1.png": a_png(), "word/media/image2.svg": "<svg/>", "docProps/core.xml": "<c/>",
        "word/fonts/font1.odttf": b"\0", "customXml/item1.xml": "<i/>", "word/_rels/": b"",
    }  # fmt: skip

    assert media_type_of(BytesIO(an_archive(docx_parts(extra)))) == office.DOCX


@pytest.mark.parametrize("media_type", [*ACCEPTED, "text/html", "image/svg+xml", "text/html\r\nx: y", ""])
def test_every_download_is_inert(media_type):
    headers = download_headers("report.pdf", media_type)

    kind = headers["content-type"].partition(";")[0]
    assert kind == (media_type if media_type in ACCEPTED else "application/octet-stream")
    assert headers["content-disposition"] == 'attachment; filename="report.pdf"'
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


@given(name=st.text(max_size=300))
@example('quo"te.pdf')
@example("a\r\nSet-Cookie: x=1.pdf")
@example("evil\u202efdp.exe")
@example("отчёт.pdf")
@example("C:\\Users\\x\\CON.pdf")
@example("%22; filename=evil.exe.pdf")
def test_a_name_in_a_header_is_one_quoted_word_and_says_the_same_to_a_parser(name):
    told = download_headers(name, "application/pdf")["content-disposition"]

    read = Message()
    read["content-disposition"] = told
    plain = told.partition('"')[2].partition('"')[0]
    assert told.isascii()
    assert told.isprintable()
    assert told.count('"') == 2
    assert plain not in ("", ".", "..")
    assert not set("/\\%") & set(plain)
    shown = collapse_rfc2231_value(read.get_param("filename", header="content-disposition"))
    assert shown.isprintable()
    assert "\u202e" not in shown


def test_a_name_in_another_script_is_told_in_full_with_a_plain_one_beside_it():
    told = download_headers("отчёт 1.pdf", "application/pdf")["content-disposition"]

    assert told.startswith('attachment; filename="')
    assert told.endswith("filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82-1.pdf")
