"""Projects in the browser: a buyer's way from the need to the decision, and what strangers see of it."""

import re

import pytest

from marketplace.catalogue.search import documents
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from tests import cast
from tests.procurement.conftest import project, quill, scribe
from tests.procurement.scenes import WINTER, a_step, loaded

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


def test_the_first_visit_teaches_what_a_project_is(client_of, buyer):
    answer = client_of(buyer).get("/projects")

    assert answer.status_code == 200
    assert "Start a project" in answer.text
    assert "Say what you need" in answer.text


def test_a_buyer_starts_a_project_and_is_asked_for_requirements_first(client_of, buyer):
    browser = client_of(buyer)

    answer = browser.send_form("/projects", WINTER)

    assert answer.status_code == 303
    assert re.fullmatch(r"/projects/PRJ-[\w-]+/requirements", answer.headers["location"])
    assert WINTER["name"] in browser.get(answer.headers["location"]).text


def test_a_form_that_does_not_hold_comes_back_with_what_was_typed(client_of, buyer):
    answer = client_of(buyer).send_form("/projects", {**WINTER, "users": "about 400", "need": ""})

    assert answer.status_code == 422
    assert 'value="about 400"' in answer.text
    assert WINTER["name"] in answer.text
    assert "is not a whole number" in answer.text
    assert answer.text.count("nhsuk-error-message") >= 2


def test_a_supplier_starts_no_project(client_of, lumen):
    assert client_of(lumen).get("/projects/new").status_code == 403
    assert client_of(lumen).send_form("/projects", WINTER).status_code == 403


@pytest.mark.parametrize("part", PAGES)
def test_each_page_of_a_project_opens_for_its_buyer_and_for_no_stranger(
    client_of, buyer, other_buyer, lumen, project, part
):
    url = f"/projects/{project.ref}{part}"

    answer = client_of(buyer).get(url)

    assert answer.status_code == 200
    assert answer.text.count("<h1>") == 1
    for stranger in (other_buyer, lumen):
        refused = client_of(stranger).get(url)
        assert refused.status_code == 404
        assert project.name not in refused.text


def test_nobody_writes_in_the_project_of_another_trust(client_of, other_buyer, project, scribe):
    browser, base = client_of(other_buyer), f"/projects/{project.ref}"

    for path, form in (
        ("/candidates", {"product": scribe.ref}),
        (f"/candidates/{scribe.ref}/inclusion", {"reason": "Mine."}),
        ("/searches", {"q": "scribe"}),
        ("/requirements", {"wording": "x"}),
        ("/people", {"email": "tom.bevan@example.org", "access": "write"}),
        ("/comments", {"words": "x", "reach": "shared"}),
        ("/closure", {"reason": "x"}),
        ("/description", WINTER),
    ):
        assert browser.send_form(base + path, form).status_code == 404


def test_a_reader_from_another_trust_reads_and_is_refused_to_write(
    client_of, db, buyer, other_buyer, project, scribe, now
):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    browser, base = client_of(other_buyer), f"/projects/{project.ref}"

    page = browser.get(base)

    assert page.status_code == 200
    assert "shares it with you" in page.text
    assert "Search and keep" not in page.text
    assert browser.send_form(f"{base}/candidates", {"product": scribe.ref}).status_code == 403


def test_a_product_is_added_included_and_stands_on_the_board_with_its_reason(page, scribe, db):
    browser, base = page
    db.commit()

    added = browser.send_form(f"{base}/candidates", {"product": scribe.ref, "back": f"/products/{scribe.ref}"})
    assert (added.status_code, added.headers["location"]) == (303, f"/products/{scribe.ref}")
    included = browser.send_form(
        f"{base}/candidates/{scribe.ref}/inclusion", {"reason": "Works with our EPR.", "turns": "1"}
    )
    assert included.status_code == 303

    board = browser.get(base).text
    assert "Works with our EPR." in board
    assert "£60,000.00" in board
    assert "this would become a direct award" in board


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_form_leads_back_to_this_site_alone(page, scribe, db, back):
    browser, base = page
    db.commit()

    answer = browser.send_form(f"{base}/candidates", {"product": scribe.ref, "back": back})

    assert answer.headers["location"] == base


def test_an_exclusion_without_a_reason_is_refused_and_the_page_keeps_what_was_typed(page, scribe, db):
    browser, base = page
    db.commit()
    url = f"{base}/candidates/{scribe.ref}/exclusion"

    refused = browser.send_form(url, {"reason_code": "other-reason", "reason": "", "turns": "0"})

    assert refused.status_code == 422
    assert "Say which other reason it is." in refused.text
    assert '<option value="other-reason" selected>' in refused.text


def test_who_comes_second_sees_what_is_there_now_and_keeps_what_they_typed(
    page, db, scribe, project, other_buyer, buyer, now
):
    browser, base = page
    kofi = cast.an_actor(db, "Kofi Mensah", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
    add_candidates(db, project, [scribe], by=buyer, at=now)
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="Cheap."), by=kofi, at=now)
    db.commit()

    second = browser.send_form(
        f"{base}/candidates/{scribe.ref}/exclusion", {"reason": "Too dear for us.", "turns": "1"}
    )

    assert second.status_code == 409
    assert "Kofi Mensah decided on Lumen Scribe while your page was open: included" in second.text
    assert "Cheap." in second.text
    assert "Too dear for us." in second.text
    assert 'name="turns" value="2"' in second.text


