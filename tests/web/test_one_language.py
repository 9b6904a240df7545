"""A page that is in English is in English from its heading to its last error, whatever its reader's language is."""

import re

from marketplace.identity.actions.notices import tell
from tests.procurement.scenes import WINTER


def in_welsh(browser):
    browser.cookies.set("language", "cy")
    return browser


def test_what_is_wrong_with_an_english_form_is_told_in_english(client_of, buyer):
    answer = in_welsh(client_of(buyer)).send_form("/projects", {**WINTER, "users": "about 400"})

    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert "There is a problem" in main
    assert "Mae problem" not in main
    assert "Gwall" not in main
    assert re.search(r'<div class="width" lang="en">', answer.text)


def test_a_day_on_an_english_page_is_written_in_english(client_of, db, buyer, now):
    tell(db, [buyer.person_id], kind="contract", title="January is computed", body="", path="", key="a", at=now)

    page = in_welsh(client_of(buyer)).get("/my-desk").text

    assert "24 November 2026" in page
    assert "Tachwedd" not in page
