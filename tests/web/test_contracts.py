"""Contracts in the browser: from the draft to the last signature, and what strangers see of it."""

import re

import pytest

from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.signing import open_text
from tests import cast
from tests.contracts.agreements import signed_by
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
