"""A file of products in the browser and by the API: a look without writing, faults by row, the good rows on request."""

import csv
import io
from collections.abc import Callable
from typing import Any

from lxml import html
from pytest import fixture
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.wiring import go_on_with_imports
from tests.clients import Browser

HEADER = ["Your reference", "Name", "Supplier", "Kind of product", "Summary", "Users"]
GOOD = ["A", "Lumen Scribe", "Lumen Health Ltd", "GenAI application", "Drafts letters.", "Doctors"]
BAD = ["B", "Lumen Coder", "Lumen Health Ltd", "GenAI application", "Codes letters.", "Wizards"]


@fixture
def supplier(client_of: Callable[[Actor], Browser], lumen: Actor) -> Browser:
    return client_of(lumen)


def a_file(*rows: list[str]) -> dict[str, tuple[str, bytes, str]]:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return {"file": ("products.csv", text.getvalue().encode(), "text/csv")}


def looked_at(browser: Browser, *rows: list[str]) -> str:
    """The address of an import that was sent and only looked at."""
    sent = browser.send_form("/imports", {"mapping": "touchstone-csv"}, files=a_file(*rows))
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def facts(page: str) -> dict[str, str]:
    """What a list of facts on the page says, by its terms."""
    terms = html.document_fromstring(page).xpath("//dl/div[dt][dd]")
    return {one.find("dt").text_content().strip(): one.find("dd").text_content().strip() for one in terms}


def how_many(services: Services) -> int:
    with services.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Product)) or 0


def test_a_file_is_looked_at_before_anything_is_written(supplier: Browser, services: Services) -> None:
    page = supplier.get(looked_at(supplier, GOOD, BAD)).text

    told = facts(page)
    assert told["Records looked at"].startswith("2")
    assert (told["Hold"], told["Do not hold"]) == ("1", "1")
    assert "Nothing is written yet" in page
    assert "Wizards" in page
    assert how_many(services) == 0


def test_what_was_looked_at_can_be_thrown_away(supplier: Browser, services: Services) -> None:
    address = looked_at(supplier, GOOD)

    assert supplier.send_form(f"{address}/abandonment").status_code == 303
    go_on_with_imports(services)

    assert "Nothing was written" in supplier.get(address).text
    assert how_many(services) == 0


def test_the_good_rows_come_in_on_request_and_the_bad_ones_are_named_and_can_be_mended(
    supplier: Browser, services: Services
) -> None:
    address = looked_at(supplier, GOOD, BAD)

    supplier.send_form(f"{address}/start")
    go_on_with_imports(services)

    page = supplier.get(address).text
    told = facts(page)
    assert (told["New"], told["Failed"]) == ("1", "1")
    assert "Record 3" in page
    assert "<strong>Users</strong>" in page
    assert "Wizards" in page
    assert "Lumen Scribe" in supplier.get("/listings").text
    report = supplier.get(f"{address}/report").content.decode("utf-8-sig").replace("Wizards", "Nurses", 1)
    mended = supplier.send_form(
        "/imports", {"mapping": "touchstone-csv"}, files={"file": ("mended.csv", report.encode(), "text/csv")}
    ).headers["location"]
    supplier.send_form(f"{mended}/start")
    go_on_with_imports(services)
    assert facts(supplier.get(mended).text)["New"] == "1"
    assert how_many(services) == 2


def test_the_empty_spreadsheet_names_the_columns_that_are_read(supplier: Browser) -> None:
    header = next(csv.reader(io.StringIO(supplier.get("/imports/mappings/touchstone-csv").content.decode("utf-8-sig"))))

    assert set(HEADER) <= set(header)


def test_each_column_says_what_it_takes_and_which_products_need_it(supplier: Browser) -> None:
    header = next(csv.reader(io.StringIO(supplier.get("/imports/mappings/touchstone-csv").content.decode("utf-8-sig"))))

    page = supplier.get("/imports/mappings/touchstone-csv/columns").text

    rows = html.document_fromstring(page).xpath("//main//tbody/tr")
    told = {row[0].text_content(): " ".join(" ".join(cell.text_content() for cell in row[1:]).split()) for row in rows}
    assert list(told) == header
    assert told["Your reference"].endswith("Every row")
    assert "GenAI application" in told["Kind of product"]
    assert "Doctors" in told["Users"]
    assert "divided by “;”" in told["Users"]
    assert told["Summary"].endswith("Every product")
    assert "/imports/mappings/touchstone-csv/columns" in supplier.get("/imports").text
    assert supplier.get("/imports/mappings/chai-model-card/columns").status_code == 404
    assert supplier.get("/imports/mappings/chai-model-card").status_code == 404


def test_a_file_that_is_none_is_refused_with_a_way_on(supplier: Browser, db: Session) -> None:
    wrong: dict[str, Any] = {"file": ("products.csv", b"", "text/csv")}

    for sent in ({}, wrong):
        page = supplier.send_form("/imports", {"mapping": "touchstone-csv"}, files=sent)
        assert page.status_code == 422
        assert "There is a problem" in page.text
