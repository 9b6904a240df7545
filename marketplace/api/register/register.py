"""The public register: what was promised, what happened, what was paid. Of nobody's person."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from marketplace.api.calls import PUBLIC, Asked, Document, get
from marketplace.api.shapes import Listed, Out, Paged, page_of
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.terms import plain
from marketplace.faces.invoices import as_yaml
from marketplace.kit.calendar import day_in_london
from marketplace.payments.queries.invoices import money_by_month, paid_by_contract
from marketplace.transparency.queries import (
    Month,
    Promised,
    Register,
    find_public,
    hidden_of,
    recompute_basis,
    register_of,
    registered,
)


class EntryOut(Out):
    """A signed contract. Amounts are None where they are left out."""

    ref: str
    name: str
    state: str
    lead: str
    supplier: str
    product: str
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    decision: str
    invoiced_net_pence: int | None
    paid_gross_pence: int | None


class BuyerOut(Out):
    name: str
    ref: str
    weight: int


class MeasureOut(Out):
    """A measure as it was promised. Numbers are exact, as text."""

    key: str
    label: str
    unit: str
    better: str
    baseline: str
    baseline_n: int | None
    threshold: str
    target: str
    weight: str
    guard_limit: str
    design: str


class MonthOut(Out):
    """What happened in a month; money before VAT, but for what was paid. None where it is left out or not settled."""

    period: str
    values: dict[str, str]
    counts: dict[str, int]
    fee_pence: int | None
    earned_pence: int | None
    invoiced_net_pence: int | None
    paid_gross_pence: int | None


class LeftOutOut(Out):
    """A part that is left out, on which ground, why and until when."""

    part: str
    ground: str
    reason: str
    until: date


class RegisterOut(EntryOut):
    buyers: list[BuyerOut]
    question: dict[str, str]
    measures: list[MeasureOut]
    months: list[MonthOut]
    reasons: str
    left_out: list[LeftOutOut]


@get("/register", who=PUBLIC, is_shared=True)
def list_register(ask: Asked, query: Paged) -> Listed[EntryOut]:
    """Every contract that was signed, newest first."""
    found = registered(ask.db, after=query.after or None, limit=query.limit)
    ids = [one.id for one in found.items]
    money, hidden = paid_by_contract(ask.db, ids), hidden_of(ask.db, ids, on=day_in_london(ask.at))
    nothing: tuple[None, None] = (None, None)
    return page_of(
        found,
        (EntryOut(**_entry(one, *(nothing if "amounts" in hidden[one.id] else money[one.id]))) for one in found.items),
    )


@get("/register/{ref:str}", who=PUBLIC, is_shared=True)
def show_entry(ask: Asked, ref: str) -> RegisterOut:
    """One contract: parties, question, measures, months, the decision, and what is left out."""
    contract = find_public(ask.db, ref)
    entry = register_of(ask.db, contract, on=day_in_london(ask.at))
    shows = entry.shows("amounts")
    by_month = money_by_month(ask.db, contract.id) if shows else {}
    total = paid_by_contract(ask.db, [contract.id])[contract.id] if shows else (None, None)
    return RegisterOut(
        **_entry(contract, *total), question=dict(entry.question),
        buyers=[BuyerOut(name=name, ref=ref, weight=weight) for name, ref, weight in entry.buyers],
        measures=[_measure(one) for one in entry.measures],
        months=[_month(one, by_month.get(one.period, (0, 0, 0)), shows=shows) for one in entry.months],
        reasons=_reasons(entry), left_out=[LeftOutOut.model_validate(one) for one in entry.hidden.values()],
    )  # fmt: skip


@get("/register/{ref:str}/recompute.yaml", who=PUBLIC, is_shared=True, media_type="application/yaml")
def download_basis(ask: Asked, ref: str) -> Document:
    """Terms, shares and measurements of every settled month, as `marketplace desk settle` takes them."""
    basis = recompute_basis(ask.db, find_public(ask.db, ref), on=day_in_london(ask.at))
    return Document(as_yaml(basis).encode(), "application/yaml")


def _entry(contract: Contract, net: int | None, paid: int | None) -> dict[str, Any]:
    return {
        "ref": contract.ref, "name": contract.name, "state": contract.state, "lead": contract.organisation.name,
        "supplier": contract.supplier.name, "product": contract.product.ref, "decision": contract.decision,
        "signed_on": day_in_london(contract.signed_at) if contract.signed_at else None,
        "starts_on": contract.starts_on, "ends_on": contract.ends_on, "invoiced_net_pence": net,
        "paid_gross_pence": paid,
    }  # fmt: skip


def _measure(one: Promised) -> MeasureOut:
    terms = one.terms
    return MeasureOut(
        key=terms.key, label=terms.label, unit=terms.unit, better=terms.better, baseline=_exact(one.baseline),
        baseline_n=one.baseline_n, threshold=plain(terms.threshold), target=plain(terms.target),
        weight=plain(terms.weight), guard_limit=plain(terms.guard_limit), design=terms.design,
    )  # fmt: skip


def _month(one: Month, money: tuple[int, int, int], *, shows: bool) -> MonthOut:
    return MonthOut(
        period=one.period, values={key: plain(value) for key, value in one.values.items()}, counts=dict(one.counts),
        fee_pence=one.fee_pence, earned_pence=one.worth_pence, invoiced_net_pence=money[0] if shows else None,
        paid_gross_pence=money[2] if shows else None,
    )  # fmt: skip


def _reasons(entry: Register) -> str:
    return entry.decision.reasons if entry.decision is not None and entry.shows("decision") else ""


def _exact(value: Decimal | None) -> str:
    return "" if value is None else plain(Fraction(value))


CALLS = [list_register, show_entry, download_basis]
