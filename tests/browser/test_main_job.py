"""The main job on the demonstration site, as six people live it: assured once, bought together, measured, paid for.

Nobody types an address: each enters through the door, starts from the desk or the main places, and goes by what is written.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from marketplace.kit.calendar import day_in_london
from tests.browser.conftest import follow, one_arrival, press

pytestmark = pytest.mark.browser

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SUPPLIER, FIRST, SECOND = "Priyanka Sethuraman", "Margarethe Solvang", "Benedict Osei-Tutu"
BUYER, SIGNATORY, MANAGER, FINANCE = "Amara Okonedo", "Graham Tollesbury", "Owen Talgarreg", "Denise Applegarth"
LEAD = "Brackenford University Hospitals NHS Foundation Trust"
OTHER = "Estermouth and Saltheugh Hospitals NHS Trust"
UNCERTIFIED, APPLIED, CERTIFIED = "Quillomere Letters", "Hearthnote Referral", "Moorlark Notes"
PILOT = "Ambient scribing in outpatients"
MOST_CRITERIA = 80

WindowAs = Callable[[str], Page]


def test_a_supplier_answers_with_a_document_behind_it_and_sees_how_far_it_is(window_as: WindowAs) -> None:
    page, paper = window_as(SUPPLIER), f"penetration-test-{uuid4().hex[:6]}.pdf"
    follow(page, "Our products")
    follow(page, UNCERTIFIED)
    follow(page, "Documents")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": paper, "mimeType": "application/pdf", "buffer": PAPER}
    )
    page.get_by_label("What it is").select_option(label="Security test or certificate")
    page.get_by_role("radio", name="Public: anybody can read it", exact=True).check()
    press(page, "Add it")
    expect(page.get_by_role("link", name=paper, exact=True)).to_be_visible()
    follow(page, UNCERTIFIED)
    follow(page, "Assurance")
    follow(page, "C3 Technical security")
    asked = page.get_by_role("region", name="C3.3 External penetration test", exact=True)
    asked.get_by_role("radio", name="Provided", exact=True).check()
    fill_day(asked.get_by_role("group", name=re.compile("^Test ended on")), today() - timedelta(days=30))
    asked.get_by_role("checkbox", name=re.compile(re.escape(paper))).check()
    press(page, "Save")
    expect(asked).to_contain_text("Met")
    expect(asked).to_contain_text(paper)
    follow(page, "How far it is")

    assert passing(page, "C3 Technical security") > 0


def test_two_assessors_work_through_a_case_and_the_certificate_stands_and_verifies(window_as: WindowAs) -> None:
    first, second = window_as(FIRST), window_as(SECOND)
    follow(first, f"{APPLIED}: applied")
    press(first, "Take it")
    declare_no_conflict(first)
    judge_everything(first)
    propose(first)

    second.reload()
    follow(second, f"{APPLIED}: proposed, waits for a second assessor")
    press(second, "Take it")
    declare_no_conflict(second)
    expect(second.get_by_text("I have read the safety case")).to_be_visible()
    decide(second)

    follow(second, "Its page")
    follow(second, "Assurance")
    reference = second.get_by_text(re.compile(r"^CER-[-0-9A-Z]+$")).first.inner_text()
    expect(second.locator("main")).to_contain_text("Met with conditions")
    expect(second.locator("main")).to_contain_text("The plan for multi-factor authentication is shown to us.")
    check_certificate(second, reference)


def test_a_lead_trust_invites_and_the_second_trust_joins_on_the_terms_it_read(window_as: WindowAs) -> None:
    buyer, signatory, pilot = window_as(BUYER), window_as(SIGNATORY), f"Notes by voice {uuid4().hex[:6]}"
    follow(buyer, "Catalogue")
    buyer.get_by_label("What do you need it for?").fill(CERTIFIED)
    press(buyer, "Search")
    follow(buyer, CERTIFIED)
    follow(buyer, f"Start a joint pilot of {CERTIFIED}")
    buyer.get_by_label("Name of the pilot").fill(pilot)
    press(buyer, "Start the pilot")
    expect(buyer.get_by_text("The pilot is started. Write its protocol next.")).to_be_visible()
    write_protocol(buyer)
    follow(buyer, "Parties and shares")
    buyer.get_by_label("Organisation", exact=True).fill(OTHER)
    press(buyer, "Put it on the list")
    buyer.get_by_role("radio", name="Parts").check()
    buyer.get_by_label(LEAD).fill("2")
    buyer.get_by_label(OTHER).fill("1")
    press(buyer, "Keep the shares")
    expect(buyer.get_by_role("row", name=re.compile(OTHER)).first).to_contain_text("33.3")
    follow(buyer, "Overview")
    press(buyer, "Open it, and invite the others")

    signatory.reload()
    signatory.get_by_role("link", name=re.compile(pilot)).first.click()
    expect(signatory.get_by_role("heading", level=1)).to_contain_text(pilot)
    if signatory.get_by_role("link", name="Read the terms and answer").count():
        follow(signatory, "Read the terms and answer")
    expect(signatory.locator("main")).to_contain_text("£14 a user a month")
    expect(signatory.locator("main")).to_contain_text("£20,000.00")
    press(signatory, "Join on these terms")
    buyer.reload()

    expect(signatory.get_by_text(re.compile("said yes to these terms|^Joined")).first).to_be_visible()
    follow(buyer, "Parties and shares")
    expect(buyer.get_by_role("row", name=re.compile(OTHER)).first).to_contain_text("Joined")


def test_an_accepted_outcome_becomes_an_invoice_a_statement_and_a_public_entry(window_as: WindowAs) -> None:
    manager, finance = window_as(MANAGER), window_as(FINANCE)
    follow(finance, "Invoices")
    before = len(invoices(finance))
    manager.get_by_role("link", name=re.compile(f"^Accept or dispute .* of {PILOT}$")).first.click()
    expect(manager.get_by_role("heading", name="How it was worked out")).to_be_visible()
    accept = manager.get_by_role("button", name=re.compile("^Accept £"))
    owed = accept.inner_text().removeprefix("Accept ").strip()
    expect(manager.get_by_role("row", name=re.compile(LEAD)).first).to_contain_text(owed)

    with one_arrival(manager):
        accept.click()
    expect(manager.locator("main")).to_contain_text("Accepted by all")
    assert_invoiced(finance, owed, more_than=before)

    with one_arrival(finance):
        finance.locator("table a").first.click()
    expect(finance.get_by_role("heading", name="How the fee was worked out")).to_be_visible()
    expect(finance.locator("main")).to_contain_text(owed)
    number = finance.get_by_role("heading", level=1).inner_text().removeprefix("Invoice ")
    look_at_money(finance, number)
    with one_arrival(finance):
        finance.get_by_role("contentinfo").get_by_role("link", name="Public register").click()
    follow(finance, PILOT)
    expect(finance.get_by_role("heading", name="What was promised, what was paid")).to_be_visible()
    expect(finance.get_by_role("row", name=re.compile(f"^{last_month()}")).first).to_be_visible()


def today() -> date:
    return day_in_london(datetime.now(UTC))


def last_month() -> str:
    return f"{today().replace(day=1) - timedelta(days=1):%B}"


def passing(page: Page, section: str) -> int:
    """How many criteria of a section are answered and pass, as the page of its assurance says."""
    told = page.get_by_role("row", name=re.compile(f"^{section}")).get_by_role("cell").last.inner_text()
    return int(told.split(" of ")[0])


def fill_day(group: Locator, day: date) -> None:
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label).fill(str(value))


def declare_no_conflict(page: Page) -> None:
    page.get_by_role("radio", name="No", exact=True).check()
    press(page, "Declare")
    expect(page.get_by_role("navigation", name="Criteria")).to_be_visible()


def judge_everything(page: Page) -> None:
    """Each criterion that is not judged yet, by the link that names it; one is met with a condition."""
    for _ in range(MOST_CRITERIA):
        waiting = page.get_by_text(re.compile("not judged yet:")).get_by_role("link")
        if not waiting.count():
            return
        code = waiting.first.inner_text()
        with one_arrival(page):
            waiting.first.click()
        found = page.get_by_role("group", name="What you find")
        if code == "C3.5":
            found.get_by_role("radio", name=re.compile("^Met .*condition")).check()
            page.get_by_label("Condition", exact=True).fill("The plan for multi-factor authentication is shown to us.")
            fill_day(page.get_by_role("group", name=re.compile("^By when")), today() + timedelta(days=60))
        else:
            found.get_by_role("radio", name="Met", exact=True).check()
        press(page, "Save")
    raise AssertionError("there is no end to the criteria")


def propose(page: Page) -> None:
    page.get_by_role("group", name="Outcome").get_by_role("radio", name=re.compile("^Met .*condition")).check()
    page.get_by_label("Reasons").fill("I have read the safety case and the plan. One thing is left to be shown.")
    press(page, "Propose")
    expect(page.get_by_text("Proposed").first).to_be_visible()


def decide(page: Page) -> None:
    page.get_by_role("group", name="Outcome").get_by_role("radio", name=re.compile("^Met .*condition")).check()
    page.get_by_label("Reasons").fill("I read the same papers and agree.")
    press(page, "Decide")
    expect(page.get_by_role("link", name=re.compile("^Certificate CER-"))).to_be_visible()


def check_certificate(page: Page, reference: str) -> None:
    follow(page, "Check a certificate")
    page.get_by_label("Number or link", exact=True).fill(reference)
    press(page, "Check")
    expect(page.get_by_text(f"{reference} holds today")).to_be_visible()


def write_protocol(page: Page) -> None:
    told = {
        "The question": "Do nurses finish their notes on the day of the visit?",
        "Exit criteria": "Scale if eight notes of ten stand on the same day for two months.",
        "Stop rule": "Either clinical safety officer stops it at once on a harm.",
        "Price afterwards": "£14 a user a month for two years.",
        "The most that all of you pay together, before VAT": "50,000",
        "Fewest organisations that have to take part": "2",
    }
    for label, words in told.items():
        page.get_by_label(label, exact=True).fill(words)
    begins = (today().replace(day=1) + timedelta(days=70)).replace(day=1)
    fill_day(page.get_by_role("group", name=re.compile("^First day")), begins)
    fill_day(page.get_by_role("group", name=re.compile("^Last day")), begins + timedelta(days=180))
    page.get_by_role("radio", name=re.compile("below", re.IGNORECASE)).first.check()
    press(page, "Keep the protocol")
    expect(page.get_by_text("There is a problem")).to_have_count(0)


def invoices(page: Page) -> list[str]:
    return page.locator("tbody th a").all_inner_texts()


def assert_invoiced(page: Page, net: str, *, more_than: int) -> None:
    """A new line above the others within the time that the worker needs to hear of it."""
    for _ in range(60):
        page.reload()
        if len(invoices(page)) > more_than:
            break
        page.wait_for_timeout(1000)
    expect(page.locator("tbody tr").first).to_contain_text(net)


def look_at_money(page: Page, number: str) -> None:
    """The statement of all, then the money of the contract: both reconcile, and both have the invoice."""
    follow(page, "Invoices")
    follow(page, "Statement")
    expect(page.get_by_text("The lines and the invoices agree to the penny.")).to_be_visible()
    expect(page.get_by_role("link", name=number, exact=True).first).to_be_visible()
    follow(page, "Contracts")
    follow(page, PILOT)
    follow(page, "Money")
    expect(page.get_by_text("The lines and the invoices agree to the penny.")).to_be_visible()
    expect(page.get_by_role("link", name=number, exact=True).first).to_be_visible()
