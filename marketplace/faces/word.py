"""A contract as a DOCX for word processors: real headings, real tables, a language, and nothing read as markup."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from marketplace.contracts.rules.sheet import FACTS_HEAD, SIGNATURES, SIGNED_HEAD, UNSIGNED, Sheet
from marketplace.kit.starting import read_later

docx = read_later("docx")
"""Read when somebody first writes or reads a Word file."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLATE, RED = "22313C", "A12622"
STYLES = (("Normal", 10.5), ("Title", 20), ("Heading 1", 13))
FONT = "Georgia"


def docx_of(sheet: Sheet, *, at: datetime) -> bytes:
    """The document, dated `at`: the same clauses in the same order as the page and the PDF."""
    document = docx.Document()
    _prepare(document, sheet, at)
    document.add_paragraph(str(sheet.tree["title"]), style="Title")
    _coloured(document.add_paragraph(), str(sheet.tree["notice"]))
    _table(document, FACTS_HEAD, sheet.facts)
    for clause in sheet.tree["clauses"]:
        document.add_paragraph(f"{clause['number']} {clause['heading']}", style="Heading 1")
        for block in clause["blocks"]:
            _block(document, block)
    sources = sheet.tree["sources"]
    document.add_paragraph(sources["caption"], style="Heading 1")
    _table(document, sources["head"], sources["rows"])
    document.add_paragraph(SIGNATURES, style="Heading 1")
    if sheet.signatures:
        _table(document, SIGNED_HEAD, sheet.signatures)
    else:
        document.add_paragraph(UNSIGNED)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _prepare(document: Any, sheet: Sheet, at: datetime) -> None:
    """Title, author, dates and language; the digest in the footer of every page."""
    told = document.core_properties
    told.title, told.author = f"{sheet.tree['title']}: {sheet.name}", sheet.lead
    told.language, told.comments, told.identifier = "en-GB", "", sheet.digest
    told.created = told.modified = at.replace(tzinfo=None)
    for name, size in STYLES:
        style: Any = document.styles[name]
        style.font.name, style.font.size = FONT, docx.shared.Pt(size)
        style.font.color.rgb = None if name == "Normal" else _colour(SLATE)
    footer = document.sections[0].footer.paragraphs[0]
    footer.text = f"{sheet.standing} · SHA-256 {sheet.digest}" if sheet.digest else sheet.standing
    for run in footer.runs:
        run.font.size = docx.shared.Pt(7)


def _block(document: Any, block: Mapping[str, Any]) -> None:
    kind = block["kind"]
    if kind == "paragraph":
        _runs(document.add_paragraph(f"{block['number']} "), block["runs"])
    elif kind == "items":
        for item in block["items"]:
            _runs(_indented(document, f"{item['label']} "), item["runs"])
    elif kind == "quoted":
        for runs in block["paragraphs"]:
            _runs(_indented(document), runs)
    else:
        caption = document.add_paragraph()
        caption.add_run(block["caption"]).bold = True
        caption.paragraph_format.keep_with_next = True
        _table(document, block["head"], block["rows"])


def _indented(document: Any, text: str = "") -> Any:
    paragraph = document.add_paragraph(text)
    paragraph.paragraph_format.left_indent = docx.shared.Pt(24)
    return paragraph


def _runs(paragraph: Any, runs: Sequence[Mapping[str, Any]]) -> None:
    for one in runs:
        if one["mark"] == "gap":
            _coloured(paragraph, one["text"])
        else:
            paragraph.add_run(one["text"]).bold = one["mark"] == "strong" or None


def _coloured(paragraph: Any, text: str) -> None:
    paragraph.add_run(text).font.color.rgb = _colour(RED)


def _table(document: Any, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose first row is marked as its head, repeated on every page that it goes on to."""
    table = document.add_table(rows=len(rows) + 1, cols=len(head), style="Table Grid")
    texts = [text for row in (head, *rows) for text in row]
    for at, (cell, text) in enumerate(zip(table._cells, texts, strict=True)):
        cell.paragraphs[0].add_run(text).bold = at < len(head) or None
    mark = docx.oxml.OxmlElement("w:tblHeader")
    mark.set(docx.oxml.ns.qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    document.add_paragraph().paragraph_format.space_after = docx.shared.Pt(2)


def _colour(hexadecimal: str) -> Any:
    return docx.shared.RGBColor.from_string(hexadecimal)
