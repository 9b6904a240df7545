"""A contract of some 25 clauses, assembled and rendered as a page and as a PDF, each against its floor of the run."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median

import typst
from jinja2 import Environment

from bench.tables import Row
from marketplace.contracts.rules.assembly import Facts, PartyFacts, Tree, assemble
from marketplace.contracts.rules.sheet import Sheet
from marketplace.faces.documents import pdf
from marketplace.faces.word import docx_of
from marketplace.frameworks.loader import load
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.settings import HOUSE
from marketplace.web.templating import page_environment

AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
PAGE_MS, PDF_MS = 15, 400
PAGE = '{% from "contracts/_clauses.html" import sheet_article %}{{ sheet_article(sheet) }}'
EMPTY = b'#set document(title: "Empty")\n#set text(lang: "en")\nEmpty'
MEASURE = {
    "key": "minutes", "label": "Minutes to finish a letter", "definition": "From the visit to the signature.",
    "unit": "minutes", "better": "lower", "population": "Adults", "source": "Log", "validator": "Analysts",
    "design": "before-after", "threshold": 9, "target": 6.5, "weight": 100, "fewest": 100,
}  # fmt: skip
VALUES = {
    "question": "Does it save time?", "exit-criteria": ["A quarter less time", "No serious harm"],
    "stop-rule": "One serious harm.", "starts-on": "2027-01-04", "ends-on": "2027-09-30", "fee-pence": 6_000_000,
    "cap-pence": 54_000_000, "price-afterwards": "£12 for each user and month.", "measures": [MEASURE],
    "data-kinds": ["Letters"],
}  # fmt: skip


def measure() -> list[Row]:
    template = load(HOUSE / "frameworks").contracts["joint-pilot"]
    sheet = sheet_of(template)
    page = page_environment(HOUSE / "templates", asset=str).from_string(PAGE)
    bytes_out = page.render(sheet=sheet.data())
    bare = Environment(autoescape=True).from_string("{% for line in lines %}{{ line }}{% endfor %}")
    lines = bytes_out.splitlines(keepends=True)
    to_page = timed(lambda: page.render(sheet=sheet_of(template).data()), 60)
    floor_page = timed(lambda: bare.render(lines=lines), 60)
    to_pdf = timed(lambda: pdf("contract", sheet.data(), at=AT), 12)
    floor_pdf = timed(empty_pdf, 12)
    clauses = len(sheet.tree["clauses"])
    return [
        row(f"contract of {clauses} clauses to HTML", to_page, floor_page, "a bare render of the same bytes", PAGE_MS),
        row(f"contract of {clauses} clauses to PDF", to_pdf, floor_pdf, "an empty document in Typst", PDF_MS),
        Row("the same to DOCX", f"{timed(lambda: docx_of(sheet, at=AT), 5):.0f} ms"),
    ]


def sheet_of(template: ContractTemplate) -> Sheet:
    """The whole way from values to what is rendered, as for every look at a draft."""
    tree: Tree = assemble(template, facts(), template.defaults | VALUES)
    return Sheet(
        tree=tree, digest="", name="Bench", lead="Ashdown", standing="Draft, not issued",
        facts=(("Contract", "CON-7K3M-QX9F-C"),),
    )  # fmt: skip


def facts() -> Facts:
    parties = (
        PartyFacts("ORG-1", "Ashdown Hospitals NHS Trust", "lead", 3),
        PartyFacts("ORG-2", "Calder Valley NHS Trust", "participant", 2),
        PartyFacts("ORG-3", "Lumen Health Ltd", "supplier"),
    )
    return Facts(
        contract="CON-7K3M-QX9F-C", procurement="PRC-7K3M-QX9F-C", product="Lumen Scribe", product_ref="PRD-1",
        product_version="1.0", intended_use="Drafting letters.", certificate="certificate CER-7K3M-QX9F-C",
        parties=parties, effective_on=date(2026, 11, 24),
    )  # fmt: skip


def empty_pdf() -> bytes:
    made: bytes = typst.compile(
        EMPTY, format="pdf", ignore_system_fonts=True, pdf_standards=["a-3a", "ua-1"], timestamp=int(AT.timestamp())
    )
    return made


def row(what: str, took: float, floor: float, of: str, bar: int) -> Row:
    told = f"{floor:.2f} ms for {of} ({took / floor:.0f} times)"
    return Row(what, f"{took:.1f} ms", told, f"under {bar} ms", took < bar)


def timed(work: Callable[[], object], rounds: int) -> float:
    """The median of so many rounds in milliseconds, after one that warms up."""
    work()
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return median(found)
