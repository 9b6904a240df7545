"""What a contract costs month by month: what is due, what to accrue, what to expect, and how much of it is at risk."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from marketplace.contracts.queries.outcomes.books import Book
from marketplace.contracts.rules.periods import in_words, is_over
from marketplace.contracts.rules.pooling import Reading
from marketplace.contracts.rules.rating import Rated
from marketplace.contracts.rules.simulation import ENOUGH, EXPECTED, assumed
from marketplace.contracts.rules.terms import MeasureTerms, Terms
from marketplace.identity.policies import Actor, owns
from marketplace.kit.money import Money
from marketplace.kit.values import Value, replace

DUE, COMPUTED, TO_MEASURE, EXPECTED_MONTH = "due", "computed", "to-measure", "expected"
KINDS = {
    DUE: "Accepted: due by the ledger",
    COMPUTED: "Computed, not accepted by all",
    TO_MEASURE: "Over, data missing: the base fee is certain",
    EXPECTED_MONTH: "To come: as the last measured month, else half-way to the target",
}
COLUMNS = (
    "Month", "Organisation", "Cost code", "Standing", "Due", "Accrual", "Forecast", "At risk", "Withheld or held",
)  # fmt: skip


class FinanceRow(Value):
    """One month of one organisation, in pence before VAT.

    `due` is in the ledger; `accrual` what was consumed and is not in it yet; `forecast` what is to come; `at_risk` how
    much of the month's share depends on results; `waiting` what was accepted and is withheld or held.
    """

    period: str
    organisation: str
    cost_code: str
    kind: str
    due_pence: int
    accrual_pence: int
    forecast_pence: int
    at_risk_pence: int
    waiting_pence: int

    @property
    def cells(self) -> tuple[str | Money, ...]:
        amounts = (self.due_pence, self.accrual_pence, self.forecast_pence, self.at_risk_pence, self.waiting_pence)
        return (in_words(self.period), self.organisation, self.cost_code, KINDS[self.kind], *map(Money, amounts))


def finance_of(book: Book, *, by: Actor, on: date) -> list[FinanceRow]:
    """Every month of the term: a buyer reads its own rows, the supplier everybody's without cost codes."""
    outlook = outlook_of(book, on)
    is_supplier = owns(by, book.contract.supplier_id)
    return [
        row for period in sorted(outlook) for row in _rows(book, outlook[period], on, is_supplier=is_supplier, own=by)
    ]


def _rows(book: Book, rated: Rated, on: date, *, is_supplier: bool, own: Actor) -> Iterator[FinanceRow]:
    terms = book.given.terms_on(rated.period)
    for party in book.buyers:
        if not (is_supplier or owns(own, party.organisation_id)):
            continue
        line = rated.line_of(party.organisation.ref)
        posted = book.posted.get((rated.period, party.organisation_id))
        due = posted.net_pence if posted else 0
        if not line.net_pence and not due:
            continue
        kind = kind_of(book, rated.period, on)
        at_risk = Money(terms.fee_pence).times(rated.outcome.part * terms.at_risk * line.share)
        yield FinanceRow(
            rated.period, party.organisation.name, "" if is_supplier else party.cost_code, kind, due,
            **_amounts(kind, line.net_pence, line.base_pence, due, is_accepted=posted is not None),
            at_risk_pence=at_risk.pence,
        )  # fmt: skip


def _amounts(kind: str, net: int, base: int, due: int, *, is_accepted: bool) -> dict[str, int]:
    """Accrual, forecast and what waits: what the ledger has is in none of them."""
    missing = net - due
    if kind == EXPECTED_MONTH:
        return {"accrual_pence": 0, "forecast_pence": missing, "waiting_pence": 0}
    if kind == TO_MEASURE:
        return {"accrual_pence": base, "forecast_pence": missing - base, "waiting_pence": 0}
    if is_accepted:
        return {"accrual_pence": 0, "forecast_pence": 0, "waiting_pence": missing}
    return {"accrual_pence": missing, "forecast_pence": 0, "waiting_pence": 0}


def latest_terms(book: Book) -> Terms:
    """The terms that were last agreed, over the days that are paid for."""
    latest = book.given.variations[-1][1] if book.given.variations else book.given.terms
    return replace(latest, starts_on=book.first, ends_on=book.last)


def kind_of(book: Book, period: str, on: date) -> str:
    """Where a month stands."""
    settlement = book.settled.get(period)
    if settlement is not None:
        return DUE if settlement.state == "closed" else COMPUTED
    return TO_MEASURE if is_over(period, on) else EXPECTED_MONTH


def outlook_of(book: Book, on: date) -> dict[str, Rated]:
    """Every month of the term: as settled, and what is not settled as the last settled month was, or half-way."""
    found = {period: book.readings(period) for period in book.settled}
    last = max(book.settled, default="")
    pooled = book.rated(list(book.settled))[last].pooled if last else {}
    for period in book.periods:
        if period not in found:
            terms = book.given.terms_on(period)
            found[period] = {
                measure.key: [Reading("all", _expected(measure, pooled[measure.key].value
                                                       if measure.key in pooled else None), ENOUGH)]
                for measure in terms.measures
            }  # fmt: skip
    return {rated.period: rated for rated in replace(book.given, measured=found).rated()}


def _expected(measure: MeasureTerms, last: Fraction | None) -> Fraction:
    return last if last is not None else assumed(EXPECTED, measure)


def totals_of(rows: Sequence[FinanceRow]) -> dict[str, int]:
    """The sum of each amount."""
    names = ("due_pence", "accrual_pence", "forecast_pence", "at_risk_pence", "waiting_pence")
    return {name: sum(getattr(row, name) for row in rows) for name in names}
