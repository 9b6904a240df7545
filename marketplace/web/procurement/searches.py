"""Searches made in a project: kept as steps, opened again, locked, and what a locked one found."""

from typing import Any
from urllib.parse import urlencode

from marketplace.faces.ask import Ask
from marketplace.identity.models import Person
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Refusal
from marketplace.kit.values import replace
from marketplace.ports.search.port import SearchUnavailable
from marketplace.procurement.actions.searches import MOST_LOCKED, keep_step, lock_step, tidy
from marketplace.procurement.actions.shortlist import Reason, add_candidates, exclude_all
from marketplace.procurement.models import Candidate, LockedResult, Project, SavedSearch, Step
from marketplace.procurement.queries.declared import exclusion_reasons, facet_words
from marketplace.procurement.queries.searches import find_step, query_of, refs_found, steps_of
from marketplace.procurement.queries.shortlist import candidates_of
from marketplace.procurement.rules.shortlist import VERDICTS
from marketplace.procurement.rules.standing import STATES, Standing
from marketplace.procurement.rules.trail import Labels, filters_in_words
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import (
    frame_of,
    listed_in_words,
    options_of,
    products_of,
    project_of,
    told_of,
    typed,
    whole_number,
)
from marketplace.web.search.asking import SORT_LABELS, facets_of, read_asking
from marketplace.web.search.results import find


