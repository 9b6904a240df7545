"""Every kind of page, wide, narrow and at 400 per cent, light and dark: axe reports nothing, nothing scrolls sideways.

No script fails on them, and none is missing. A page that a list leads to is found by following the list.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.browser.conftest import NARROW, SMALLEST, WIDE, axe_faults, enter_as, is_too_wide

pytestmark = pytest.mark.browser

COLOURS = ("color-contrast", "link-in-text-block")
SIZES = ("target-size", "scrollable-region-focusable")
LOOKS = [(WIDE, "light", ()), (WIDE, "dark", COLOURS), (NARROW, "dark", COLOURS), (NARROW, "light", ()), (SMALLEST, "light", SIZES)]
"""Size, scheme, and the rules of axe that it can change; none names them all. No style begins between 320 and 390 pixels:
what is shown there, and in which colour, is the same."""
MISSING = "/nowhere"
PUBLIC = ["/", "/products", "/products?q=discharge+letters", "/products?q=zzzz+qqqq&autonomy=acts", "/products?more=filters",
          "/about", "/glossary", "/accessibility", "/privacy", "/open-data", "/desk", "/desk/dates", "/desk/price",
          "/desk/check", "/desk/settle", "/desk/simulate", "/frameworks", "/frameworks/dtac", "/verify", "/register",
          "/sign-in", "/sign-up", "/reset", MISSING]  # fmt: skip
ACCOUNT = ["", "/name", "/password", "/address", "/sessions", "/tokens", "/notices"]
TABS = ["", "/details", "/assurance", "/evidence", "/price", "/price?users=400&uses=90000&sites=2", "/documents", "/changes",
        "/editions/1"]  # fmt: skip
OF_A_PURCHASE = ["", "/parties", "/approvals", "/readiness", "/notes", "/history", "/protocol", "/join", "/call-off"]
OF_A_CONTRACT = ["", "/text", "/changes", "/parties", "/signatures", "/obligations", "/outcomes", "/measurements", "/simulation",
                 "/harms", "/decision", "/finance", "/money", "/register"]  # fmt: skip
OF_A_PROJECT = ["", "/description", "/requirements", "/searches", "/decision", "/people", "/comments", "/trail"]
OF_A_LISTING = ["", "/description", "/facts", "/prices", "/documents", "/documents/requests", "/preview", "/withdrawal",
                "/assurance", "/studies", "/studies/new"]  # fmt: skip
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
    certificate = certificate_of(page, products)
    entries = links(page, "/register", "/register/CON-")[:2]
    studies = [one for product in products[:6] for one in links(page, f"{product}/evidence", "/studies/")][:2]
    return [*PUBLIC, *(products[0] + tab for tab in TABS), f"/compare?{compared}", *unclaimed, certificate,
            f"/verify?reference={certificate.rsplit('/', 1)[-1]}", *entries, *studies]  # fmt: skip


def certificate_of(page: Page, products: list[str]) -> str:
    """The address of a certificate, of whichever product has one."""
    found = (links(page, f"{one}/assurance", "/certificates/CER-") for one in products)
    return next(certificates[0] for certificates in found if certificates)


def buyer_pages(page: Page) -> list[str]:
    projects = links(page, "/projects", "/projects/PRJ-")
    project = next(one for one in projects if len(links(page, one, f"{one}/candidates/")) > 1)
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


def together_pages(page: Page) -> list[str]:
    """What a buyer sees of buying together, and whether to rely on what was assured."""
    purchase = links(page, "/procurements", "/procurements/PRC-")[0]
    parts = [purchase + part for part in OF_A_PURCHASE]
    approvals = links(page, f"{purchase}/approvals", f"{purchase}/approvals/")[:1]
    items = links(page, f"{purchase}/readiness", f"{purchase}/readiness/")[:1]
    product = links(page, "/products?q=moorlark+notes", "/products/PRD-")[0]
    certificate = links(page, f"{product}/assurance", "/certificates/CER-")[0]
    start = f"/procurements/new?product={product.rsplit('/', 1)[-1]}"
    return ["/my-desk", "/procurements", "/procurements/new", start, *parts, *approvals, *items,
            f"{certificate.removesuffix('/reuse')}/reuse"]  # fmt: skip


def contract_pages(page: Page) -> list[str]:
    contract = next(one for one in links(page, "/contracts", "/contracts/CON-"))
    months = links(page, f"{contract}/outcomes", f"{contract}/periods/")
    parts = [contract + part for part in OF_A_CONTRACT]
    return ["/my-desk", "/contracts", "/contracts/new", *parts, *months[:1], *months[8:10]]


def finance_pages(page: Page) -> list[str]:
    invoices = links(page, "/invoices", "/invoices/")
    contract = links(page, "/contracts", "/contracts/CON-")[0]
    return ["/my-desk", "/invoices", *invoices[:2], "/statements", "/billing", f"{contract}/money", f"{contract}/finance",
            "/dev/payments"]  # fmt: skip


def assessor_pages(page: Page) -> list[str]:
    """Cases at every seat, and a criterion of one whose papers are open."""
    cases = links(page, "/cases", "/cases/CAS-")
    criteria = next(found for one in cases if (found := links(page, one, f"{one}?at=")))
    visits = [one for one in links(page, "/my-desk", "/cases/") if one.endswith("/surveillance")]
    return ["/my-desk", "/cases", "/cases?show=ended", *visits, *cases, *criteria[:1], *criteria[10:12],
            "/frameworks/dtac"]  # fmt: skip


def supplier_pages(page: Page) -> list[str]:
    listings = links(page, "/listings", "/listings/PRD-")
    written = next((one for one in listings if links(page, one, f"{one}/description")), listings[0])
    sections = links(page, f"{written}/description", f"{written}/description?section=")
    answers = links(page, f"{written}/assurance", f"{written}/assurance/answers?section=")
    answers = [one for one in answers if "#" not in one][:3]
    invoices = links(page, "/invoices", "/invoices/")[:1]
    return ["/my-desk", *answers, "/invoices", *invoices, "/bank-transfers", "/listings", "/listings/new", "/imports", "/notices", listings[0],
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
    "manager": manager_pages, "together": together_pages, "contract-manager": contract_pages,
    "finance-officer": finance_pages, "assessor": assessor_pages,
}  # fmt: skip


@pytest.mark.parametrize("role", KINDS)
def test_every_kind_of_page_is_clean(window: BrowserContext, people: dict[str, str], role: str) -> None:
    page = window.new_page()
    if role != "nobody":
        enter_as(page, people["buyer" if role == "together" else role])
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
