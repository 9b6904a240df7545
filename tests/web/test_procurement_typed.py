"""What is typed in a project and cannot be kept: it is marked beside its field, and it is still there."""

from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from marketplace.catalogue.search import documents
from marketplace.procurement.queries.searches import steps_of
from tests.procurement.conftest import project, scribe
from tests.procurement.scenes import a_step

__all__ = ["project", "scribe"]
LONG = "Word. " * 1_000
NEXT_MONTH = {"due_on-day": "24", "due_on-month": "12", "due_on-year": "2026"}


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


@pytest.fixture
def page(client_of, buyer, project):
    """Grace's browser, and the address of her project."""
    return client_of(buyer), f"/projects/{project.ref}"


@pytest.mark.parametrize(
    ("form", "sent_to", "field", "more"),
    [
        ("/projects/new", "/projects", "need", {"name": "Letters", "term_years": "3"}),
        ("{base}/description", "{base}/description", "need", {"name": "Letters", "term_years": "3"}),
        ("{base}/candidates/{scribe}", "{base}/candidates/{scribe}/inclusion", "reason", {"turns": "0"}),
        ("{base}/comments", "{base}/comments", "words", {"reach": "shared"}),
    ],
)
def test_what_is_typed_is_kept_as_a_draft_until_it_is_sent(page, db, scribe, form, sent_to, field, more):
    browser, base = page
    db.commit()
    where, to = (each.format(base=base, scribe=scribe.ref) for each in (form, sent_to))
    typed = {**more, field: "Half a sentence", "kept-as": where}
    assert f'name="kept-as" value="{where}"' in browser.get(where).text

    assert browser.send_form("/unsent", typed).text.startswith("Kept as a draft at ")

    assert "that is not saved" in browser.get(where).text
    assert "Half a sentence" in browser.get(f"{where}?put-back=yes").text
    assert browser.send_form(to, typed).status_code == 303
    assert "that is not saved" not in browser.get(where).text


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        ("/candidates/{scribe}/inclusion", "reason", {"turns": "0"}),
        ("/candidates/{scribe}/exclusion", "reason", {"turns": "0", "reason_code": "above-budget"}),
        ("/comments", "words", {"reach": "shared"}),
        ("/closure", "reason", {}),
        ("/deadlines", "note", {"label": "Answers", **NEXT_MONTH}),
        ("/deadlines", "label", NEXT_MONTH),
    ],
)
def test_what_is_too_long_is_marked_beside_its_field_and_still_there(page, db, scribe, path, field, more):
    browser, base = page
    db.commit()

    refused = browser.send_form(base + path.format(scribe=scribe.ref), {**more, field: LONG})

    assert refused.status_code == 422
    shown = html.document_fromstring(refused.text)
    assert "too long" in shown.get_element_by_id(f"{field}-error").text_content()
    assert shown.xpath(f"//a[@href='#{field}']")
    kept = shown.get_element_by_id(field)
    assert (kept.get("value") or kept.text_content()).strip() == LONG.strip()


def test_why_a_deadline_goes_is_asked_and_kept_where_it_was_typed(page):
    browser, base = page
    browser.send_form(f"{base}/deadlines", {"label": "Answers", **NEXT_MONTH})
    one = html.document_fromstring(browser.get(f"{base}/deadlines").text).xpath(
        "//a[contains(., 'Move or remove')]/@href"
    )

    refused = browser.send_form(f"{one[0]}/removal", {"reason": LONG})

    shown = html.document_fromstring(refused.text)
    form = shown.get_element_by_id("reason").xpath("ancestor::form")[0]
    assert form.get("action").endswith("/removal")
    assert form.xpath("ancestor::details[@open]")
    assert shown.get_element_by_id("reason").text_content().strip() == LONG.strip()


def test_a_search_that_is_locked_twice_is_told_to_stand_as_it_was(page, db, project, buyer, now, services, scribe):
    browser, base = page
    services.search.rebuild(iter(()))
    a_step(db, project, by=buyer, at=now)
    db.commit()

    for told in ("The search is locked: its results are written down.", "The search was locked before"):
        assert browser.send_form(f"{base}/searches/1/lock").status_code == 303
        assert told in browser.get(f"{base}/searches/1").text


def test_a_long_search_finds_by_the_words_that_are_kept_and_by_no_others(
    page, db, project, services, frameworks, scribe, now
):
    browser, base = page
    db.commit()
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, frameworks, on=now.date()))
    beyond = f"{' '.join('zz' + str(number) for number in range(100))} scribe"

    sent = browser.send_form(f"{base}/searches", {"q": beyond})

    kept = steps_of(db, project)[0]
    assert (len(kept.words) <= 400, kept.found) == (True, 0)
    assert parse_qs(urlsplit(sent.headers["location"]).query)["q"] == [kept.words]
