"""Filters by what studies are like, and by what a year costs for one's own numbers: page, program, command, what is kept."""

import json
import re
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import html

from marketplace.catalogue.queries.asking import product_query
from marketplace.catalogue.queries.costs import KEPT, costs_for
from marketplace.catalogue.rules.costing import Costing
from marketplace.catalogue.rules.offers import Offer
from marketplace.catalogue.rules.pricing import yearly_cost
from marketplace.catalogue.search import STUDIED
from marketplace.cli import finding, main
from marketplace.faces.finding import find_in_database
from marketplace.faces.standing import standing_documents
from marketplace.kit.values import replace
from tests.cast import a_product
from tests.catalogue.shelf import declare
from tests.evidence.scenes import FASTER, a_published
from tests.procurement.scenes import a_project
from tests.worlds import part

USER = Offer(model="per-user", label="Licence", unit="clinician", period="month", pence=1_000)
USE = Offer(model="per-use", label="Consultations", unit="consultation", period="year", pence=20)
SITE = Offer(model="per-site", label="Licence", unit="hospital", period="year", pence=500_000)
SELF = {"supplier_run": "yes", "funder": "The supplier"}
FEW = replace(FASTER, participants=20)
ONE, TWO, THREE, FOUR = "Lumen Scribe", "Lumen Advise", "Quill Ward", "Quill Bare"


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@part
def shelf(db, services, lumen, rival, now):
    """Four products: their studies and prices differ -> their references by name."""
    one = a_product(db, of=lumen, at=now, name=ONE)
    two = a_product(db, of=lumen, at=now, name=TWO)
    three = a_product(db, of=rival, at=now, name=THREE)
    four = a_product(db, of=rival, at=now, name=FOUR)
    studies = [
        (one, lumen, {"country": "us", "participants": "1200"}),
        (one, lumen, {"country": "gb", "participants": "30", **SELF}),
        (two, lumen, {"country": "gb", "participants": "199"}),
        (three, rival, {"country": "gb", "participants": "", "supplier_funded": "yes"}),
    ]
    for product, by, changes in studies:
        a_published(db, services.frameworks, product.id, FEW, by=by, at=now, **changes)
    declare(db, one, [USER], by=lumen, at=now)
    declare(db, two, [USE], by=lumen, at=now)
    declare(db, three, [SITE], by=rival, at=now)
    db.commit()
    services.search.rebuild(standing_documents(db, services.frameworks, on=now.date()))
    db.commit()
    return {each.name: each.ref for each in (one, two, three, four)}


def titles(page):
    return [each.strip() for each in html.fromstring(page.text).xpath("//h2[@class='card__title']/a/text()")]


def said(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("study-by=independent", {ONE, TWO}),
        ("study-by=supplier-run", {ONE}),
        ("study-by=supplier-funded&study-by=supplier-run", {ONE, THREE}),
        ("study-in=uk", {ONE, TWO, THREE}),
        ("study-in=abroad", {ONE}),
        ("study-size=from-50", {TWO}),
        ("study-size=from-1000&study-size=under-50", {ONE}),
        ("study-size=not-stated", {THREE}),
        ("study-by=independent&study-in=uk", {TWO}),
        ("study-by=independent&study-in=uk&study-size=from-1000", set()),
        ("study-by=nobody", set()),
    ],
)
def test_a_product_is_found_by_one_study_that_is_all_that_was_chosen(client, db, services, shelf, now, asked, found):
    page, told = client.get(f"/products?{asked}"), None
    if "nobody" not in asked:
        told = client.get(f"/v1/products?{asked}").json()
    chosen: dict[str, frozenset[str]] = {}
    for key, value in parse_qsl(asked):
        chosen[key] = chosen.get(key, frozenset()) | {value}
    query = product_query(db, "", chosen, on=now.date())
    slower = find_in_database(db, query, services.frameworks, today=now.date())

    assert set(titles(page)) == found
    assert {hit.stored["title"] for hit in slower.hits} == found
    assert told is None or {each["title"] for each in told["items"]} == found