@page("/projects/{ref:str}/searches", who=ANYBODY_SIGNED_IN)
def show_searches(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Every search of the project, newest first."""
    project = project_of(ask, ref)
    labels = Labels(facets=facet_words(ask.services.frameworks))
    values = {
        "frame": frame_of(ask, project, "searches"),
        "steps": [shown_step(step, project, labels) for step in steps_of(ask.db, project)],
        **told_of(refusal),
    }
    return Page("procurement/searches.html", values)


@post("/projects/{ref:str}/searches", who=ANYBODY_SIGNED_IN, again=show_searches)
def search(ask: Ask, ref: str) -> Goto:
    """Search within the project: the search is kept, then its results are shown, for the words that are kept."""
    project = project_of(ask, ref)
    facets = facets_of(ask.services.frameworks)
    asking = read_asking(ask.form, facets).at_volumes(project.volumes)
    asking = replace(asking, words=tidy(asking.words))
    query = asking.query(ask.db, (), today=day_in_london(ask.at))
    step = keep_step(ask.db, project, query, find(ask, query), by=ask.by, at=ask.at)
    return Goto(results_url(asking.url(), project), told=f"Kept as search {step.number} of {project.name}.")


@page("/projects/{ref:str}/searches/{number:int}", who=ANYBODY_SIGNED_IN)
def show_step(ask: Ask, ref: str, number: int, refusal: Refusal | None = None) -> Page:
    """A search: what was asked, and once it is locked, what it found then and what was decided of each."""
    project = project_of(ask, ref)
    step = find_step(ask.db, project, number)
    locked_by = ask.db.get(Person, step.locked_by_id) if step.locked_by_id else None
    values = {
        "frame": frame_of(ask, project, "searches"),
        "step": shown_step(step, project, Labels(facets=facet_words(ask.services.frameworks))),
        "locked_by": locked_by.name if locked_by else "",
        "results": shown_results(ask, project, step),
        "reasons": options_of(exclusion_reasons(ask.services.frameworks)),
        "most": MOST_LOCKED,
        "typed": typed(ask.form),
        "ticked": ask.form.all("product"),
        **told_of(refusal),
    }
    return Page("procurement/search.html", values)


@post("/projects/{ref:str}/searches/{number:int}/lock", who=ANYBODY_SIGNED_IN, again=show_step)
def lock(ask: Ask, ref: str, number: int) -> Goto:
    """Write down what the search finds now, for ever."""
    project = project_of(ask, ref)
    step = find_step(ask.db, project, number)
    if step.state == "locked":
        return Goto(f"/projects/{ref}/searches/{number}", told="The search was locked before, and stays as it was.")
    try:
        query = query_of(ask.db, step, on=day_in_london(ask.at))
        refs, total = refs_found(ask.services.search, query, most=MOST_LOCKED)
    except SearchUnavailable as failed:
        raise Conflict("the search cannot answer now", "Lock it when the index is back, in a few minutes.") from failed
    lock_step(ask.db, project, step, refs, total=total, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/searches/{number}", told="The search is locked: its results are written down.")


@post("/projects/{ref:str}/searches/{number:int}/candidates", who=ANYBODY_SIGNED_IN, again=show_step)
def add_found(ask: Ask, ref: str, number: int) -> Goto:
    """Put what was ticked among the results of a locked search on the list."""
    project, products = project_of(ask, ref), products_of(ask)
    step = find_step(ask.db, project, number)
    there = add_candidates(ask.db, project, products, step=step, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/searches/{number}", told=listed_in_words(project, products, there))


@post("/projects/{ref:str}/searches/{number:int}/exclusions", who=ANYBODY_SIGNED_IN, again=show_step)
def exclude_found(ask: Ask, ref: str, number: int) -> Goto:
    """Leave what was ticked off the shortlist, each for the same reason."""
    project, products = project_of(ask, ref), products_of(ask)
    find_step(ask.db, project, number)
    reason = Reason(ask.form.one("reason_code"), ask.form.one("reason"))
    codes = exclusion_reasons(ask.services.frameworks)
    turns = {product.id: whole_number(ask.form.one(f"turns-{product.ref}"), "product") for product in products}
    seen = {key: turn for key, turn in turns.items() if turn is not None}
    count = exclude_all(ask.db, project, products, reason=reason, codes=codes, expected=seen, by=ask.by, at=ask.at)
    told = f"{count} product{'s' if count != 1 else ''} excluded, each with your reason."
    if before := len(products) - count:
        told = f"{told if count else 'Nothing was added.'} You excluded {before} before, for the same reason."
    return Goto(f"/projects/{ref}/searches/{number}", told=told)


def shown_step(step: Step, project: Project, labels: Labels) -> dict[str, Any]:
    """A search in words, with the address of its results today."""
    return {
        "number": step.number,
        "words": step.words,
        "filters": filters_in_words(step.chosen, labels),
        "sort": SORT_LABELS.get(step.sort, step.sort),
        "found": step.found,
        "notice": step.notice,
        "by": step.by.name if step.by else "",
        "at": step.at,
        "is_locked": step.state == "locked",
        "locked_at": step.locked_at,
        "url": results_url(search_url(step), project),
    }


def shown_results(ask: Ask, project: Project, step: Step) -> list[dict[str, Any]]:
    """The results of a locked search as they stood, with the decision on each today."""
    decided = {candidate.product_id: candidate for candidate in candidates_of(ask.db, project)}
    return [shown_result(result, decided.get(result.product_id)) for result in step.results]


def shown_result(result: LockedResult, candidate: Candidate | None) -> dict[str, Any]:
    standing, verdict = Standing.read(result.standing), candidate.decisions[-1].verdict if candidate else ""
    return {
        "ref": result.ref,
        "name": result.name,
        "supplier": result.supplier,
        "number": standing.number,
        "edition": standing.edition,
        "state": STATES.get(standing.state, standing.state),
        "yearly_pence": standing.yearly_pence,
        "price_count": len(standing.prices),
        "verdict": VERDICTS[verdict] if verdict else "",
        "turns": candidate.turns if candidate else 0,
    }


def search_url(kept: Step | SavedSearch) -> str:
    """The address that makes the same search again."""
    pairs = [("q", kept.words)] if kept.words else []
    pairs += [(facet, value) for facet, values in kept.chosen.items() for value in values]
    if isinstance(kept, Step) and kept.sort != "relevance":
        pairs.append(("sort", kept.sort))
    if kept.with_stale:
        pairs.append(("stale", "shown"))
    return f"/products?{urlencode(pairs)}" if pairs else "/products"


def results_url(url: str, project: Project) -> str:
    """The results, with the project and its volumes, so that prices are for them."""
    pairs = [(name, str(number)) for name, number in project.volumes.items() if f"{name}=" not in url]
    pairs += [] if "project=" in url else [("project", project.ref)]
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


ROUTES = [show_searches, search, show_step, lock, add_found, exclude_found]
