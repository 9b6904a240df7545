"""The outcomes of a contract: what is missing before go-live, measures, months, what holds, what is disputed."""

from datetime import date
from fractions import Fraction

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.contracts.outcomes.common import (
    DisputeOut,
    HoldOut,
    contract_of,
    dispute_out,
    hold_out,
    scene_of,
    text_of,
)
from marketplace.api.shapes import Out
from marketplace.contracts.actions.outcomes.living import go_live
from marketplace.contracts.queries.outcomes.books import Book, open_disputes
from marketplace.contracts.queries.outcomes.finance import kind_of, outlook_of
from marketplace.contracts.queries.outcomes.readiness import missing_for_live
from marketplace.contracts.rules.terms import MeasureTerms
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london

READ, WRITE = Permission.CONTRACT_READ, Permission.CONTRACT_MANAGE


class MissingOut(Out):
    """One thing in the way of going live, and where it is put right."""

    fact: str
    hint: str
    url: str


class MeasureOut(Out):
    """A measure of the terms in force. Numbers are exact, as text. A guard has a limit and no weight."""

    key: str
    label: str
    definition: str
    unit: str
    better: str
    population: str
    source: str
    validator: str
    design: str
    threshold: str
    target: str
    weight: str
    minimum: str | None
    maximum: str | None
    fewest: int
    is_guard: bool
    guard_limit: str | None
    baseline: str | None
    baseline_count: int | None


class MonthOut(Out):
    """A month of the term: as settled, or as it is expected to be. Pence before VAT, for all together."""

    period: str
    stands: str
    base_pence: int
    at_risk_pence: int
    total_pence: int
    url: str


class OutcomesOut(Out):
    """What was promised and what happened."""

    contract_ref: str
    state: str
    first: date
    last: date
    missing: list[MissingOut]
    holds: list[HoldOut]
    measures: list[MeasureOut]
    months: list[MonthOut]
    disputes: list[DisputeOut]
    due_pence: int


@get("/contracts/{ref:str}/outcomes", who=ANYBODY_SIGNED_IN, scope=READ)
def show_outcomes(ask: Asked, ref: str) -> OutcomesOut:
    """Measures, months, disputes, and what is missing or holds."""
    return _outcomes(ask, ref)


@post("/contracts/{ref:str}/going-live", who=ANYBODY_SIGNED_IN, scope=WRITE)
def put_to_work(ask: Asked, ref: str) -> OutcomesOut:
    """Go live; everything that is missing is named where it cannot."""
    go_live(ask.db, ask.services.frameworks, contract_of(ask, ref), by=ask.by, at=ask.at)
    return _outcomes(ask, ref)


def _outcomes(ask: Asked, ref: str) -> OutcomesOut:
    contract, book = scene_of(ask, ref)
    on = day_in_london(ask.at)
    before = contract.state in ("draft", "issued", "signed")
    missing = missing_for_live(ask.db, ask.services.frameworks, contract, on=on) if before else []
    terms = book.given.terms_on(max(book.settled, default=book.periods[0]))
    return OutcomesOut(
        contract_ref=contract.ref, state=contract.state, first=book.first, last=book.last,
        missing=[MissingOut(fact=one.fact, hint=one.hint, url=one.url) for one in missing],
        holds=[hold_out(one) for one in book.holds], measures=[_measure(book, one) for one in terms.measures],
        months=_months(book, on, f"/v1/contracts/{contract.ref}/periods"),
        disputes=[dispute_out(one) for one in open_disputes(ask.db, contract.id)],
        due_pence=sum(posted.net_pence for posted in book.posted.values()),
    )  # fmt: skip


def _measure(book: Book, one: MeasureTerms) -> MeasureOut:
    row = book.measures.get(one.key)
    baseline = Fraction(row.baseline) if row is not None and row.baseline is not None else None
    return MeasureOut(
        key=one.key, label=one.label, definition=one.definition, unit=one.unit, better=one.better,
        population=one.population, source=one.source, validator=one.validator, design=one.design,
        threshold=text_of(one.threshold) or "", target=text_of(one.target) or "", weight=text_of(one.weight) or "",
        minimum=text_of(one.minimum), maximum=text_of(one.maximum), fewest=one.fewest, is_guard=one.is_guard,
        guard_limit=text_of(one.guard_limit), baseline=text_of(baseline),
        baseline_count=row.baseline_n if row is not None else None,
    )  # fmt: skip


def _months(book: Book, on: date, base: str) -> list[MonthOut]:
    return [
        MonthOut(
            period=period, stands=kind_of(book, period, on), base_pence=rated.base_pence,
            at_risk_pence=rated.at_risk_pence, total_pence=rated.total_pence, url=f"{base}/{period}",
        )
        for period, rated in sorted(outlook_of(book, on).items())
    ]  # fmt: skip


CALLS = [show_outcomes, put_to_work]