def test_the_counts_of_study_filters_are_what_one_gets_by_clicking(client, shelf):
    for chosen in ("", "study-by=independent&", "study-in=uk&study-by=independent&", "study-size=under-50&"):
        facets = client.get(f"/v1/products?{chosen}counts=all").json()["facets"]
        assert all(facets[key]["values"] for key in STUDIED)
        for key in STUDIED:
            others = "".join(f"{k}={v}&" for k, v in parse_qsl(chosen) if k != key)
            for value in facets[key]["values"]:
                clicked = client.get(f"/v1/products?{others}{key}={value['value']}").json()
                assert clicked["total"] == value["count"], (chosen, key, value)


def test_the_study_filters_stand_on_the_page_with_their_words(client, shelf):
    page = client.get("/products?more=filters&study-in=uk")

    for words in ("Who stands behind a study", "Independent of the supplier", "Run by the supplier",
                  "Where a study was made", "In the United Kingdom", "How many took part in a study",
                  "Fewer than 50 took part"):  # fmt: skip
        assert words in page.text, words
    assert "Where a study was made: In the United Kingdom" in said(page)


def test_a_product_without_studies_has_nothing_of_them_in_the_index(db, services, shelf, now):
    by_title = {each.title: each for each in standing_documents(db, services.frameworks, on=now.date())}

    assert not {"study", *STUDIED} & set(by_title[FOUR].facets)
    assert by_title[TWO].facets["study-by"] == ("independent",)
    assert "independent/uk/from-50" in by_title[TWO].facets["study"]


NUMBERS = "users=40&uses=9,000"


def test_a_year_is_limited_for_ones_own_numbers_and_the_numbers_stay_in_the_address(client, shelf):
    """40 clinicians cost £4,800.00, 9,000 consultations £1,800.00; of sites nothing was said."""
    page = client.get(f"/products?{NUMBERS}&cost_to=2,000")
    told = client.get(f"/v1/products?{NUMBERS}&cost_to=2,000").json()

    assert titles(page) == [TWO]
    assert "£1,800.00" in said(page)
    assert "A year for 40 users and 9,000 uses costs at most £2,000.00" in said(page)
    assert "2 more products are left out: what a year costs cannot be told from these numbers." in said(page)
    assert [(each["title"], each["yearly_pence"]) for each in told["items"]] == [(TWO, 180_000)]
    assert (told["total"], told["left_out"]) == (1, 2)
    cheaper = html.fromstring(page.text).xpath("//a[normalize-space()='Newest']/@href")[0]
    assert dict(parse_qsl(urlsplit(cheaper).query)) == {
        "users": "40", "uses": "9000", "cost_to": "2000", "sort": "newest",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("users=40&uses=9000&sort=price", [TWO, ONE]),
        ("users=40&uses=90000&sort=price", [ONE, TWO]),
        ("users=40&uses=90000&sites=3&sort=price", [ONE, THREE, TWO]),
        ("users=40&uses=90000&sites=3&cost_from=15000&sort=price", [THREE, TWO]),
        ("users=40&uses=90000&sites=3&cost_from=15000&cost_to=15000.00", [THREE]),
        ("cost_to=4000", [TWO]),
        ("cost_to=5000&sort=price", [TWO, THREE]),
    ],
)
def test_limit_and_order_are_by_the_same_costs(client, shelf, asked, found):
    """Without any number those of a middling year hold: 100 users, 20,000 uses, one site."""
    listed = titles(client.get(f"/products?{asked}"))
    told = [each["title"] for each in client.get(f"/v1/products?{asked}").json()["items"]]

    assert listed == told
    assert listed[: len(found)] == found
    assert "cost" not in asked or len(listed) == len(found)


def test_other_filters_count_within_the_limit(client, shelf):
    facets = client.get(f"/v1/products?{NUMBERS}&cost_to=2000&counts=all").json()["facets"]

    for key, facet in facets.items():
        for value in facet["values"]:
            clicked = client.get(f"/v1/products?{NUMBERS}&cost_to=2000&{key}={value['value']}").json()
            assert clicked["total"] == value["count"], (key, value)


