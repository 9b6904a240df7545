"""The story on the demonstration site, as people live it in a browser: with scripts, without, and by keyboard alone."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import NARROW, one_arrival, press

pytestmark = pytest.mark.browser

SCRIBE = "Quillomere Scribe"
REASON = "Drafts and never files by itself"


@pytest.fixture
def window_of(window_as: Callable[[str], Page], people: dict[str, str]) -> Callable[[str], Page]:
    """A wide window for each of the roles in the story."""
    return lambda role: window_as(people[role])


def project_started(page: Page, name: str) -> str:
    """A project of this name, by its form; its address."""
    page.goto("/projects/new")
    page.get_by_label("Name of the project").fill(name)
    page.get_by_label("What is needed, for whom and why").fill("Letters take evenings.")
    page.get_by_label("Users", exact=True).fill("400")
    page.get_by_label("Uses a year").fill("90,000")
    press(page, "Start the project")
    expect(page.get_by_text("The project is started")).to_be_visible()
    return page.url.removesuffix("/requirements")


def test_a_supplier_s_draft_is_published_found_compared_decided_and_printed(window_of: Callable[[str], Page]) -> None:
    supplier, operator, buyer = (window_of(role) for role in ("supplier-manager", "operator", "buyer"))
    name, project = f"Fenwick Letters {uuid4().hex[:6]}", f"Letters {uuid4().hex[:6]}"

    supplier.goto("/listings/new")
    supplier.get_by_label("What is the product called?").fill(name)
    supplier.get_by_label("GenAI application").check()
    press(supplier, "Begin the draft")
    expect(supplier.get_by_text("Nobody else can see it yet")).to_be_visible()
    supplier.goto(re.sub(r"/description.*", "", supplier.url))
    press(supplier, "Submit for publication")
    expect(supplier.get_by_text("is not complete")).to_be_visible()

    operator.goto("/moderation")
    operator.locator("table a").first.click()
    expect(operator.get_by_role("button", name="Send back with these reasons")).to_be_visible()

    buyer_decides(buyer, project)
    buyer.get_by_role("link", name="Audit trail").first.click()
    expect(buyer.get_by_text(REASON)).to_be_visible()
    with buyer.expect_download() as download:
        buyer.get_by_role("link", name="Document (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert buyer.pdf().startswith(b"%PDF-")


def buyer_decides(buyer: Page, project: str) -> None:
    buyer.goto(project_started(buyer, project))
    buyer.get_by_label("What should it do?").fill("ambient scribe")
    press(buyer, "Search and keep")
    for tick in buyer.get_by_role("checkbox", name="Compare").all()[:2]:
        tick.check()
    press(buyer, "Compare what is ticked")
    expect(buyer.get_by_role("heading", level=1)).to_contain_text("Compare")
    buyer.go_back()
    press(buyer, f"Add {SCRIBE} to {project}")
    expect(buyer.get_by_text(f"{SCRIBE}: on the list of {project}")).to_be_visible()
    buyer.get_by_role("link", name=project, exact=True).first.click()
    buyer.get_by_role("link", name=SCRIBE, exact=True).first.click()
    buyer.get_by_label("In your own words").fill(REASON)
    press(buyer, "Include")
    expect(buyer.get_by_text(f"{SCRIBE} is included")).to_be_visible()


def test_the_core_of_the_story_needs_no_script(plain_window: BrowserContext, people: dict[str, str]) -> None:
    """Search, filter, product, sign in and back, project, include with a reason: at 390 pixels, scripts off."""
    page, project = plain_window.new_page(), f"Plain {uuid4().hex[:6]}"
    page.goto("/")
    page.get_by_label("What do you need it for?").fill("ambient scribe")
    press(page, "Search")
    page.locator("details.drawer > summary").click()
    page.get_by_role("checkbox", name=re.compile("^Outpatient clinics")).check()
    press(page, "Apply filters")
    assert "care-setting=outpatients" in page.url
    page.get_by_role("link", name=SCRIBE, exact=True).first.click()
    product = page.url

    page.get_by_role("link", name="Sign in to add it to a project").click()
    press(page, f"Enter as {people['buyer']}")
    assert page.url == product, "signing in leads back to where one was"
    project_started(page, project)
    page.goto(product)
    page.get_by_text(f"Add {SCRIBE} to a project").click()
    press(page, project)
    expect(page.get_by_text(f"{SCRIBE}: on the list of {project}")).to_be_visible()
    page.goto("/projects")
    page.get_by_role("link", name=project, exact=True).click()
    page.get_by_role("link", name=SCRIBE, exact=True).first.click()
    press(page, "Exclude")
    expect(page.get_by_role("heading", level=1)).to_contain_text(SCRIBE)
    page.get_by_label("In your own words").fill(REASON)
    press(page, "Include")
    expect(page.get_by_text(f"{SCRIBE} is included")).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()


def test_a_double_click_makes_one_thing_and_back_after_a_form_makes_no_other(window_of: Callable[[str], Page]) -> None:
    page, project = window_of("buyer"), f"Twice {uuid4().hex[:6]}"
    page.goto("/projects/new")
    page.get_by_label("Name of the project").fill(project)
    page.get_by_label("What is needed, for whom and why").fill("Letters take evenings.")

    with one_arrival(page):
        page.get_by_role("button", name="Start the project").dblclick()
    expect(page.get_by_text("The project is started")).to_be_visible()
    started = page.url
    page.reload()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start a project")
    page.go_forward()
    assert page.url == started
    page.goto("/projects")

    expect(page.get_by_role("link", name=project, exact=True)).to_have_count(1)


def test_the_keyboard_alone_leads_from_the_search_box_to_a_product(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/products")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#q")
    page.keyboard.type("quillom", delay=60)
    expect(page.locator("#names option").first).to_have_attribute("value", re.compile("Quillomere"))
    page.keyboard.press("End")
    page.keyboard.type("ere scribe")
    with one_arrival(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ere scribe")
    tab_to(page, ".card__title a")
    with one_arrival(page):
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(SCRIBE)


def tab_to(page: Page, selector: str, *, most: int = 120) -> None:
    """Press Tab until the first such element has the focus, which has to be seen on it."""
    wanted = page.locator(selector).first
    for _ in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate("one => getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none'")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} tabs did not lead to {selector}")


def test_a_tick_of_a_filter_changes_the_results_at_once_and_a_tick_to_compare_stays(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/products?q=scribe")
    counted = page.locator(".results__head strong").inner_text()
    page.get_by_role("checkbox", name=re.compile("^Compare")).first.check()
    page.wait_for_timeout(500)
    ticked = page.locator("[name=p]:checked")
    ref = ticked.get_attribute("value")

    page.get_by_role("checkbox", name=re.compile("^Outpatient clinics")).check()
    page.wait_for_url(re.compile("care-setting=outpatients"))

    expect(page.locator(".chosen")).to_contain_text("Outpatient clinics")
    assert int(page.locator(".results__head strong").inner_text()) <= int(counted)
    assert "q=scribe" in page.url
    expect(ticked).to_have_count(1)
    assert ticked.get_attribute("value") == ref


def test_filters_stay_as_they_were_opened_and_the_keyboard_where_it_was(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site, viewport=NARROW)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/products?q=scribe")
    page.locator("details.drawer > summary").click()
    kinds = page.locator("details[data-fold=kind]")
    kinds.locator("summary").first.click()
    tick = kinds.get_by_role("checkbox", name=re.compile("^GenAI application"))
    tick.focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/products?q=scribe&kind=genai-application")

    expect(tick).to_be_focused()
    expect(tick).to_be_visible()
    page.go_back()
    expect(page.locator("[name=kind]:checked")).to_have_count(0)
    page.locator("details.drawer > summary").click()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("button", name="Apply filters")).to_be_hidden()
    assert wrong == []
    context.close()
