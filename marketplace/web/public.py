"""Pages for everybody: home, how it works, the glossary, and the statements that a public service owes."""

from marketplace.assurance.queries.tally import assured_today
from marketplace.catalogue.queries.visible import count_visible, newest_products, tally
from marketplace.contracts.models import Contract
from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.kit.money import Money
from marketplace.payments.queries.tally import paid_altogether
from marketplace.transparency.queries import registered
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.glossary import terms

BOUGHT = 3


@page("/", who=PUBLIC)
def home(ask: Ask) -> Page:
    """One sentence, one search box, the chain with live numbers, what others bought, what is new."""
    bought = registered(ask.db, limit=BOUGHT)
    values = {
        "chain": chain_of(ask, bought.total), "live": count_visible(ask.db),
        "bought": [row_of(one) for one in bought.items], "newest": newest_products(ask.db, most=6),
    }  # fmt: skip
    return Page("public/home.html", values, shared=True)


def chain_of(ask: Ask, bought: int) -> list[dict[str, object]]:
    """The promise as one line, each link with what it comes to today."""
    on = day_in_london(ask.at)
    return [
        {"label": "Described once", "number": tally(ask.db).products, "text": "products on the catalogue",
         "url": "/products"},
        {"label": "Assured once", "number": assured_today(ask.db, ask.services.frameworks, on=on),
         "text": "products with a certificate that holds today", "url": "/products?conformity=met"},
        {"label": "Bought together", "number": bought, "text": "contracts signed by several organisations",
         "url": "/register"},
        {"label": "Paid for results", "number": short_pounds(paid_altogether(ask.db)),
         "text": "paid, each penny recomputable", "url": "/register"},
    ]  # fmt: skip


def row_of(contract: Contract) -> dict[str, object]:
    """A signed contract as home tells of it."""
    return {
        "ref": contract.ref, "name": contract.name, "lead": contract.organisation.name,
        "product": contract.product.name, "signed_at": contract.signed_at,
    }  # fmt: skip


def short_pounds(money: Money) -> str:
    """Whole pounds: £214,560."""
    return f"£{money.pence // 100:,}"


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
