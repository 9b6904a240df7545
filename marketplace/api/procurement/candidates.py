"""The shortlist: products put on the list, and each decision with its reason."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.procurement.common import StandingOut, products_of, project_of, standing_out
from marketplace.api.shapes import AmountOut, In, Line, Out, Ref, Text, amount
from marketplace.catalogue.queries.products import product_for
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on, exclude_all
from marketplace.procurement.models import Decision, Project
from marketplace.procurement.queries.declared import exclusion_reasons
from marketplace.procurement.queries.searches import find_step
from marketplace.procurement.queries.shortlist import Card, Fit, find_candidate, shortlist
from marketplace.procurement.rules.costs import Costing
from marketplace.procurement.rules.direct_award import warning
from marketplace.procurement.rules.shortlist import ADDED, EXCLUDED, INCLUDED
from marketplace.procurement.rules.standing import Standing

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE
Refs = Annotated[list[Ref], Field(min_length=1, max_length=200)]


class CandidatesIn(In):
    """Products to be decided upon; `step` is the search of the project that they came from."""

    products: Refs
    step: Annotated[int, Field(ge=1)] | None = None


class DecisionIn(In):
    """Why; `turns` is how many decisions on it you had seen, so that two people do not talk past each other."""

    reason: Text = ""
    reason_code: Line = ""
    turns: Annotated[int, Field(ge=0)] | None = None


class ExclusionsIn(In):
    """Several products left out for one reason; `turns` is how many decisions on each you had seen, by reference."""

    products: Refs
    reason: Text = ""
    reason_code: Line = ""
    turns: Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(max_length=200)] = Field(default_factory=dict)


class CostingOut(Out):
    """What a product costs in the project; None where `missing` says what is not known."""

    year: AmountOut | None
    term: AmountOut | None
    years: int
    missing: str


class FitOut(Out):
    """How a product meets a requirement: by its answers, or as a person judged the edition on show."""

    requirement: UUID
    wording: str
    weight: str
    fit: str
    judged: bool
    outdated: bool
    note: str
    answer: str


class DecidedOut(Out):
    """A decision, with how the product stood then."""

    turn: int
    verdict: str
    reason_code: str
    reason: str
    by: str
    at: datetime
    stood: StandingOut


class CandidateOut(Out):
    """A product on the list: the decision that counts, how it stands now, and what changed since in words."""

    ref: str
    name: str
    supplier: str
    verdict: str
    turns: int
    decision: DecidedOut
    stands: StandingOut
    changes: list[str]
    cost: CostingOut
    fits: list[FitOut]
    meets_musts: bool
    url: str


class CandidateHistoryOut(CandidateOut):
    """A product on the list, with every decision on it, the first one first."""

    decisions: list[DecidedOut]


class BoardOut(Out):
    """Every candidate on one of three lists. `direct_award`: none, would-be, or is, where one product is left."""

    undecided: list[CandidateOut]
    included: list[CandidateOut]
    excluded: list[CandidateOut]
    direct_award: str


@get("/projects/{ref:str}/candidates", who=ANYBODY_SIGNED_IN, scope=READ)
def list_candidates(ask: Asked, ref: str) -> BoardOut:
    """The shortlist: what is to decide upon, included and excluded."""
    return board_of(ask, project_of(ask, ref))


@post("/projects/{ref:str}/candidates", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def add(ask: Asked, ref: str, body: CandidatesIn) -> BoardOut:
    """Put products on the list, to be decided upon; those that are there already stay as they are."""
    project = project_of(ask, ref)
    products = products_of(ask, body.products)
    step = find_step(ask.db, project, body.step) if body.step is not None else None
    add_candidates(ask.db, project, products, step=step, by=ask.by, at=ask.at)
    return board_of(ask, project)


@get("/projects/{ref:str}/candidates/{product:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_candidate(ask: Asked, ref: str, product: str) -> CandidateHistoryOut:
    """One product on the list, with every decision on it."""
    return candidate_of(ask, project_of(ask, ref), product)


@post("/projects/{ref:str}/candidates/{product:str}/inclusion", who=ANYBODY_SIGNED_IN, scope=WRITE)
def include(ask: Asked, ref: str, product: str, body: DecisionIn) -> CandidateHistoryOut:
    """Include it on the shortlist, saying why."""
    return _decide(ask, ref, product, INCLUDED, body)


@post("/projects/{ref:str}/candidates/{product:str}/exclusion", who=ANYBODY_SIGNED_IN, scope=WRITE)
def exclude(ask: Asked, ref: str, product: str, body: DecisionIn) -> CandidateHistoryOut:
    """Leave it off the shortlist, for one of the reasons offered or in words."""
    return _decide(ask, ref, product, EXCLUDED, body)


@post("/projects/{ref:str}/candidates/{product:str}/reconsideration", who=ANYBODY_SIGNED_IN, scope=WRITE)
def reconsider(ask: Asked, ref: str, product: str, body: DecisionIn) -> CandidateHistoryOut:
    """Put it back among those to decide upon."""
    return _decide(ask, ref, product, ADDED, body)


@post("/projects/{ref:str}/exclusions", who=ANYBODY_SIGNED_IN, scope=WRITE)
def exclude_several(ask: Asked, ref: str, body: ExclusionsIn) -> BoardOut:
    """Leave several products off the shortlist for one reason."""
    project, products = project_of(ask, ref), products_of(ask, body.products)
    seen = {product.id: body.turns[product.ref] for product in products if product.ref in body.turns}
    exclude_all(
        ask.db, project, products, reason=Reason(body.reason_code, body.reason), expected=seen,
        codes=exclusion_reasons(ask.services.frameworks), by=ask.by, at=ask.at,
    )  # fmt: skip
    return board_of(ask, project)


def _decide(ask: Asked, ref: str, product_ref: str, verdict: str, body: DecisionIn) -> CandidateHistoryOut:
    project, product = project_of(ask, ref), product_for(ask.db, product_ref, by=ask.actor)
    decide_on(
        ask.db, project, product, verdict=verdict, codes=exclusion_reasons(ask.services.frameworks),
        reason=Reason(body.reason_code, body.reason), expected=body.turns, by=ask.by, at=ask.at,
    )  # fmt: skip
    return candidate_of(ask, project, product.ref)


def board_of(ask: Asked, project: Project) -> BoardOut:
    ask.db.flush()
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    return BoardOut(
        undecided=[_card(project, card) for card in board.undecided],
        included=[_card(project, card) for card in board.included],
        excluded=[_card(project, card) for card in board.excluded],
        direct_award=warning(included=len(board.included), undecided=len(board.undecided)),
    )


def candidate_of(ask: Asked, project: Project, product_ref: str) -> CandidateHistoryOut:
    """Raises NotFound for a product that is not on the list."""
    product = product_for(ask.db, product_ref, by=ask.actor)
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    cards = (*board.undecided, *board.included, *board.excluded)
    card = next((card for card in cards if card.look.product.id == product.id), None)
    candidate = find_candidate(ask.db, project, product.id)
    if card is None or candidate is None:
        raise NotFound(f"{product.name} is not on the list of this project", "Put it on the list first.")
    history = [_decided(decision) for decision in candidate.decisions]
    return CandidateHistoryOut(**_card(project, card).model_dump(), decisions=history)


def _card(project: Project, card: Card) -> CandidateOut:
    look = card.look
    return CandidateOut(
        ref=look.product.ref, name=look.name, supplier=look.product.supplier_name, verdict=card.verdict,
        turns=card.candidate.turns, decision=_decided(card.decision), stands=standing_out(look.standing),
        changes=[str(change) for change in card.changes], cost=costing_out(look.costing),
        fits=[_fit(fit) for fit in card.fits], meets_musts=card.meets_musts,
        url=f"/v1/projects/{project.ref}/candidates/{look.product.ref}",
    )  # fmt: skip


def _decided(decision: Decision) -> DecidedOut:
    return DecidedOut(
        turn=decision.turn, verdict=decision.verdict, reason_code=decision.reason_code, reason=decision.reason,
        by=decision.by.name if decision.by else "", at=decision.at,
        stood=standing_out(Standing.read(decision.standing)),
    )  # fmt: skip


def costing_out(costing: Costing) -> CostingOut:
    return CostingOut(
        year=amount(costing.year) if costing.year else None, term=amount(costing.term) if costing.term else None,
        years=costing.years, missing=costing.missing,
    )  # fmt: skip


def _fit(fit: Fit) -> FitOut:
    return FitOut(
        requirement=fit.requirement.id, wording=fit.requirement.wording, weight=fit.requirement.weight,
        fit=fit.verdict.fit, judged=fit.verdict.judged, outdated=fit.verdict.outdated,
        note=fit.judgement.note if fit.judgement else "", answer=fit.answer,
    )  # fmt: skip


CALLS = [list_candidates, add, show_candidate, include, exclude, reconsider, exclude_several]
