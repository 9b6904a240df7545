"""What is too large is refused by name: the limit, the size, a way back, and what was typed before the file."""

import pytest

from marketplace.faces.refusals import too_large
from tests import cast

PAPER = b"%PDF-1.4\n" + b"0" * 25_200_000
FIELDS = {"kind": "security", "access": "public"}


@pytest.fixture
def own_documents(client_of, db, lumen, now):
    """Priya's browser, and where the documents of her product are."""
    url = f"/listings/{cast.a_product(db, of=lumen, at=now, name='Lumen Scribe').ref}/documents"
    return client_of(lumen), url


def test_a_file_that_is_too_large_brings_its_form_back_with_limit_size_and_what_was_typed(own_documents):
    browser, url = own_documents

    answer = browser.send_form(url, FIELDS, files={"file": ("test.pdf", PAPER, "application/pdf")})

    assert answer.status_code == 413
    assert "What was sent has 25.2 MB, and 25 MB is the most that is taken here" in answer.text
    assert "Nothing was saved. Send a smaller file" in answer.text
    assert f'action="{url}"' in answer.text
    assert '<option value="security" selected>' in answer.text
    assert "25 MB" in browser.get(url).text, "the form names the same limit in the same words"
    assert "test.pdf" not in browser.get(url).text


def test_a_text_that_is_too_large_brings_its_form_back_too(own_documents):
    browser, url = own_documents

    answer = browser.send_form(url, {**FIELDS, "words": "x" * 25_200_000})

    assert answer.status_code == 413
    assert '<option value="security" selected>' in answer.text


def test_where_no_form_can_come_back_the_page_leads_to_where_one_was(client_of, buyer):
    browser = client_of(buyer)

    answer = browser.send_form(
        "/sign-out", {"x": "y" * 2_100_000}, headers={"referer": "http://testserver.local/account"}
    )

    assert answer.status_code == 413
    assert "2 MB is the most that is taken here" in answer.text
    assert '<a href="/account">Back to the page before</a>' in answer.text


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/account", "http://testserver.local//elsewhere.example", ""]
)
def test_nobody_is_led_back_to_another_house(client_of, buyer, referer: str):
    answer = client_of(buyer).get("/projects/PRJ-2222-2222-2", headers={"referer": referer})

    assert answer.status_code == 404
    assert "Back to the page before" not in answer.text


def test_a_form_of_another_session_is_not_shown_again(own_documents):
    browser, url = own_documents
    browser.token = "another"

    answer = browser.send_form(url, FIELDS, files={"file": ("test.pdf", PAPER, "application/pdf")})

    assert answer.status_code == 403
    assert "What it is" not in answer.text


@pytest.mark.parametrize(
    ("most", "sent", "told"),
    [
        (2_000_000, 5_240_000, "what was sent has 5.2 MB, and 2 MB is the most that is taken here"),
        (2_000_000, 2_000_046, "what was sent has 2,000,046 bytes, and 2,000,000 bytes is the most that is taken here"),
        (25_100_000, 25_120_000, "what was sent has 25.1 MB, and 25 MB is the most that is taken here"),
        (500_000, None, "what was sent is too large, and 500 KB is the most that is taken here"),
    ],
)
def test_the_limit_is_named_and_the_size_where_it_is_known(most: int, sent: int | None, told: str):
    assert too_large(most, sent).fact == told
