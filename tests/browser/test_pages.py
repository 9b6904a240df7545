"""Every kind of page, wide, narrow and at 400 per cent, light and dark: axe reports nothing, nothing scrolls sideways.

No script fails on them, and none is missing. A page that a list leads to is found by following the list.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.browser.conftest import NARROW, SMALLEST, WIDE, axe_faults, enter_as, is_too_wide

COLOURS = ("color-contrast", "link-in-text-block")
LOOKS = [(WIDE, "light", ()), (WIDE, "dark", COLOURS), (NARROW, "dark", COLOURS), (NARROW, "light", ()), (SMALLEST, "light", ())]
"""Size, scheme, and the rules of axe that it can change; none names them all."""
MISSING = "/nowhere"
PUBLIC = ["/", "/products", "/products?q=discharge+letters", "/products?q=zzzz+qqqq&autonomy=acts", "/products?more=filters",
          "/about", "/glossary", "/accessibility", "/privacy", "/open-data", "/desk", "/desk/dates", "/desk/price",
          "/desk/check", "/frameworks", "/frameworks/dtac",
          "/sign-in", "/sign-up", "/reset", MISSING]  # fmt: skip
ACCOUNT = ["", "/name", "/password", "/address", "/sessions", "/tokens", "/notices"]
TABS = ["", "/details", "/price", "/price?users=400&uses=90000&sites=2", "/documents", "/changes", "/editions/1"]
OF_A_PROJECT = ["", "/description", "/requirements", "/searches", "/decision", "/people", "/comments", "/trail"]
OF_A_LISTING = ["", "/description", "/facts", "/prices", "/documents", "/preview", "/withdrawal"]
OF_AN_ORGANISATION = ["", "/members", "/invitations", "/deputies", "/tokens", "/details"]


def links(page: Page, at: str, beginning: str) -> list[str]:
    """Where the links of a page lead that begin so, each once."""
    page.goto(at)
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href').split('#')[0])")
    return [one for one in dict.fromkeys(found) if one.startswith(beginning)]


def public_pages(page: Page) -> list[str]:
    products = list(links(page, "/products", "/products/PRD-"))
    compared = "&".join(f"p={one.rsplit('/', 1)[-1]}" for one in products[:5])
    unclaimed = links(page, "/products?q=unclaimed&sort=newest", "/products/PRD-")[:1]
    return [*PUBLIC, *(products[0] + tab for tab in TABS), f"/compare?{compared}", *unclaimed]


def buyer_pages(page: Page) -> list[str]:
    project = links(page, "/projects", "/projects/PRJ-")[0]
    parts = [project + part for part in OF_A_PROJECT]
    parts += links(page, project, f"{project}/candidates/")[:2]
    parts += links(page, f"{project}/searches", f"{project}/searches/")[:3]
    parts += links(page, f"{project}/requirements", f"{project}/requirements/")[:1]
    here = f"project={project.rsplit('/', 1)[-1]}"
    product = links(page, "/products", "/products/PRD-")[0]
    compared = "&".join(f"p={one.rsplit('/', 1)[-1]}" for one in links(page, project, f"{project}/candidates/")[:3])
    return ["/my-desk", "/projects", "/projects/new", *parts, f"/products?q=scribe&{here}", f"/compare?{compared}&{here}",
            product, "/saved-searches", "/notices", "/organisations", "/organisations/new", "/organisations/new/supplier",
            "/dev/mail", *("/account" + part for part in ACCOUNT)]  # fmt: skip


def supplier_pages(page: Page) -> list[str]:
    listings = links(page, "/listings", "/listings/PRD-")
    written = next(one for one in listings if links(page, one, f"{one}/description"))
    sections = links(page, f"{written}/description", f"{written}/description?section=")
    return ["/my-desk", "/listings", "/listings/new", "/imports", "/notices", listings[0],
            *(written + part for part in OF_A_LISTING), *sections]  # fmt: skip


def operator_pages(page: Page) -> list[str]:
    waiting = links(page, "/moderation", "/moderation/PRD-")
    listing = links(page, "/products", "/products/PRD-")[0].replace("/products/", "/listings/")
    return ["/my-desk", "/moderation", *waiting[:3], "/operations", "/imports", "/audit", "/organisations/requests",
            f"{listing}/suspension"]  # fmt: skip


def manager_pages(page: Page) -> list[str]:
    organisation = "/".join(links(page, "/organisations", "/organisations/ORG-")[0].split("/")[:3])
    member = links(page, f"{organisation}/members", f"{organisation}/members/")[:1]
    return ["/my-desk", "/organisations", *(organisation + part for part in OF_AN_ORGANISATION), *member, "/audit"]


KINDS: dict[str, Callable[[Page], list[str]]] = {
    "nobody": public_pages, "buyer": buyer_pages, "supplier-manager": supplier_pages, "operator": operator_pages,
    "manager": manager_pages,
}  # fmt: skip


@pytest.mark.parametrize("role", KINDS)
def test_every_kind_of_page_is_clean(window: BrowserContext, people: dict[str, str], role: str) -> None:
    page = window.new_page()
    if role != "nobody":
        enter_as(page, people[role])
    addresses = list(dict.fromkeys(KINDS[role](page)))
    wrong = watched(page)

    faults = [fault for address in addresses for fault in look_at(page, address)]

    assert len(addresses) > 8
    assert faults + wrong == []


def watched(page: Page) -> list[str]:
    """What goes wrong in the console of the page from now on."""
    wrong: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith(MISSING):
            wrong.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    return wrong


def look_at(page: Page, address: str) -> list[str]:
    """What is wrong with a page in any of its looks."""
    answer = page.goto(address)
    assert answer is not None
    faults = [] if answer.status == (404 if address == MISSING else 200) else [f"the answer is {answer.status}"]
    for size, scheme, rules in LOOKS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)
        look = f"{size['width']} {scheme}"
        faults += [f"{look}: {fault}" for fault in axe_faults(page, *rules)]
        if is_too_wide(page):
            faults.append(f"{look}: the page scrolls sideways")
    return [f"{address}: {fault}" for fault in faults]
