"""The product as people meet it: migrated, with its demonstration data, served with its worker, in Chromium."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from marketplace.kit.db import Database
from tests.databases import build_schema

CHROMIUM = os.environ.get("TOUCHSTONE_TEST_CHROMIUM", "")
SITE = os.environ.get("TOUCHSTONE_TEST_SITE", "")
"""A demonstration that runs already, to work on a test; without it one is made."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
AXE = Path(__file__).with_name("vendor") / "axe.min.js"
DEMONSTRATION = Path(__file__).parents[2] / "frameworks" / "demonstration"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}
"""1280 pixels at 400 per cent."""
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Touchstone."""
    if not CHROMIUM:
        pytest.skip("TOUCHSTONE_TEST_CHROMIUM names no browser")
    if SITE:
        yield SITE
        return
    folder = tmp_path_factory.mktemp("site")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    env = {
        **os.environ, "TOUCHSTONE_BASE_URL": address, "TOUCHSTONE_DATABASE_URL": f"sqlite:///{folder}/touchstone.db",
        "TOUCHSTONE_SEARCH_URL": f"tantivy://{folder}/index", "TOUCHSTONE_FILES_URL": f"file://{folder}/files",
        "TOUCHSTONE_MAIL_URL": f"folder://{folder}/mail",
    }  # fmt: skip
    command = [sys.executable, "-m", "marketplace.cli"]
    database = Database(env["TOUCHSTONE_DATABASE_URL"])
    build_schema(database)
    database.close()
    subprocess.run([*command, "demo"], env=env, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*command, "serve", "--with-worker", "--port", str(port)], env=env)
    try:
        wait_for(f"{address}/health", seconds=60)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def people() -> dict[str, str]:
    """By role, somebody who stands at the demonstration's door; who has that role alone goes first."""
    told = yaml.safe_load((DEMONSTRATION / "people.yaml").read_text())["people"]
    at_the_door = [(person["name"], person["seats"][0]["roles"]) for person in told if person.get("door")]
    at_the_door.sort(key=lambda one: len(one[1]), reverse=True)
    return {role: name for name, roles in at_the_door for role in roles}


def wait_for(url: str, *, seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture(scope="package")
def chromium(site: str) -> Iterator[Browser]:
    """Closed before other tests follow in this process: while it is open, asyncio cannot be run beside it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser of its own, wide, with scripts."""
    context = chromium.new_context(base_url=site, viewport=WIDE)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def plain_window(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser in which no script runs."""
    context = chromium.new_context(base_url=site, viewport=NARROW, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def window_as(chromium: Browser, site: str) -> Iterator[Callable[[str], Page]]:
    """A wide window for each of the people in a story, entered by name."""
    contexts: list[BrowserContext] = []

    def enter(name: str) -> Page:
        context = chromium.new_context(base_url=site, viewport=WIDE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        enter_as(page, name)
        return page

    yield enter
    for context in contexts:
        context.close()


@contextmanager
def one_arrival(page: Page) -> Iterator[None]:
    """Until the page that answers is there."""
    with page.expect_navigation():
        yield


def press(page: Page, words: str) -> None:
    with one_arrival(page):
        page.get_by_role("button", name=words, exact=True).first.click()


def follow(page: Page, words: str) -> None:
    """The link of these words, in the page itself where it is there."""
    inside = page.locator("main").get_by_role("link", name=words, exact=True)
    link = inside if inside.count() else page.get_by_role("link", name=words, exact=True)
    with one_arrival(page):
        link.first.click()


def enter_as(page: Page, name: str) -> None:
    """Through the demonstration door, as one of its people."""
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Enter as {name}", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def axe_faults(page: Page, *rules: str) -> list[str]:
    """What axe-core reports on the page as it stands: WCAG 2.2 A and AA and its own best practices, or some rules alone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {"resultTypes": ["violations"], **({"runOnly": {"type": "rule", "values": rules}} if rules else {})}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def is_too_wide(page: Page) -> bool:
    """Whether the page itself scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))
