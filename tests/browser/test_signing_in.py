"""A second factor in a browser: an app for codes, a passkey on the device, and in again with each."""

import base64
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from marketplace.identity.rules.codes import code_of, step_at
from tests.browser.conftest import PATIENCE, WIDE

pytestmark = pytest.mark.browser
PASSWORD = "quiet heron borrows Tuesday"
UNLOCKED = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


def test_an_account_is_kept_with_codes_and_a_passkey_and_opened_by_each(chromium, site):
    home = site.replace("127.0.0.1", "localhost")
    context = chromium.new_context(viewport=WIDE, base_url=home)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": UNLOCKED})
    email = f"nia.{int(datetime.now(UTC).timestamp())}@ashdown.example"
    made(page, email)

    page.goto("/account/second-factor/codes")
    shared = base64.b32decode(page.locator("main code").inner_text().replace(" ", ""))
    page.get_by_label("Code").fill(code_of(shared, step_at(datetime.now(UTC))))
    page.get_by_role("button", name="Turn codes on").click()
    paper = page.locator("main li code").all_inner_texts()
    page.goto("/account/second-factor/passkeys")
    page.get_by_label("What you call it").fill("Ward computer")
    page.get_by_role("button", name="Add this device").click()
    expect(page.get_by_role("heading", name="Your passkey is kept")).to_be_visible()

    out(page)
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Account")).to_be_visible()

    out(page)
    page.goto("/sign-in?next=/account")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(paper[0])
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    context.close()


def made(page: Page, email: str) -> None:
    """An account of somebody new, by the mailed link."""
    page.goto("/sign-up")
    page.get_by_label("E-mail address").fill(email)
    page.locator("main").get_by_role("button").first.click()
    for _ in range(60):
        page.goto("/dev/mail")
        mail = page.locator("main tr, main li").filter(has_text=email).first.locator("a")
        if mail.count():
            break
        page.wait_for_timeout(500)
    mail.first.click()
    page.locator("a[href^='/sign-up/']").first.click()
    page.get_by_label("Name").fill("Nia Rees")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Make").first.click()
    expect(page).to_have_url(f"{page.url.split('/organisations')[0]}/organisations/new")


def out(page: Page) -> None:
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Sign out").click()
