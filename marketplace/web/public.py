"""Pages for everybody: home, how it works, the glossary, and the statements that a public service owes."""

from marketplace.catalogue.queries.visible import Tally, newest_products, tally
from marketplace.faces.ask import Ask
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.glossary import terms


@page("/", who=PUBLIC)
def home(ask: Ask) -> Page:
    """One sentence, one search box, the chain with live numbers, what is new."""
    numbers = tally(ask.db)
    values = {"chain": chain_of(numbers), "live": numbers.products, "newest": newest_products(ask.db, most=6)}
    return Page("public/home.html", values, shared=True)


def chain_of(numbers: Tally) -> list[dict[str, object]]:
    """The promise as one line: what is described and by whom, and the links that later releases add."""
    return [
        {"label": "Described once", "number": numbers.products, "text": "products on the catalogue",
         "url": "/products"},
        {"label": "By their suppliers", "number": numbers.suppliers, "text": "suppliers who answer for them",
         "url": "/products?source=supplier"},
        {"label": "Assured once", "number": 0, "text": "certificates in force", "url": "/about#assessors"},
        {"label": "Paid for results", "number": 0, "text": "outcomes accepted", "url": "/about#independence"},
    ]  # fmt: skip


@page("/about", who=PUBLIC)
def about(ask: Ask) -> Page:
    """How it works, for each kind of visitor."""
    return Page("public/about.html", shared=True)


@page("/glossary", who=PUBLIC)
def glossary(ask: Ask) -> Page:
    """The field's words, each in one sentence."""
    return Page("public/glossary.html", {"terms": terms()}, shared=True)


@page("/accessibility", who=PUBLIC)
def accessibility(ask: Ask) -> Page:
    """What was tested, and what is known not to work."""
    return Page("public/accessibility.html", shared=True)


@page("/privacy", who=PUBLIC)
def privacy(ask: Ask) -> Page:
    """Which cookies there are and what is kept of a person."""
    return Page("public/privacy.html", shared=True)


ROUTES = [home, about, glossary, accessibility, privacy]