def test_a_description_changed_meanwhile_shows_both(page, db, project):
    browser, base = page
    shown = project.row_version
    assert browser.send_form(f"{base}/description", {**WINTER, "need": "First", "version": shown}).status_code == 303

    late = browser.send_form(f"{base}/description", {**WINTER, "need": "Second", "version": shown})

    assert late.status_code == 409
    assert "What is there now" in late.text
    assert "First" in late.text
    assert "Second" in late.text


def test_a_search_in_the_project_is_kept_locked_and_its_results_are_decided_upon(
    page, db, scribe, services, frameworks, now
):
    browser, base = page
    db.commit()
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, frameworks, on=now.date()))

    made = browser.send_form(f"{base}/searches", {"q": "clinic letters", "care-setting": "outpatients"})
    assert made.status_code == 303
    assert made.headers["location"].startswith("/products?q=clinic+letters&care-setting=outpatients")
    assert "project=PRJ" in made.headers["location"]
    assert "Kept as search 1 of Ambient scribing, winter 2026." in browser.get(made.headers["location"]).text
    assert browser.send_form(f"{base}/searches/1/lock").status_code == 303

    locked = browser.get(f"{base}/searches/1").text
    assert "Lumen Scribe" in locked
    assert "Care setting: Outpatient clinics" in locked
    refused = browser.send_form(f"{base}/searches/1/exclusions", {"product": scribe.ref})
    assert refused.status_code == 422
    assert f'value="{scribe.ref}" aria-label="Lumen Scribe" checked' in refused.text
    assert browser.send_form(f"{base}/searches/1/candidates", {"product": scribe.ref}).status_code == 303
    assert "To decide" in browser.get(f"{base}/searches/1").text


def test_a_requirement_is_chosen_in_two_steps_and_shown_as_a_matrix(page, db, scribe, project, buyer, now):
    browser, base = page
    add_candidates(db, project, [scribe], by=buyer, at=now)
    db.commit()

    form = browser.get(f"{base}/requirements?question=hosting-country").text
    assert "nothing but" in form.lower()
    sent = {"question": "hosting-country", "test": "only", "wanted": "gb", "weight": "must", "wording": ""}
    assert browser.send_form(f"{base}/requirements", sent).status_code == 303
    refused = browser.send_form(f"{base}/requirements", {**sent, "wanted": "atlantis"})
    assert refused.status_code == 422

    matrix = browser.get(f"{base}/requirements").text
    assert "nothing but United Kingdom" in matrix
    assert "status--met" in matrix


def test_a_private_comment_says_so_by_word_and_is_hidden_from_other_trusts(
    page, client_of, db, project, buyer, other_buyer, now
):
    browser, base = page
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    db.commit()
    browser.send_form(f"{base}/comments", {"words": "Our budget is 90,000.", "reach": "private"})
    browser.send_form(f"{base}/comments", {"words": "Shall we visit?", "reach": "shared"})

    ours, theirs = browser.get(f"{base}/comments").text, client_of(other_buyer).get(f"{base}/comments").text

    assert "Private to Ashdown Hospitals NHS Trust" in ours
    assert "Shared with everybody here" in theirs
    assert "Our budget" not in theirs


def test_one_product_is_decided_for_under_a_condition_that_is_shown_with_its_law(page, db, scribe, project, buyer, now):
    browser, base = page
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="Fits."), by=buyer, at=now)
    db.commit()

    shown = browser.get(f"{base}/decision").text
    assert "Sch. 5 para 6" in shown
    assert "£216,000.00" in shown
    assert "£135,018.00" in shown
    assert "reaches it" in shown
    refused = browser.send_form(f"{base}/decision", {"reason": "Buy it."})
    assert refused.status_code == 422
    assert "Buy it." in refused.text
    decided = browser.send_form(f"{base}/decision", {"reason": "Buy it.", "ground": "technical-reasons"})
    assert decided.status_code == 303
    board = browser.get(base).text
    assert "This project is decided" in board
    assert "this would become a direct award" not in board


def test_the_trail_is_a_page_a_table_a_workbook_and_a_document(page, db, scribe, project, buyer, now):
    browser, base = page
    a_step(db, project, by=buyer, at=now)
    words = Reason(words="=HYPERLINK(evil) #panic() *bold* 日本語")
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=words, by=buyer, at=now)
    db.commit()

    shown = browser.get(f"{base}/trail")
    assert "Search 1: “ambient scribe”" in shown.text
    assert "Not yet" in shown.text
    table = browser.get(f"{base}/trail.csv")
    assert table.headers["content-disposition"].endswith('.csv"')
    assert "'=HYPERLINK(evil)" in table.text
    workbook = browser.get(f"{base}/trail.ods").content
    assert workbook.startswith(b"PK")
    document = browser.get(f"{base}/trail.pdf")
    assert document.content.startswith(b"%PDF-")
    assert document.headers["cache-control"] == "no-store"


def test_the_trail_of_a_stranger_is_no_file_either(client_of, other_buyer, project):
    for ending in ("csv", "ods", "pdf"):
        assert client_of(other_buyer).get(f"/projects/{project.ref}/trail.{ending}").status_code == 404
