"""Comparing products, saving searches and following, in the browser."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import html

from marketplace.catalogue.search import documents
from tests import cast
from tests.procurement.conftest import project, quill, scribe

__all__ = ["project", "quill", "scribe"]
PAGES = ("", "/description", "/decision", "/requirements", "/searches", "/people", "/comments", "/trail")


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


@pytest.fixture
def page(client_of, buyer, project):
    """Grace's browser, and the address of her project."""
    return client_of(buyer), f"/projects/{project.ref}"


# --- compare


def test_anybody_compares_products_and_sees_what_differs(client, db, scribe, quill):
    db.commit()
    url = f"/compare?p={scribe.ref}&p={quill.ref}&from=/products%3Fq%3Dscribe"

    shown = client.get(url)
    assert shown.status_code == 200
    assert "≠ differs" in shown.text
    assert "Search that led here" in shown.text
    assert "Conformity</a> today" not in shown.text
    assert "Conformity</a> today" in client.get(f"{url}&all=yes").text
    table = client.get(url.replace("/compare", "/compare.csv")).text
    assert "24 November 2026" in table or "2026-11-24" in table
    assert "/products?q=scribe" in table
    assert client.get(url.replace("/compare", "/compare.ods")).content.startswith(b"PK")


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 422, "No product is chosen to be compared"),
        ("p=PRD-1", 422, "One product alone cannot be compared"),
        ("p=PRD-1&p=PRD-2", 404, "There is no product"),
        ("p=a&p=b&p=c&p=d&p=e&p=f", 422, "6 products are too many to be compared"),
        ("p=%00&p=%E2%80%AE", 404, "There is no product"),
    ],
)
def test_a_comparison_that_cannot_be_made_says_what_to_do(client, query, status, said):
    answer = client.get(f"/compare?{query}")

    assert answer.status_code == status
    assert said in answer.text


def test_what_a_comparison_says_itself_is_welsh_in_welsh(client, db, scribe, quill):
    db.commit()
    client.cookies.set("language", "cy")

    shown = html.document_fromstring(client.get(f"/compare?p={scribe.ref}&p={quill.ref}&users=400&all=yes").text)

    names = shown.xpath("//table//th[@scope='row' or @scope='rowgroup']")
    assert len(names) > 20
    assert [name.text_content() for name in names if name.xpath(".//*[@lang='en']")] == []
    assert "Niferoedd" in shown.find_class("compare-facts")[0].text_content()
    assert "Ni ellir cymharu un cynnyrch ar ei ben ei hun" in html.document_fromstring(
        client.get(f"/compare?p={scribe.ref}").text
    ).xpath("string(//h1)")


def test_a_comparison_for_a_project_uses_its_volumes_and_is_for_its_people(
    page, client_of, db, other_buyer, scribe, quill, project
):
    browser, _ = page
    db.commit()
    url = f"/compare?p={scribe.ref}&p={quill.ref}&project={project.ref}"

    shown = browser.get(url).text
    assert "£60,000.00" in shown
    assert f'href="/projects/{project.ref}/candidates/{quill.ref}">Decide' in shown
    assert client_of(other_buyer).get(url).status_code == 404
    browser.send_form(f"/projects/{project.ref}/closure", {"reason": "The money went elsewhere."})
    assert f"/projects/{project.ref}/candidates/" not in browser.get(url).text


def test_a_buyer_s_numbers_go_along_from_the_results(client, services, db, scribe, quill):
    services.search.rebuild(documents(db, services.frameworks, on=services.clock().date()))
    db.commit()

    results = client.get("/products?users=400&uses=90,000").text
    form = results[results.index('<form id="compare"') :].partition("</form>")[0]
    compared = client.get(f"/compare?p={scribe.ref}&p={quill.ref}&users=400&uses=90000").text

    assert 'name="users" value="400"' in form
    assert 'name="uses" value="90000"' in form
    assert "£60,000.00" in compared


