"""What a visitor can do in the catalogue, in the browser and by the API: filters, ways on, slips of the pen, age."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import html
from pytest import fixture
from sqlalchemy.orm import Session

from marketplace.catalogue.search import documents
from marketplace.faces.services import Services
from marketplace.frameworks.loader import load
from marketplace.identity.policies import Actor
from marketplace.kit.values import replace
from marketplace.ports.search.tantivy.engine import TantivySearch
from marketplace.wiring.engines import vocabulary_of
from tests.cast import a_product
from tests.clients import Browser, browser_over, committed
from tests.conftest import HOUSE

QUESTION = """
id: what-it-does
version: 2
label: What it does
date: 2026-12-01
questions:
  - id: works-offline
    label: Works offline
    ask: Does it work without a connection?
    kind: choice
    options-from: yes-no
    filterable: true
    facet: {label: Works without a connection, order: 1}
    source: {document: Touchstone}
"""
PLACE = """
id: description
version: 2
label: Description of a product version
date: 2026-12-01
source: {document: Touchstone}
kinds-from: product-kinds
sections:
  - id: offline
    label: Away from the network
    questions:
      - {question: works-offline}
"""


@fixture
def shelf(db: Session, lumen: Actor, rival: Actor, now: datetime) -> dict[str, str]:
    """Three products that differ in where they are used and in what they do by themselves -> their references."""
    made = {
        "Lumen Scribe": a_product(db, of=lumen, at=now, name="Lumen Scribe"),
        "Lumen Advise": a_product(db, of=lumen, at=now, name="Lumen Advise", autonomy="advises"),
        "Quill Ward": a_product(db, of=rival, at=now, name="Quill Ward", care_setting=["emergency-department"],
                                nation=["wales"], user_group=["nurses"], epr_system=["epic"]),
    }  # fmt: skip
    refs = {name: product.ref for name, product in made.items()}
    committed(db)
    return refs


@fixture
def catalogue(client: Browser, services: Services, shelf: dict[str, str], now: datetime) -> Browser:
    """A visitor's browser, once the three stand in the index."""
    index(services, now)
    return client


def index(services: Services, now: datetime) -> None:
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, services.frameworks, on=now.date()))


def names(page: str) -> list[str]:
    return [link.text_content() for link in html.document_fromstring(page).find_class("card__title")]


def counts(page: str, facet: str) -> dict[str, int]:
    """The value of each tick of a filter -> how many results it promises."""
    ticks = html.document_fromstring(page).xpath(f"//input[@type='checkbox'][@name='{facet}']")
    return {tick.get("value"): int(tick.getparent().find_class("count")[0].text_content()) for tick in ticks}


def by_api(found: dict[str, Any], facet: str) -> dict[str, int]:
    return {one["value"]: one["count"] for one in found["facets"][facet]["values"]}


def test_counts_follow_every_filter_and_a_chosen_filter_keeps_its_siblings(catalogue: Browser) -> None:
    whole = catalogue.get("/products").text
    assert counts(whole, "care-setting") == {"outpatients": 2, "emergency-department": 1}

    one = catalogue.get("/products?care-setting=outpatients").text
    assert counts(one, "care-setting") == {"outpatients": 2, "emergency-department": 1}
    assert counts(one, "autonomy") == {"drafts": 1, "advises": 1}
    assert 'value="outpatients" checked' in one

    assert len(names(catalogue.get("/products?care-setting=outpatients&care-setting=emergency-department").text)) == 3
    assert names(catalogue.get("/products?care-setting=outpatients&autonomy=advises").text) == ["Lumen Advise"]


def test_the_count_of_changed_results_is_read_out_in_a_place_that_stays(catalogue: Browser) -> None:
    place = html.document_fromstring(catalogue.get("/products").text).get_element_by_id("counted")
    assert (place.get("role"), place.text_content()) == ("status", "")

    changed = catalogue.get("/products?autonomy=advises", headers={"hx-request": "true"}).text

    told = html.document_fromstring(changed).get_element_by_id("counted")
    assert (told.get("hx-swap-oob"), told.text_content().split()) == ("innerHTML", ["1", "product"])


