"""Contracts in the browser: from the draft to the last signature, and what strangers see of it."""

import re

import pytest

from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.signing import open_text
from tests.contracts.agreements import FILLED, MINUTES, signed_by
from tests.contracts.conftest import certified, draft, people, scribe, settled, signed

__all__ = ["certified", "draft", "people", "scribe", "settled", "signed"]
PAGES = ("", "/text", "/changes", "/signatures", "/parties", "/obligations", "/terms/money", "/terms/outcomes", "/measures/new")


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


def test_every_page_of_a_draft_opens_for_the_lead_and_for_nobody_else(client_of, db, buyer, lumen, rival, draft, certified):
    db.commit()
    grace, max_ = client_of(buyer), client_of(rival)
    for path in PAGES:
        assert grace.get(f"/contracts/{draft.ref}{path}").status_code == 200, path
        assert max_.get(f"/contracts/{draft.ref}{path}").status_code == 404, path
    assert client_of(lumen).get(f"/contracts/{draft.ref}").status_code == 404, "a supplier sees it once it is issued"


def test_the_pages_of_a_signed_contract_open_for_all_its_parties(client_of, db, buyer, other_buyer, lumen, signed):
    db.commit()
    for who in (buyer, other_buyer, lumen):
        browser = client_of(who)
        for path in (*PAGES, "/variation"):
            assert browser.get(f"/contracts/{signed.ref}{path}").status_code == 200, path
        assert signed.name in browser.get("/contracts").text


def now_of(db, contract) -> Contract:
    db.rollback()
    return db.get_one(Contract, contract.id, populate_existing=True)


def test_a_buyer_drafts_the_contract_of_a_settled_procurement(client_of, db, buyer, settled, certified):
    browser = client_of(buyer)
    assert settled.name in browser.get("/contracts/new").text

    answer = browser.send_form("/contracts", {"procurement": settled.ref, "template": "joint-pilot"})

    assert answer.status_code == 303
    assert re.fullmatch(r"/contracts/CON-[\w-]+", answer.headers["location"])
    page = browser.get(answer.headers["location"]).text
    assert "Outcome measures is not filled in." in page
    assert "It can be issued once nothing is open" in page
    again = browser.send_form("/contracts", {"procurement": settled.ref, "template": "joint-pilot"})
    assert again.status_code == 409


def test_saving_a_section_names_the_clauses_that_now_read_differently(client_of, db, buyer, draft, certified):
    browser = client_of(buyer)
    path = f"/contracts/{draft.ref}/terms/money"
    assert 'value="60,000.00"' in browser.get(path).text

    answer = browser.send_form(path, {"shown": ["fee-pence", "payment-days"], "fee-pence": "£55,000", "payment-days": "30", "go": "here"})

    page = browser.get(answer.headers["location"]).text
    assert "Saved: Fee for each period. Changed clauses: 5 Fees and the part at risk." in page
    kept = now_of(db, draft).parameters
    assert (kept["fee-pence"], kept["question"]) == (5_500_000, FILLED["question"])


def test_a_value_that_does_not_hold_comes_back_as_it_was_typed(client_of, db, buyer, draft, certified):
    browser = client_of(buyer)
    path = f"/contracts/{draft.ref}/terms/money"

    answer = browser.send_form(path, {"shown": ["fee-pence", "payment-days"], "fee-pence": "a lot", "payment-days": "31"})

    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    assert "is not an amount of money" in answer.text
    answer = browser.send_form(path, {"shown": ["payment-days"], "payment-days": "31"})
    assert "31 is more than 30" in answer.text
    assert now_of(db, draft).parameters["payment-days"] == 30


def test_somebody_who_changed_the_draft_meanwhile_is_not_written_over(client_of, db, buyer, draft, certified):
    browser = client_of(buyer)
    path = f"/contracts/{draft.ref}/terms/money"
    version = re.search(r'name="row-version" value="(\d+)"', browser.get(path).text)[1]
    browser.send_form(path, {"shown": "fee-pence", "fee-pence": "50,000", "row-version": version})

    answer = browser.send_form(path, {"shown": "fee-pence", "fee-pence": "40,000", "row-version": version})

    assert answer.status_code == 409
    assert "somebody changed this while your page was open" in answer.text.lower()
    assert now_of(db, draft).parameters["fee-pence"] == 5_000_000