def test_what_is_compared_by_stays_when_a_product_is_taken_out(client, db, lumen, scribe, quill, now):
    letters = cast.a_product(db, of=lumen, at=now, name="Lumen Letters")
    db.commit()
    address = f"/compare?p={scribe.ref}&p={quill.ref}&p={letters.ref}&users=400&from=/products%3Fq%3Dscribe&all=yes"

    shown = client.get(address).text
    without = unescape(re.search(r'compare-without" href="([^"]*)"', shown)[1])

    assert parse_qs(urlsplit(without).query) == {
        "p": [quill.ref, letters.ref], "users": ["400"], "from": ["/products?q=scribe"], "all": ["yes"],
    }  # fmt: skip


@pytest.fixture
def letters(db, lumen, services, scribe, quill, now):
    """A third product, and an index that knows all three."""
    added = cast.a_product(db, of=lumen, at=now, name="Lumen Letters")
    services.search.rebuild(documents(db, services.frameworks, on=now.date()))
    db.commit()
    return added


def test_a_product_joins_a_comparison_by_its_name(client, scribe, quill, letters):
    address = f"/compare?p={scribe.ref}&p={quill.ref}&users=400&from=/products%3Fq%3Dscribe&all=yes"
    form = html.document_fromstring(client.get(address).text).get_element_by_id("more").find("form")
    sent = [(one.get("name"), one.get("value")) for one in form.findall("input[@type='hidden']")]

    joined = client.get(f"/compare?{urlencode([*sent, ('q', ' lumen  letters')])}", follow_redirects=False)

    assert joined.status_code == 303
    assert parse_qs(urlsplit(joined.headers["location"]).query) == {
        "p": [scribe.ref, quill.ref, letters.ref], "users": ["400"], "from": ["/products?q=scribe"], "all": ["yes"],
    }  # fmt: skip


def test_words_that_name_no_product_list_what_can_join_without_what_is_compared(client, scribe, quill, letters):
    address = f"/compare?p={scribe.ref}&p={quill.ref}"

    found = html.document_fromstring(client.get(f"{address}&q=lumen").text).get_element_by_id("more")
    nothing = html.document_fromstring(client.get(f"{address}&q=zzzzz<script>").text).get_element_by_id("more")

    assert found.get("open") is not None
    assert [one.text for one in found.iterfind(".//li/a")] == ["Add Lumen Letters"]
    assert client.get(found.find(".//li/a").get("href")).text.count("compare-without") == 3
    assert "No other product is found for “zzzzz<script>”" in nothing.text_content()


@pytest.mark.parametrize("ticked", [1, 6])
def test_from_a_comparison_that_cannot_be_made_one_comes_back_to_the_results_with_what_was_ticked(
    client, db, lumen, services, scribe, quill, letters, now, ticked
):
    others = [cast.a_product(db, of=lumen, at=now, name=f"Lumen {name}") for name in ("Notes", "Codes", "Calls")]
    services.search.rebuild(documents(db, services.frameworks, on=now.date()))
    db.commit()
    refs = [one.ref for one in (quill, scribe, letters, *others)][:ticked]
    address = urlencode([*(("p", ref) for ref in refs), ("from", "/products?q=lumen&p=PRD-1")])

    refused = html.document_fromstring(client.get(f"/compare?{address}").text)
    back = refused.xpath("//a[text()='Back to the page before']/@href")[0]
    results = html.document_fromstring(client.get(back).text)

    assert parse_qs(urlsplit(back).query) == {"q": ["lumen"], "p": refs}
    assert sorted(results.xpath("//input[@name='p'][@checked]/@value")) == sorted(refs)
    assert results.xpath("//p[starts-with(., 'Ticked before: ')]//input/@value") == [quill.ref]


def test_the_results_that_led_to_a_comparison_keep_its_ticks(client, scribe, quill, letters):
    shown = html.document_fromstring(
        client.get(f"/compare?p={scribe.ref}&p={quill.ref}&from=/products%3Fq%3Dnotes").text
    )

    back = shown.xpath("//nav[@aria-label='Breadcrumb']//a/@href")[0]

    assert parse_qs(urlsplit(back).query) == {"q": ["notes"], "p": [scribe.ref, quill.ref]}


