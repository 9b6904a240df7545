"""Long forms keep what is typed while it is typed; and with scripts off everything that matters can still be done."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import NARROW, PATIENCE, axe_faults, enter_as, follow, press
from tests.browser.test_main_job import (
    CERTIFIED,
    MANAGER,
    PAPER,
    PILOT,
    SIGNATORY,
    SUPPLIER,
    UNCERTIFIED,
    fill_day,
    today,
)

pytestmark = pytest.mark.browser
APPROVER = "Patricia Nwosu-Lang"
SECTION = "C3 Technical security"
TEST_OF = "C3.3 External penetration test"


def test_what_is_typed_is_kept_said_and_put_back_and_nothing_is_saved_by_itself(
    window_as: Callable[[str], Page],
) -> None:
    page = window_as(SUPPLIER)
    asked = section_asked(page)
    day = today() - timedelta(days=41)
    fill_day(asked.get_by_role("group", name=re.compile("^Test ended on")), day)
    expect(page.get_by_text("It is not saved until you save it.")).to_be_visible()
    form = page.url

    page.goto("/my-desk")
    page.go_back()
    expect(page.get_by_role("region", name="A draft that is not saved")).to_contain_text("that is not saved")
    assert axe_faults(page) == []
    press(page, "Put it back")
    asked = page.get_by_role("region", name=TEST_OF, exact=True)
    expect(asked.get_by_role("group", name=re.compile("^Test ended on")).get_by_label("Year")).to_have_value(
        str(day.year)
    )
    expect(page.get_by_role("region", name="A draft that is not saved")).to_contain_text("it is not saved yet")

    page.goto("/unsent")
    assert axe_faults(page) == []
    page.goto(form)
    press(page, "Throw it away")
    expect(page.get_by_text("The draft is thrown away.")).to_be_visible()
    expect(page.get_by_role("region", name="A draft that is not saved")).to_have_count(0)


def test_searching_answering_uploading_approving_and_signing_need_no_script(chromium: Browser, site: str) -> None:
    """Five people at 390 pixels with scripts off, from the search to a signature under a varied contract."""
    windows: list[BrowserContext] = []

    def plain(name: str) -> Page:
        windows.append(chromium.new_context(base_url=site, viewport=NARROW, java_script_enabled=False))  # type: ignore[arg-type]
        windows[-1].set_default_timeout(PATIENCE)
        page = windows[-1].new_page()
        enter_as(page, name)
        return page

    search(plain("Amara Okonedo"))
    upload_and_answer(plain(SUPPLIER))
    contract = vary(plain(MANAGER))
    approve(plain(APPROVER), contract)
    issue(windows[2].pages[0], contract)
    sign(plain(SIGNATORY), contract)
    withdraw(windows[2].pages[0], contract)
    for window in windows:
        window.close()


def section_asked(page: Page):  # type: ignore[no-untyped-def]
    """The question about the penetration test, reached as a supplier reaches it."""
    follow(page, "Our products")
    follow(page, UNCERTIFIED)
    follow(page, "Assurance")
    follow(page, SECTION)
    return page.get_by_role("region", name=TEST_OF, exact=True)


def search(page: Page) -> None:
    page.goto("/")
    page.get_by_label("What do you need it for?").fill(CERTIFIED)
    press(page, "Search")
    follow(page, CERTIFIED)
    expect(page.get_by_role("heading", level=1)).to_contain_text(CERTIFIED)


def upload_and_answer(page: Page) -> None:
    paper = f"penetration-test-{uuid4().hex[:6]}.pdf"
    own = PAPER.replace(b"%PDF-1.4\n", f"%PDF-1.4\n% {paper}\n".encode())
    follow(page, "Our products")
    follow(page, UNCERTIFIED)
    follow(page, "Documents")
    page.get_by_label("File", exact=True).set_input_files({"name": paper, "mimeType": "application/pdf", "buffer": own})
    page.get_by_label("What it is").select_option(label="Security test or certificate")
    page.get_by_role("radio", name="Public: anybody can read it", exact=True).check()
    press(page, "Add it")
    expect(page.get_by_role("link", name=paper, exact=True)).to_be_visible()
    asked = section_asked(page)
    asked.get_by_role("radio", name="Provided", exact=True).check()
    fill_day(asked.get_by_role("group", name=re.compile("^Test ended on")), today() - timedelta(days=35))
    asked.get_by_role("checkbox", name=re.compile(re.escape(paper))).check()
    press(page, "Save")
    expect(asked).to_contain_text("Met")
    expect(asked).to_contain_text(paper)


def vary(page: Page) -> str:
    """A variation that departs from the template, so that somebody has to approve it by name."""
    hours = str(25 + uuid4().int % 46)  # an approval is of this very value
    follow(page, "Contracts")
    follow(page, PILOT)
    contract = page.url
    follow(page, "Begin a variation")
    page.get_by_label("Which part of the terms changes?").select_option(label="Safety, incidents and changes")
    press(page, "Show it")
    page.get_by_label("Within how many hours is harm, or a near miss, told in writing?").fill(hours)
    page.get_by_label("Why do the terms change?").fill("The night team reports on the next working day.")
    press(page, "Write the variation")
    expect(page.get_by_text("The variation is written.")).to_be_visible()
    return contract


def approve(page: Page, contract: str) -> None:
    page.goto(contract)
    page.get_by_label("Why the parties depart from the template here").fill("Agreed with the clinical safety officer.")
    press(page, "Approve by name")
    expect(page.get_by_text("Agreed with the clinical safety officer.")).to_be_visible()


def issue(page: Page, contract: str) -> None:
    page.goto(contract)
    press(page, "Issue it for signature")
    expect(page.get_by_role("heading", name=re.compile("^Text . waits for signatures"))).to_be_visible()


def sign(page: Page, contract: str) -> None:
    page.goto(contract)
    press(page, "Read the text")
    press(page, "I have read it to its end")
    page.goto(f"{contract}/signatures")
    page.get_by_label("In which capacity do you sign?").fill("Director of operations")
    press(page, "Sign this text")
    expect(page.get_by_text(re.compile(f"^Signed by {SIGNATORY}, Director of operations"))).to_be_visible()


def withdraw(page: Page, contract: str) -> None:
    """Take the text back, so that the story can be told again."""
    page.goto(contract)
    page.locator("summary", has_text="Recall text").click()
    page.get_by_label("Why it is recalled").fill("It was a rehearsal.")
    press(page, "Recall it")
    expect(page.get_by_role("heading", name=re.compile("waits for signatures"))).to_have_count(0)
