"""The shortlist: adding products, deciding on each with a reason, and what was decided before."""

from marketplace.catalogue.models import Product
from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound, Refusal
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.models import Project
from marketplace.procurement.queries.declared import exclusion_reasons
from marketplace.procurement.queries.searches import find_step
from marketplace.procurement.queries.shortlist import Card, find_candidate, shortlist
from marketplace.procurement.rules.shortlist import ADDED, EXCLUDED, INCLUDED
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept
from marketplace.web.procurement.common import (
    back_to,
    frame_of,
    listed_in_words,
    look_of,
    options_of,
    product_of,
    products_of,
    project_of,
    told_of,
    typed,
    whole_number,
)
from marketplace.web.procurement.projects import show_project
from marketplace.web.procurement.showing import shown_card, shown_cost, shown_fit, shown_history


@post("/projects/{ref:str}/candidates", who=ANYBODY_SIGNED_IN, again=show_project)
def add(ask: Ask, ref: str) -> Goto:
    """Put products on the list, from a product's page, from results or from the workbench."""
    project = project_of(ask, ref)
    products = products_of(ask)
    number = whole_number(ask.form.one("step"), "step")
    step = find_step(ask.db, project, number) if number is not None else None
    there = add_candidates(ask.db, project, products, step=step, by=ask.by, at=ask.at)
    return Goto(back_to(ask.form, f"/projects/{ref}"), told=listed_in_words(project, products, there))


@page("/projects/{ref:str}/candidates/{product:str}", who=ANYBODY_SIGNED_IN)
def show_candidate(ask: Ask, ref: str, product: str, refusal: Refusal | None = None) -> Page:
    """One product in the project: decide, with the requirements, the cost and every decision before."""
    project, found = project_of(ask, ref), product_of(ask, product)
    look = look_of(ask, project, found)
    if look is None:
        raise NotFound(f"{found.name} is not on the catalogue", "Look at the list of the project.")
    candidate = find_candidate(ask.db, project, found.id)
    card, reasons = card_of(ask, project, found), exclusion_reasons(ask.services.frameworks)
    turns, place = candidate.turns if candidate else 0, f"/projects/{project.ref}/candidates/{found.ref}"
    ask, kept = with_kept(ask, place, f"Decision on {look.name} in {project.name}", version=turns)
    values = {
        "frame": frame_of(ask, project, ""),
        "kept": kept,
        "name": look.name,
        "product_ref": found.ref,
        "supplier": found.supplier_name,
        "summary": str(look.version.answers.get("summary", "")) if look.version else "",
        "card": shown_card(card, reasons) if card else None,
        "cost": shown_cost(look.costing),
        "fits": [shown_fit(fit) for fit in card.fits] if card else [],
        "history": shown_history(candidate, reasons) if candidate else [],
        "turns": turns,
        "reasons": options_of(reasons),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/candidate.html", values)


@post("/projects/{ref:str}/candidates/{product:str}/inclusion", who=ANYBODY_SIGNED_IN, again=show_candidate)
def include(ask: Ask, ref: str, product: str) -> Goto:
    """Include it on the shortlist, saying why."""
    return Goto(f"/projects/{ref}", told=decide(ask, ref, product, INCLUDED, "is included, with your reason"))


@post("/projects/{ref:str}/candidates/{product:str}/exclusion", who=ANYBODY_SIGNED_IN, again=show_candidate)
def exclude(ask: Ask, ref: str, product: str) -> Goto:
    """Leave it off the shortlist, for a reason."""
    return Goto(f"/projects/{ref}", told=decide(ask, ref, product, EXCLUDED, "is excluded, with your reason"))


@post("/projects/{ref:str}/candidates/{product:str}/reconsideration", who=ANYBODY_SIGNED_IN, again=show_candidate)
def reconsider(ask: Ask, ref: str, product: str) -> Goto:
    """Put it back among those to decide upon."""
    return Goto(f"/projects/{ref}", told=decide(ask, ref, product, ADDED, "is to be decided upon again"))


def decide(ask: Ask, ref: str, product_ref: str, verdict: str, said: str) -> str:
    """One decision, unless somebody else decided meanwhile. What there is to tell: less where it stood."""
    project, product = project_of(ask, ref), product_of(ask, product_ref)
    decision = decide_on(
        ask.db, project, product, verdict=verdict, codes=exclusion_reasons(ask.services.frameworks),
        reason=Reason(ask.form.one("reason_code"), ask.form.one("reason")),
        expected=whole_number(ask.form.one("turns"), "turns"), by=ask.by, at=ask.at,
    )  # fmt: skip
    if decision is None:
        return f"You decided this on {product.name} before, for the same reason. Nothing was added."
    return f"{product.name} {said}."


def card_of(ask: Ask, project: Project, product: Product) -> Card | None:
    """The candidate on the board, if the product is on it."""
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    cards = (*board.undecided, *board.included, *board.excluded)
    return next((card for card in cards if card.look.product.id == product.id), None)


ROUTES = [add, show_candidate, include, exclude, reconsider]