def test_a_program_gets_the_same_counts_as_the_page(catalogue: Browser) -> None:
    asked = "care-setting=outpatients&hosting-country=gb"

    page, found = catalogue.get(f"/products?{asked}").text, catalogue.get(f"/v1/products?{asked}").json()

    for facet in ("care-setting", "autonomy", "purpose", "hosting-country"):
        assert by_api(found, facet) == counts(page, facet)
    assert [hit["title"] for hit in found["items"]] == names(page)


def test_nothing_found_offers_each_part_to_drop_with_the_count_that_it_gives(
    catalogue: Browser, shelf: dict[str, str]
) -> None:
    asked = "q=Quill&care-setting=emergency-department&autonomy=advises"

    page = catalogue.get(f"/products?{asked}").text
    assert "0 of 0" not in page
    ways = html.document_fromstring(page).xpath("//ul[@class='ways-on']/li")

    assert [" ".join(way.text_content().split()) for way in ways] == ["Without Autonomy: Advises: 1 product"]
    assert names(catalogue.get(ways[0].find("a").get("href")).text) == ["Quill Ward"]
    found = catalogue.get(f"/v1/products?{asked}").json()
    assert found["ways_on"] == [{"drop": "autonomy", "value": "advises", "count": 1}]


def test_every_single_part_of_a_search_that_finds_nothing_is_counted(catalogue: Browser) -> None:
    page = catalogue.get("/products?autonomy=advises&care-setting=emergency-department").text

    ways = html.document_fromstring(page).xpath("//ul[@class='ways-on']/li")
    told = {" ".join(way.text_content().split()): way.find("a").get("href") for way in ways}

    assert set(told) == {
        "Without Autonomy: Advises: 1 product", "Without Care setting: Emergency department: 1 product",
    }  # fmt: skip
    assert all(len(names(catalogue.get(path).text)) == 1 for path in told.values())


def test_where_no_single_part_helps_all_filters_are_offered_to_be_dropped(catalogue: Browser) -> None:
    asked = "q=Lumen&care-setting=emergency-department&nation=wales&autonomy=acts"

    page = catalogue.get(f"/products?{asked}").text
    ways = html.document_fromstring(page).xpath("//ul[@class='ways-on']/li")

    assert [" ".join(way.text_content().split()) for way in ways] == ["Without any filter: 2 products"]
    assert len(names(catalogue.get(ways[0].find("a").get("href")).text)) == 2
    ways_on = catalogue.get(f"/v1/products?{asked}").json()["ways_on"]
    assert ways_on == [{"drop": "filters", "value": "", "count": 2}]


def test_a_name_that_is_only_begun_is_found_and_the_page_says_so(catalogue: Browser) -> None:
    page = catalogue.get("/products?q=Quil").text

    assert names(page) == ["Quill Ward"]
    assert "Showing results for <strong>quill</strong>" in page


def test_while_the_index_is_gone_what_was_chosen_stays_chosen(
    services: Services, shelf: dict[str, str], tmp_path: Path
) -> None:
    with browser_over(replace(services, search=TantivySearch(tmp_path / "nothing"))) as browser:
        answer = browser.get("/products?q=Lumen&care-setting=outpatients&kind=genai-application")

    assert "A slower search answered" in answer.text
    ticked = html.document_fromstring(answer.text).xpath("//input[@type='checkbox'][@checked]")
    assert {(tick.get("name"), tick.get("value")) for tick in ticked} == {
        ("care-setting", "outpatients"), ("kind", "genai-application"),
    }  # fmt: skip


def test_the_name_of_one_specialty_is_no_slip_of_another(
    client: Browser, services: Services, db: Session, lumen: Actor, tmp_path: Path, now: datetime
) -> None:
    a_product(db, of=lumen, at=now, name="Lumen Skin", specialty=["dermatology"])
    committed(db)
    knowing = replace(services, search=TantivySearch(tmp_path / "index", vocabulary_of(services.frameworks)))
    index(knowing, now)

    with browser_over(knowing) as browser:
        assert names(browser.get("/products?q=dermatolgy").text) == ["Lumen Skin"]
        for words in ("hematology", "haematology"):
            page = browser.get(f"/products?q={words}").text
            assert names(page) == []
            assert "Showing results for" not in page


