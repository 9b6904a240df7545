"""Looking ahead: the simulation, and accrual and forecast by cost code and month."""

from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, Document, get
from marketplace.api.contracts.outcomes.common import scene_of
from marketplace.api.shapes import Asking, Listed, Out, all_of
from marketplace.contracts.queries.outcomes.books import Book
from marketplace.contracts.queries.outcomes.finance import COLUMNS, finance_of, latest_terms
from marketplace.contracts.rules.simulation import EXPECTED, Scenario, simulate
from marketplace.contracts.rules.terms import exact
from marketplace.faces.desk.simulate import as_document
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import to_csv
from marketplace.kit.text import quote

READ = Permission.CONTRACT_READ


class Expecting(Asking):
    """What a measure is expected to come to, as its key: `?minutes=9.5`. Left out: half-way to the target."""


class ScenarioOut(Out):
    """A course of events: what all pay, and each by month, in pence before VAT. Organisations by reference."""

    name: str
    label: str
    total_pence: int
    gross_pence: int
    owed_pence: dict[str, int]
    periods: dict[str, dict[str, int]]


class FinanceOut(Out):
    """A month of one organisation, in pence before VAT."""

    period: str
    organisation: str
    cost_code: str
    kind: str
    due_pence: int
    accrual_pence: int
    forecast_pence: int
    at_risk_pence: int
    waiting_pence: int


@get("/contracts/{ref:str}/simulation", who=ANYBODY_SIGNED_IN, scope=READ, free=True)
def show_simulation(ask: Asked, ref: str, query: Expecting) -> Listed[ScenarioOut]:
    """Low, expected and high, by month and organisation."""
    _, book = scene_of(ask, ref)
    scenarios = simulate(latest_terms(book), book.given.members, {EXPECTED: _expected(ask, book)})
    return all_of(_scenario(one) for one in scenarios)


@get("/contracts/{ref:str}/finance", who=ANYBODY_SIGNED_IN, scope=READ)
def list_finance(ask: Asked, ref: str) -> Listed[FinanceOut]:
    """Due, accrual, forecast and at risk: a buyer's own rows, the supplier everybody's."""
    _, book = scene_of(ask, ref)
    rows = finance_of(book, by=ask.by, on=day_in_london(ask.at))
    return all_of(FinanceOut.model_validate(row) for row in rows)


@get("/contracts/{ref:str}/finance.csv", who=ANYBODY_SIGNED_IN, scope=READ, media_type="text/csv")
def finance_as_csv(ask: Asked, ref: str) -> Document:
    """The same as a table."""
    contract, book = scene_of(ask, ref)
    rows = [row.cells for row in finance_of(book, by=ask.by, on=day_in_london(ask.at))]
    headers = {"content-disposition": f'attachment; filename="finance-{contract.ref}.csv"'}
    return Document(b"".join(to_csv(COLUMNS, rows, bom=True)), "text/csv; charset=utf-8", headers)


def _expected(ask: Asked, book: Book) -> dict[str, Any]:
    keys = latest_terms(book).keys
    given = {name: values[0] for name, values in ask.query.items().items()}
    if stranger := next((name for name in given if name not in keys), ""):
        known = f"There are {', '.join(keys)}."
        raise Invalid(f"{quote(stranger)} is not a measure of the contract", known, fields={stranger: known})
    return {name: exact(value) for name, value in given.items()}


def _scenario(one: Scenario) -> ScenarioOut:
    return ScenarioOut(name=one.name, label=one.label, **as_document(one))


CALLS = [show_simulation, list_finance, finance_as_csv]