def test_a_measure_is_written_changed_and_taken_out_on_its_own_page(client_of, db, buyer, draft, certified):
    browser = client_of(buyer)
    base = f"/contracts/{draft.ref}/measures"
    shown = {"shown": list(MINUTES), **{name: str(value) for name, value in MINUTES.items()}}

    made = browser.send_form(f"{base}/new", {**shown, "key": "", "label": "Time at the screen", "weight": "10"})
    assert made.headers["location"].endswith("/terms/outcomes")
    assert browser.get(f"{base}/time-at-the-screen").status_code == 200
    twice = browser.send_form(f"{base}/new", {**shown, "key": "letter-minutes"})
    assert "Another measure has this short name" in twice.text
    wrong = browser.send_form(f"{base}/time-at-the-screen", {**shown, "key": "time-at-the-screen", "unit": "", "target": "soon"})
    assert wrong.status_code == 422
    assert "is needed in every row" in wrong.text
    assert "is not a number" in wrong.text

    browser.send_form(f"{base}/time-at-the-screen/removal")
    keys = [row["key"] for row in now_of(db, draft).parameters["measures"]]
    assert keys == ["letter-minutes", "sent-in-7-days", "serious-errors"]


def test_the_text_is_read_then_signed_by_each_in_turn(client_of, db, buyer, people, draft, certified):
    assert client_of(buyer).send_form(f"/contracts/{draft.ref}/issue").status_code == 303
    text = open_text(db, draft.id)
    digest = text.digest
    for person in people.in_order:
        browser = client_of(person)
        base = f"/contracts/{draft.ref}"
        assert "Read it first" in browser.get(f"{base}/signatures").text
        assert "I have read it to its end" in browser.get(f"{base}/text").text
        browser.send_form(f"{base}/readings", {"digest": digest})
        assert 'name="capacity"' in browser.get(f"{base}/signatures").text
        refused = browser.send_form(f"{base}/signatures", {"digest": digest, "capacity": ""})
        assert "Say in which capacity you sign" in refused.text
        assert browser.send_form(f"{base}/signatures", {"digest": digest, "capacity": "Director"}).status_code == 303

    assert now_of(db, draft).state == "signed"
    page = client_of(buyer).get(f"/contracts/{draft.ref}/text").text
    assert page.count("Director") == 3
    assert digest in page


def test_signing_a_text_that_was_replaced_says_to_read_what_changed(client_of, db, frameworks, buyer, people, draft, certified, now):
    older = issue_contract(db, frameworks, draft, by=buyer, at=now).digest
    db.commit()
    grace = client_of(buyer)
    grace.send_form(f"/contracts/{draft.ref}/recall", {"reason": "The fee was wrong."})
    grace.send_form(f"/contracts/{draft.ref}/terms/money", {"shown": "fee-pence", "fee-pence": "59,000"})
    grace.send_form(f"/contracts/{draft.ref}/issue")

    answer = client_of(people.participant).send_form(f"/contracts/{draft.ref}/signatures", {"digest": older, "capacity": "Director"})

    assert answer.status_code == 409
    changes = client_of(people.participant).get(f"/contracts/{draft.ref}/changes").text
    assert "<del>" in changes
    assert "£60,000.00" in changes
    assert "£59,000.00" in changes


def test_declining_tells_the_reason_to_all(client_of, db, buyer, people, draft, certified):
    client_of(buyer).send_form(f"/contracts/{draft.ref}/issue")
    digest = open_text(db, draft.id).digest

    client_of(people.supplier).send_form(f"/contracts/{draft.ref}/refusals", {"digest": digest, "reason": "The cap is too low."})

    assert "The cap is too low." in client_of(buyer).get(f"/contracts/{draft.ref}").text


def test_the_documents_are_what_they_say(client_of, db, buyer, signed):
    db.commit()
    browser = client_of(buyer)

    made = browser.get(f"/contracts/{signed.ref}/text.pdf")
    assert made.headers["content-type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")
    assert browser.get(f"/contracts/{signed.ref}/text.docx").content.startswith(b"PK")
    dates = browser.get(f"/contracts/{signed.ref}/calendar.ics")
    assert dates.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in dates.text


def test_the_terms_of_a_day_are_readable_and_a_day_that_does_not_exist_is_refused(client_of, db, buyer, signed):
    db.commit()
    browser = client_of(buyer)

    assert "This text was in force on that day" in browser.get(f"/contracts/{signed.ref}/text?on=2027-05-01").text
    before = browser.get(f"/contracts/{signed.ref}/text?on=2026-11-01")
    assert before.status_code == 404
    assert "The first terms are in force from 24 November 2026" in before.text
    assert browser.get(f"/contracts/{signed.ref}/text?on=2027-02-30").status_code == 422
    assert browser.get(f"/contracts/{signed.ref}/text?text=9.9").status_code == 404