def test_a_full_comparison_says_that_one_has_to_go(client, db, lumen, scribe, quill, letters, now):
    others = [cast.a_product(db, of=lumen, at=now, name=f"Lumen {name}") for name in ("Notes", "Codes")]
    db.commit()
    address = "/compare?" + "&".join(f"p={one.ref}" for one in (scribe, quill, letters, *others))

    shown = html.document_fromstring(client.get(f"{address}&q=lumen").text).get_element_by_id("more")

    assert "No more than these 5 are compared at once" in shown.text_content()
    assert shown.find("form") is None


def test_a_foreign_address_is_not_shown_as_the_search_that_led_there(client, db, scribe, quill):
    db.commit()

    shown = client.get(f"/compare?p={scribe.ref}&p={quill.ref}&from=https://evil.example/")

    assert not re.search(r'(href|action|src)="[^"]*evil', shown.text)


# --- saved searches and following


def test_a_search_is_saved_listed_opened_and_forgotten_by_its_owner_alone(
    client_of, db, buyer, other_buyer, services, frameworks, scribe, now
):
    browser = client_of(buyer)
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, frameworks, on=now.date()))
    saved = browser.send_form("/saved-searches", {"q": "letters", "name": "Letters", "care-setting": "outpatients"})
    assert saved.status_code == 303
    shown = browser.get("/saved-searches").text
    url = re.search(r"/saved-searches/[0-9a-f-]{36}", shown)
    assert url is not None

    assert (
        browser.get(url[0], follow_redirects=False).headers["location"]
        == "/products?q=letters&care-setting=outpatients&sort=newest"
    )
    assert client_of(other_buyer).get(url[0]).status_code == 404
    assert client_of(other_buyer).send_form(f"{url[0]}/removal").status_code == 404
    assert browser.send_form(f"{url[0]}/removal").status_code == 303
    assert "No saved search" in browser.get("/saved-searches").text


def test_a_search_that_is_not_saved_yet_stays_with_its_filters_and_needs_but_a_name(
    client_of, db, buyer, services, frameworks, scribe, now
):
    browser = client_of(buyer)
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, frameworks, on=now.date()))
    sent = {"care-setting": "outpatients", "users": "400", "cost_to": "100000", "name": ""}

    refused = browser.send_form("/saved-searches", sent)

    assert refused.status_code == 422
    form = html.document_fromstring(refused.text).xpath("//section[@aria-labelledby='not-saved']")[0]
    assert "Care setting: Outpatient clinics; A year for 400 users costs at most £100,000.00" in form.text_content()
    hidden = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    again = browser.send_form("/saved-searches", {**hidden, "name": "Within our means"})
    assert again.status_code == 303
    assert "Care setting: Outpatient clinics; A year for 400 users" in browser.get("/saved-searches").text


@pytest.mark.parametrize(("words", "found"), [("scribe", 1), ("nothing has this", 0)])
def test_a_search_that_finds_one_product_or_none_can_be_saved_too(
    client_of, buyer, services, frameworks, scribe, db, now, words, found
):
    browser = client_of(buyer)
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, frameworks, on=now.date()))

    page = html.document_fromstring(browser.get(f"/products?q={words}").text)

    assert len(page.find_class("card__title")) == found
    assert page.xpath("//form[@action='/saved-searches']//input[@name='q']/@value") == [words]


def test_a_product_and_its_supplier_are_followed_and_let_go(client_of, db, buyer, scribe):
    browser = client_of(buyer)

    assert browser.send_form("/follows", {"product": scribe.ref}).status_code == 303
    assert browser.send_form("/follows", {"product": scribe.ref, "what": "supplier"}).status_code == 303
    shown = browser.get("/saved-searches").text
    assert "Lumen Scribe" in shown
    assert "Lumen Health Ltd" in shown
    for url in re.findall(r"/follows/[0-9a-f-]{36}/removal", shown):
        assert browser.send_form(url).status_code == 303
    assert "You follow nothing" in browser.get("/saved-searches").text


def test_whoever_is_not_signed_in_is_asked_to(client, project):
    for url in ("/projects", f"/projects/{project.ref}", "/saved-searches"):
        answer = client.get(url, follow_redirects=False)
        assert answer.headers["location"].startswith("/sign-in?next=")