def test_a_slip_in_a_name_still_finds_it_and_the_page_says_what_was_searched(catalogue: Browser) -> None:
    page = catalogue.get("/products?q=Lumen+Scrieb").text

    assert names(page)[0] == "Lumen Scribe"
    assert re.search(r"Showing results for <strong>lumen scribe</strong>", page, re.IGNORECASE)
    assert catalogue.get("/v1/products?q=Lumen+Scrieb").json()["corrected"].casefold() == "lumen scribe"


def test_where_for_whom_in_which_nation_and_with_which_record_system_are_filters(catalogue: Browser) -> None:
    for asked in ("care-setting=emergency-department", "user-group=nurses", "nation=wales", "epr-system=epic"):
        assert names(catalogue.get(f"/products?more=filters&{asked}").text) == ["Quill Ward"]
        assert [hit["title"] for hit in catalogue.get(f"/v1/products?{asked}").json()["items"]] == ["Quill Ward"]
    england = catalogue.get("/products?more=filters&nation=england").text
    assert set(names(england)) == {"Lumen Scribe", "Lumen Advise"}


def test_a_question_newly_declared_as_filterable_is_a_filter_without_any_code(
    services: Services, db: Session, lumen: Actor, rival: Actor, tmp_path: Path, now: datetime
) -> None:
    root = tmp_path / "declared"
    shutil.copytree(HOUSE / "frameworks", root)
    (root / "questions" / "what-it-does.2.yaml").write_text(QUESTION)
    (root / "catalogue" / "description.2.yaml").write_text(PLACE)
    a_product(db, of=lumen, at=now, works_offline="yes")
    a_product(db, of=rival, at=now, name="Quill Ward", works_offline="no")
    committed(db)
    grown = replace(services, frameworks=load(root))
    index(grown, now)

    with browser_over(grown) as browser:
        page = browser.get("/products?more=filters").text
        assert "Works without a connection" in page
        assert counts(page, "works-offline") == {"yes": 1, "no": 1}
        assert names(browser.get("/products?more=filters&works-offline=no").text) == ["Quill Ward"]
        assert browser.get("/v1/products?works-offline=yes").json()["total"] == 1


def test_a_result_list_sent_to_a_colleague_is_the_same_list_with_the_same_filters(
    catalogue: Browser, client_of: Callable[[Actor], Browser], buyer: Actor
) -> None:
    mine = catalogue.get("/products?q=lumen")
    link = html.document_fromstring(mine.text).xpath("//ul[@class='sorts']//a[.='Newest']")[0].get("href")
    address = f"{link}&autonomy=advises&users=400"

    here, there = catalogue.get(address), client_of(buyer).get(address)

    assert names(here.text) == names(there.text) == ["Lumen Advise"]
    for page in (here.text, there.text):
        assert 'name="q" type="search" value="lumen"' in page
        assert 'value="advises" checked' in page
        assert re.search(r'aria-current="true">Newest', page)
        assert 'name="users" inputmode="numeric" value="400"' in page


def test_what_nobody_updated_is_marked_after_a_year_and_left_out_after_three(
    client: Browser, services: Services, db: Session, lumen: Actor, now: datetime
) -> None:
    for name, days in (("Fresh", 300), ("Stale", 400), ("Forgotten", 1_100)):
        a_product(db, of=lumen, at=now - timedelta(days=days), name=f"Lumen {name}")
    committed(db)
    index(services, now)

    usual, every = client.get("/products?q=lumen").text, client.get("/products?q=lumen&stale=shown").text

    assert set(names(usual)) == {"Lumen Fresh", "Lumen Stale"}
    assert set(names(every)) == {"Lumen Fresh", "Lumen Stale", "Lumen Forgotten"}
    tags = html.document_fromstring(usual).find_class("card__tags")
    assert sum("Stale" in one.text_content() for one in tags) == 1
    found = {hit["title"]: hit["is_stale"] for hit in client.get("/v1/products?q=lumen").json()["items"]}
    assert found == {"Lumen Fresh": False, "Lumen Stale": True}
    assert client.get("/v1/products?q=lumen&stale=true").json()["total"] == 3