def test_a_variation_is_written_issued_and_signed_in_the_browser(client_of, db, frameworks, buyer, people, signed, now):
    db.commit()
    grace, base = client_of(buyer), f"/contracts/{signed.ref}"
    day = {"effective_on-day": "1", "effective_on-month": "3", "effective_on-year": "2027"}
    lacking = grace.send_form(f"{base}/variation", {"section": "money", "shown": "fee-pence", "fee-pence": "50,000", **day})
    assert lacking.status_code == 422
    assert "Say why the terms change" in lacking.text

    grace.send_form(f"{base}/variation", {"section": "money", "shown": "fee-pence", "fee-pence": "50,000", "reason": "A late start.", **day})
    grace.send_form(
        f"{base}/variation", {"section": "term", "shown": "break-days", "break-days": "40", "reason": "A late start.", **day}
    )
    changes = grace.get(f"{base}/changes").text
    assert "</span>£50,000.00</ins>" in changes
    assert "</span>40</ins>" in changes
    grace.send_form(f"{base}/issue")
    signed_by(db, frameworks, find_contract(db, signed.ref, by=buyer), *people.in_order, at=now)
    db.commit()

    assert "£60,000.00" in grace.get(f"{base}/text?on=2027-02-28").text
    assert "£50,000.00" in grace.get(f"{base}/text?on=2027-03-01").text


def test_a_variation_gives_a_measure_another_target_from_its_day_on(client_of, db, frameworks, buyer, people, signed, now):
    db.commit()
    grace, base = client_of(buyer), f"/contracts/{signed.ref}"
    assert f"{base}/variation/measures/letter-minutes" in grace.get(f"{base}/variation?section=outcomes").text
    why = {"effective_on-day": "1", "effective_on-month": "3", "effective_on-year": "2027", "reason": "The pool is known."}
    row = {**MINUTES, "target": "5"}
    place = f"{base}/variation/measures/letter-minutes"

    lacking = grace.send_form(place, {"shown": [*row], **row, "reason": ""})
    written = grace.send_form(place, {"shown": [*row], **row, **why})
    again = grace.send_form(place, {"shown": [*row], **row, **why, "threshold": "9", "go": "in"})

    assert lacking.status_code == 422
    assert written.headers["location"] == again.headers["location"] == f"{base}/changes"
    assert "Why it changes" in grace.get(f"{base}/changes").text
    grace.send_form(f"{base}/issue")
    signed_by(db, frameworks, find_contract(db, signed.ref, by=buyer), *people.in_order, at=now)
    db.commit()
    bound = now_of(db, signed).parameters["measures"]
    assert [one["target"] for one in bound if one["key"] == "letter-minutes"] == [5]


def test_a_measure_that_is_not_there_is_not_varied_and_no_two_have_one_name(client_of, db, buyer, lumen, signed):
    db.commit()
    grace, base = client_of(buyer), f"/contracts/{signed.ref}/variation/measures"

    assert grace.get(f"{base}/nothing").status_code == 404
    assert client_of(lumen).get(f"{base}/new").status_code == 200
    twice = grace.send_form(f"{base}/new", {"shown": [*MINUTES], **MINUTES, "reason": "Two of them."})
    assert twice.status_code == 422
    assert "Another measure has this short name" in twice.text


def test_an_obligation_is_ticked_off_with_a_note(client_of, db, lumen, signed):
    db.commit()
    browser, base = client_of(lumen), f"/contracts/{signed.ref}/obligations"
    page = browser.get(base).text
    assert "Show proof of the insurance" in page
    assert "Send the measurements of the month" not in page
    action = re.search(r'action="(/contracts/[\w-]+/obligations/[\w-]+/completion)"', page)[1]

    assert browser.send_form(action, {"note": "Sent on Monday."}).status_code == 303

    assert "Sent on Monday." in browser.get(base).text
    assert browser.send_form(action, {"note": ""}).status_code == 409


def test_a_cap_above_what_was_approved_is_told_to_whoever_signs(client_of, db, buyer, people, signed):
    db.commit()
    grace, base = client_of(buyer), f"/contracts/{signed.ref}"
    told = "Budget holders approved £540,000.00 at most"
    varied = {
        "section": "money", "shown": "cap-pence", "cap-pence": "600,000", "reason": "A later start, and more sites.",
        "effective_on-day": "1", "effective_on-month": "3", "effective_on-year": "2027",
    }  # fmt: skip
    assert told not in grace.get(base).text

    grace.send_form(f"{base}/variation", varied)
    grace.send_form(f"{base}/issue")

    assert told in grace.get(base).text
    assert told in grace.get(f"{base}/signatures").text
