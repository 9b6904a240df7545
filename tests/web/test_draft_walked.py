"""A draft as somebody meets it who fills it in for the first time: amounts in pounds, and no tab that says nothing."""

import pytest

from tests.contracts.conftest import certified, draft, people, scribe, settled

__all__ = ["certified", "draft", "people", "scribe", "settled"]


@pytest.fixture
def grace(client_of, db, buyer, draft, certified):
    """The lead's buyer, and the address of the draft."""
    db.expire_on_commit = False
    return client_of(buyer), f"/contracts/{draft.ref}"


@pytest.mark.parametrize(
    ("typed", "told"),
    [("-5", "is less than £0.00. Give that much or more."), ("200,000,000", "is more than £100,000,000.00.")],
)
def test_an_amount_out_of_bounds_is_told_in_pounds(grace, typed: str, told: str):
    browser, base = grace

    answer = browser.send_form(f"{base}/terms/money", {"shown": "fee-pence", "fee-pence": typed})

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize("tab", ["outcomes", "simulation", "measurements"])
def test_what_cannot_be_worked_out_yet_says_why_in_words_and_leads_back(grace, db, draft, tab: str):
    browser, base = grace
    (measure, *others) = draft.parameters["measures"]
    wrong = {**measure, "threshold": measure["target"], "target": measure["threshold"]}
    draft.parameters = {**draft.parameters, "measures": [wrong, *others]}
    db.commit()

    page = browser.get(f"{base}/{tab}", headers={"referer": f"http://testserver.local{base}"})

    assert page.status_code == 422
    assert "the target is on the wrong side of the threshold" in page.text
    assert "measures.0" not in page.text
    assert "What is open stands on the first page of the contract" in page.text
    assert f'<a href="{base}">Back to the page before</a>' in page.text
