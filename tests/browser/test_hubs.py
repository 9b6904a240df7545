"""Conformity and evidence on the demonstration site, as those live them for whom both hubs are there.

Nobody types an address: each enters through the door, starts from the desk or the main places, and goes by what is written.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, one_arrival, press
from tests.browser.test_main_job import PAPER, check_certificate, declare_no_conflict

pytestmark = pytest.mark.browser

SUPPLIER, FIRST, SECOND = "Priyanka Sethuraman", "Margarethe Solvang", "Benedict Osei-Tutu"
OFFICER, OTHER_OFFICER = "Sunita Rajagopal", "Ngozi Whitcombe-Ayre"
HOLDER = "Brackenford University Hospitals NHS Foundation Trust"
OTHER_HOLDER = "Estermouth and Saltheugh Hospitals NHS Trust"
ANSWERED, APPLIED, HELD = "Quillomere Letters", "Clearfen Easy Read", "Quillomere Scribe"
MEASURE = "Minutes of writing per consultation"
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
LISTS = ("revocation", "suspension")

WindowAs = Callable[[str], Page]


def test_a_supplier_answers_once_and_sees_five_frameworks_move(window_as: WindowAs) -> None:
    page, paper = window_as(SUPPLIER), f"safety-case-{uuid4().hex[:6]}.pdf"
    follow(page, "Our products")
    follow(page, ANSWERED)
    follow(page, "Documents")
    page.get_by_label("File", exact=True).set_input_files({"name": paper, "mimeType": "application/pdf", "buffer": PAPER})
    page.get_by_label("What it is").select_option(label="Clinical safety case (DCB0129)")
    page.get_by_role("radio", name="Public: anybody can read it", exact=True).check()
    press(page, "Add it")
    follow(page, ANSWERED)
    follow(page, "Assurance")
    follow(page, "Every framework")
    before = standings(page)
    follow(page, "BS 30440")
    behind = {"BS2b": (paper, "safety-case-report.txt"), "BS5": ("quality-and-life-cycle-file.txt",)}
    for code, documents in behind.items():
        asked = page.get_by_role("region", name=re.compile(f"^{code} "))
        asked.get_by_role("radio", name="Provided", exact=True).check()
        for document in documents:
            asked.get_by_role("checkbox", name=re.compile(re.escape(document))).check()
    press(page, "Save")

    told = page.get_by_text(re.compile(r"These answers count in \d+ places")).first.inner_text()
    moved = told.partition("Moved: ")[2]
    follow(page, "How far it is")
    after = standings(page)
    five = {"BS 30440", "DCB0129", "DTAC 2.0", "GenAI annex", "NICE evidence standards"}
    assert {name for name in five if name in moved} == five
    assert {name for name in after if after[name] != before[name]} == five
    assert after["DCB0129"].startswith("Met")


def until(page: Page, text: str, *, seconds: int = 60) -> None:
    """Open the page again until the worker has heard what it says."""
    for _ in range(seconds):
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.locator("main")).to_contain_text(text)


def test_two_assessors_of_another_framework_decide(window_as: WindowAs) -> None:
    first, second = window_as(FIRST), window_as(SECOND)
    follow(first, f"{APPLIED}: applied")
    press(first, "Take it")
    declare_no_conflict(first)
    for _ in range(12):
        waiting = first.get_by_text(re.compile("not judged yet:")).get_by_role("link")
        if not waiting.count():
            break
        with one_arrival(first):
            waiting.first.click()
        first.get_by_role("group", name="What you find").get_by_role("radio", name="Met", exact=True).check()
        press(first, "Save")
    say(first, "Propose")
    second.reload()
    follow(second, f"{APPLIED}: proposed, waits for a second assessor")
    press(second, "Take it")
    declare_no_conflict(second)
    say(second, "Decide")

    certificate = second.get_by_role("link", name=re.compile("^Certificate CER-"))
    expect(certificate).to_be_visible()
    reference = certificate.inner_text().removeprefix("Certificate ").strip()
    with one_arrival(second):
        certificate.click()
    expect(second.locator("main")).to_contain_text("under Accessibility")
    until(second, "It is to be looked at again by")
    check_certificate(second, reference)


def test_a_trust_verifies_a_certificate_offline_from_its_pdf(window_as: WindowAs, site: str, tmp_path: Path) -> None:
    page = window_as(OFFICER)
    find_product(page)
    follow(page, "Assurance")
    row = page.get_by_role("row", name=re.compile("^DCB0129"))
    reference = row.get_by_role("link", name=re.compile("^CER-")).inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"PDF of {reference}").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)

    with one_arrival(page):
        page.get_by_role("contentinfo").get_by_role("link", name="Check a certificate").click()
    page.get_by_label("The credential or its PDF").set_input_files(file)
    press(page, "Check it")
    expect(page.get_by_text("The file is what Touchstone gave out, and it holds")).to_be_visible()
    expect(page.get_by_text(f"{reference} holds today")).to_be_visible()
    told = offline(file, site, tmp_path)
    assert (told["holds"], told["says"]["reference"]) == (True, reference)


def test_a_safety_notice_is_acknowledged_by_both_holders(window_as: WindowAs) -> None:
    supplier, title = window_as(SUPPLIER), f"Drafts of the wrong clinic {uuid4().hex[:6]}"
    follow(supplier, "Our products")
    follow(supplier, HELD)
    follow(supplier, "Clinical safety")
    press(supplier, "Write a safety notice")
    supplier.get_by_label("In one line").fill(title)
    supplier.get_by_label("What happened, or what changes").fill("Two clinics of one name share a draft.")
    supplier.get_by_label("What each organisation has to do").fill("Look at the clinic above each draft.")
    supplier.get_by_role("group", name="How urgent is it?").get_by_role("radio").first.check()
    supplier.get_by_label("What could happen to patients").fill("A note stands in the wrong record.")
    press(supplier, "Keep the draft")
    press(supplier, "Send it")

    for officer in (OFFICER, OTHER_OFFICER):
        page = window_as(officer)
        with one_arrival(page):
            page.get_by_role("link", name=re.compile(re.escape(title))).first.click()
        press(page, "I have read it, and answer for safety here")
        page.get_by_role("group", name="What did you do?").get_by_role("radio", name="We did what it asks", exact=True).check()
        page.get_by_label("In your words").fill("Every draft of both clinics was looked at.")
        press(page, "Answer")

    supplier.reload()
    for holder, officer in ((HOLDER, OFFICER), (OTHER_HOLDER, OTHER_OFFICER)):
        row = supplier.get_by_role("row", name=re.compile(holder))
        expect(row).to_contain_text(officer)
        expect(row).to_contain_text("Every draft of both clinics was looked at.")


def test_a_clinician_opens_the_forest_plot_and_sees_which_studies_the_supplier_paid_for(window_as: WindowAs) -> None:
    page = window_as(OFFICER)
    find_product(page)
    follow(page, "Evidence")
    expect(page.get_by_role("heading", name="What the evidence comes to")).to_be_visible()
    with one_arrival(page):
        page.get_by_role("link", name=re.compile(rf"^What they come to together\s*: {MEASURE}")).click()
    plot = page.get_by_role("figure").first

    expect(page.get_by_role("heading", level=1)).to_contain_text(MEASURE)
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ of \d+ (was|were) paid for or run by the supplier"))
    theirs = plot.get_by_role("listitem").filter(has=page.locator(".mark--theirs"))
    told = re.search(r"(\d+) of \d+ (?:was|were) paid for", page.locator("main").inner_text())
    assert told
    assert theirs.count() == int(told[1]) > 0
    expect(theirs.filter(has_text="The supplier's trial of drafted notes in four private clinics")).to_be_visible()
    with one_arrival(page):
        theirs.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("supplier", re.IGNORECASE))
    expect(page.locator("main")).to_contain_text("Who paid")


def test_a_founder_reads_what_is_missing_for_germany(window_as: WindowAs) -> None:
    page = window_as(SUPPLIER)
    find_product(page)
    follow(page, "Assurance")
    follow(page, "What other markets still ask")
    with one_arrival(page):
        page.get_by_role("link", name=re.compile("Germany")).first.click()

    told = page.get_by_role("heading", level=2).filter(has_text="Germany").inner_text()
    gaps = page.locator("main ol > li")
    assert re.fullmatch(r"For Germany, \w+ things are still needed", told)
    assert told.split()[2] == NUMBERS[gaps.count()]
    expect(gaps.first.get_by_text(re.compile(r"^\d+ lines?"))).to_be_visible()
    follow(page, "Everything that is asked there")
    expect(page.locator("main")).to_contain_text("DiGA")


def standings(page: Page) -> dict[str, str]:
    """How the product stands under each framework that applies, and how much is answered: as the page says it."""
    rows = page.get_by_role("table", name="Frameworks that apply").get_by_role("row").all()[1:]
    told = {}
    for row in rows:
        name = row.get_by_role("rowheader").inner_text().removesuffix(" Tier A").strip()
        told[name] = " ".join(row.get_by_role("cell").nth(place).inner_text() for place in (0, 1))
    return told


def say(page: Page, how: str) -> None:
    page.get_by_role("group", name="Outcome").get_by_role("radio", name="Met", exact=True).check()
    page.get_by_label("Reasons").fill("Tested by tool, by hand and by two people who read with their ears.")
    press(page, how)


def find_product(page: Page) -> None:
    follow(page, "Catalogue")
    page.get_by_label("What do you need it for?").fill(HELD)
    press(page, "Search")
    follow(page, HELD)


def offline(file: Path, site: str, folder: Path) -> dict[str, object]:
    """What the command says of a file with nothing but the published keys and lists, and no house of its own."""
    published = {"did.json": "/.well-known/did.json", **{f"{name}.json": f"/credentials/status/{name}" for name in LISTS}}
    for name, path in published.items():
        (folder / name).write_bytes(httpx.get(f"{site}{path}", timeout=30).content)
    lists = [part for name in LISTS for part in ("--list", str(folder / f"{name}.json"))]
    command = [sys.executable, "-m", "marketplace.cli", "verify-credential", str(file), "--json", "--keys", str(folder / "did.json")]
    env = {**os.environ, "TOUCHSTONE_DATABASE_URL": f"sqlite:///{folder}/none.db"}
    done = subprocess.run([*command, *lists], env=env, capture_output=True, check=False, timeout=120)
    return dict(json.loads(done.stdout))