def test_a_limit_that_nothing_keeps_says_what_dropping_it_gives(client, shelf):
    page = client.get("/products?users=40&cost_to=1")
    told = client.get("/v1/products?users=40&cost_to=1").json()

    assert "Without a limit of cost : 4 products" in said(page)
    assert told["ways_on"] == [{"drop": "cost", "value": "", "count": 4}]


def test_a_number_that_cannot_be_read_is_told_at_its_field_and_what_was_typed_stays(client, shelf):
    page = client.get("/products?users=forty&cost_from=20&cost_to=10")
    field = html.fromstring(page.text).xpath("//input[@id='users']")[0]

    assert page.status_code == 200
    assert (field.get("value"), field.get("aria-describedby")) == ("forty", "users-error")
    assert "&#34;forty&#34; is not a whole number from 0. Write it in digits, such as 1,200." in said(page)
    assert "£10.00 is less than £20.00. Give the smaller amount first." in said(page)
    refused = client.get("/v1/products?cost_to=ten")
    assert (refused.status_code, "cost_to" in refused.text) == (422, True)


def test_the_database_keeps_the_limit_while_the_index_is_away(db, services, shelf, now):
    costing = Costing(volumes={"users": 40, "uses": 9_000}, most=200_000)
    query = product_query(db, "", {}, on=now.date(), costing=costing)

    found = find_in_database(db, query, services.frameworks, today=now.date())

    assert [hit.stored["title"] for hit in found.hits] == [TWO]
    assert found.total == 1


def test_costs_are_those_of_the_page_of_the_product_and_follow_a_price_at_once(db, services, shelf, lumen, now):
    costing = Costing(volumes={"users": 40, "uses": 9_000, "sites": 2})
    first = costs_for(db, costing, on=now.date())
    again = costs_for(db, costing, on=now.date())

    offers = {ONE: USER, TWO: USE, THREE: SITE}
    assert {name: first.pence[shelf[name]] for name in offers} == {
        name: yearly_cost([offer], costing.volumes).year.net.pence for name, offer in offers.items()
    }
    assert again.pence is first.pence, "worked out once"
    assert KEPT.get((first.drawn, first.volumes), dict) is first.pence
    two = next(each for each in standing_documents(db, services.frameworks, on=now.date()) if each.title == TWO)
    assert two.stored["price_pence"] == yearly_cost([USE], {"uses": 20_000}).year.net.pence


def test_a_search_kept_saved_and_locked_holds_its_studies_its_numbers_and_its_limit(client_of, db, shelf, buyer, now):
    base = f"/projects/{a_project(db, by=buyer, at=now).ref}"
    browser = client_of(buyer)
    asked = {"study-by": "independent", "users": "40", "uses": "9000", "cost_to": "2000", "sort": "price"}

    kept = browser.send_form(f"{base}/searches", asked)
    browser.send_form(f"{base}/searches/1/lock")
    locked = browser.get(f"{base}/searches/1")
    browser.send_form("/saved-searches", {**asked, "name": "Cheap and tested"})
    saved = browser.get("/saved-searches")

    words = "Who stands behind a study: Independent of the supplier; A year for 40 users and 9,000 uses costs at most £2,000.00"
    assert kept.status_code == 303
    assert "cost_to=2000" in kept.headers["location"]
    assert words in said(locked)
    assert TWO in said(locked)
    assert ONE not in said(locked)
    assert words in said(saved)
    assert "cost_to=2000" in saved.text
    assert words in said(browser.get(f"{base}/trail"))


def test_the_command_narrows_and_puts_in_order_alike(services, shelf, monkeypatch, capsys):
    monkeypatch.setattr(finding, "house_from", lambda settings: SimpleNamespace(services=services))

    code = main(["search", "--users", "40", "--uses", "9000", "--cost-to", "5000", "--sort", "price", "--json"])
    hits = json.loads(capsys.readouterr().out)["hits"]
    wrong = main(["search", "--cost-to", "ten"])

    assert (code, [each["ref"] for each in hits]) == (0, [shelf[TWO], shelf[ONE]])
    assert wrong != 0
    assert "--cost-to" in capsys.readouterr().err
    assert main(["search", "--filter", "study-by=independent", "--filter", "study-in=uk"]) == 0
    assert TWO in (out := capsys.readouterr().out)
    assert ONE not in out
