"""Page, PDF and DOCX hold the same words and the same digest."""

import re
from collections import Counter
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from marketplace.contracts.rules.assembly import assemble
from marketplace.contracts.rules.digests import digest_of
from marketplace.contracts.rules.sheet import Sheet, sheet_lines
from marketplace.faces.documents import pdf
from marketplace.faces.word import docx_of
from marketplace.frameworks.loader import Frameworks
from marketplace.web.templating import page_environment
from tests.contracts.agreements import FILLED, facts
from tests.contracts.test_assembly import HOSTILE

PAGE = '{% from "contracts/_clauses.html" import sheet_article %}{{ sheet_article(sheet) }}'
BLOCKS = {"p", "h2", "h3", "td", "th", "li"}


@pytest.fixture(params=[(), (("Ashdown Hospitals NHS Trust", "Noor Aziz, Director", "24 November 2026, 10:30 GMT"),)], ids=["unsigned", "signed"])
def sheet(request: pytest.FixtureRequest, frameworks: Frameworks) -> Sheet:
    template = frameworks.contracts["joint-pilot"]
    values = template.defaults | FILLED | {"question": "\n".join(HOSTILE), "special-terms": [{"heading": "Parking", "words": HOSTILE[0]}]}
    tree = assemble(template, facts(), values)
    return Sheet(
        tree=tree, digest=digest_of(tree), name="Scribing together", lead="Ashdown Hospitals NHS Trust",
        standing="Text 1. Issued on 24 November 2026, waits for signatures",
        facts=(("Contract", "CON-7K3M-QX9F-C, Scribing together"), ("Term", "4 January 2027 to 30 September 2027")), signatures=request.param,
    )  # fmt: skip


class _Lines(HTMLParser):
    """The text of each innermost block of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        if tag in (*BLOCKS, "caption"):
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self.lines:
            self.lines[-1] += data


def words(lines: list[str]) -> list[str]:
    return " ".join(lines).split()


def test_the_page_holds_every_word_in_order(sheet: Sheet, services):
    page = page_environment(services.templates, asset=str).from_string(PAGE).render(sheet=sheet.data())
    reader = _Lines()
    reader.feed(page)

    assert words(reader.lines) == words(sheet_lines(sheet))
    assert "<script>" not in page


def test_the_docx_holds_every_word_in_order_and_the_digest(sheet: Sheet, now: datetime):
    document = docx.Document(BytesIO(docx_of(sheet, at=now)))

    lines = []
    for element in document.element.body:
        if element.tag.endswith("}p"):
            lines.append("".join(part.text or "" for part in element.iter() if part.tag.endswith("}t")))
        elif element.tag.endswith("}tbl"):
            lines += [cell.text for row in docx.table.Table(element, document).rows for cell in row.cells]
    assert words(lines) == words(sheet_lines(sheet))
    assert sheet.digest in document.sections[0].footer.paragraphs[0].text
    assert document.core_properties.identifier == sheet.digest


def test_the_pdf_holds_every_word_and_the_digest_on_every_page(sheet: Sheet, now: datetime):
    made = pdf("contract", sheet.data(), at=now)
    reader = PdfReader(BytesIO(made))

    pages = [page.extract_text() for page in reader.pages]
    assert all(sheet.digest in page for page in pages)
    foot = re.escape(sheet.standing) + r"\s*Page\s*\d+\s*of\s*\d+\s*SHA-256\s*" + sheet.digest
    printed = "".join(re.sub(foot, "", page.replace("\n", " ")) for page in pages)
    assert letters(printed) - letters(" ".join(heads_again(sheet, printed))) == letters(" ".join(sheet_lines(sheet)))


def letters(text: str) -> Counter[str]:
    """How often each letter and digit stands: extraction keeps every one, not always in the order of reading."""
    return Counter(char for char in text if char.isalnum())


def heads_again(sheet: Sheet, printed: str) -> list[str]:
    """The heads of tables that go on to another page, where they stand again."""
    said, found = " ".join(sheet_lines(sheet)), []
    for head in ("Point As agreed", "Clause Id and version Source", "Organisation Signed by When"):
        found += [head] * (" ".join(printed.split()).count(head) - said.count(head))
    return found


def test_the_pdf_archives_and_reads_aloud(sheet: Sheet, now: datetime):
    reader = PdfReader(BytesIO(pdf("contract", sheet.data(), at=now)))

    assert reader.metadata.title == "Agreement for a joint pilot: Scribing together"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "pdfaid:part>3<" in xmp
    assert "pdfuaid:part>1<" in xmp
