"""The public register: each contract from its signature on, what it promised and what happened. Nobody's person."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, PilotDecision
from marketplace.contracts.queries.contracts import WITH_NAMES, parties_of
from marketplace.contracts.queries.outcomes import Book, book_of
from marketplace.contracts.rules.rating import Rated
from marketplace.contracts.rules.terms import MeasureTerms
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.transparency.models import Redaction
from marketplace.transparency.rules import PUBLIC_STATES, LeftOut, left_out

SIZE = 50


class Promised(Value):
    """A measure as it was promised, with the baseline found before it began."""

    terms: MeasureTerms
    baseline: Any
    baseline_n: int | None


class Month(Value):
    """What happened in a month: the pooled value of each measure, what it was worth, and what was left of the fee.

    `fee_pence` is the most that the month could have earned, `worth_pence` what its outcome came to, before VAT;
    None before it is settled. What is left out of the register is empty or None here.
    """

    period: str
    values: Mapping[str, Any]
    counts: Mapping[str, int]
    fee_pence: int | None
    worth_pence: int | None


class Register(Value):
    """One contract as the public sees it. Parts that are left out are empty, and named in `hidden` with the reason."""

    contract: Contract
    buyers: Sequence[tuple[str, str, int]]
    question: Mapping[str, str]
    measures: Sequence[Promised]
    months: Sequence[Month]
    decision: PilotDecision | None
    hidden: Mapping[str, LeftOut]
    at_risk_percent: str
    cap_pence: int | None

    def shows(self, part: str) -> bool:
        return part not in self.hidden


def public_contracts() -> Select[Contract]:
    """Every contract that bound everybody."""
    return select(Contract).where(Contract.state.in_(PUBLIC_STATES), Contract.signed_at.is_not(None))


def find_public(db: Session, ref: str) -> Contract:
    """The contract with its lead, supplier and product. Raises NotFound, for one that is not signed too."""
    nothing = NotFound(f"there is no contract {quote(ref)} on the register", "The register lists what was signed.")
    spelled = reference_or(ref, "CON", nothing)
    contract = db.scalars(public_contracts().options(*WITH_NAMES).where(Contract.ref == spelled)).one_or_none()
    if contract is None:
        raise nothing
    return contract


def registered(db: Session, *, after: str | None = None, limit: int = SIZE) -> Page[Contract]:
    """The contracts of the register, newest first."""
    every = public_contracts()
    total = len(db.scalars(every.with_only_columns(Contract.id).limit(COUNTED + 1)).all())
    if after:
        every = every.where(Contract.id < decode_cursor(after, (UUID,))[0])
    rows = list(db.scalars(every.options(*WITH_NAMES).order_by(Contract.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    return Page(shown, total, encode_cursor(shown[-1].id) if len(rows) > limit else None)


def register_of(db: Session, contract: Contract, *, on: date) -> Register:
    """What the public sees of a contract on a day."""
    hidden = left_out(map(_as_rule, redactions_of(db, contract.id)), on=on)
    book = book_of(db, contract)
    buyers = [
        (party.organisation.name, party.organisation.ref, party.weight)
        for party in parties_of(db, contract.id)
        if party.role != "supplier"
    ]
    words = ("question", "exit-criteria", "stop-rule", "price-afterwards")
    question = {} if "question" in hidden else {name: _said(contract.parameters.get(name)) for name in words}
    return Register(
        contract=contract, buyers=buyers, question=question, hidden=hidden,
        measures=_promised(book, hidden), months=_months(book, hidden), decision=_decision(db, contract.id),
        at_risk_percent=f"{float(book.given.terms.at_risk * 100):g}",
        cap_pence=book.given.terms.cap_pence if "amounts" not in hidden else None,
    )  # fmt: skip


def _said(value: Any) -> str:
    """What was typed; a list one to a line."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def recompute_basis(db: Session, contract: Contract, *, on: date) -> dict[str, Any]:
    """What `marketplace desk settle` takes to work out every settled month again.

    Raises NotFound while measurements or amounts are left out, with the reason and until when.
    """
    hidden = left_out(map(_as_rule, redactions_of(db, contract.id)), on=on)
    for part in ("measurements", "amounts"):
        if part in hidden:
            why = hidden[part]
            raise NotFound(f"a part of this is left out until {why.until}", why.reason)
    book = book_of(db, contract)
    return book.basis(list(book.settled))


def redactions_of(db: Session, contract_id: UUID) -> Sequence[Redaction]:
    """What was left out and is not given up, newest first."""
    rows = select(Redaction).where(Redaction.contract_id == contract_id, Redaction.lifted_at.is_(None))
    return db.scalars(rows.order_by(Redaction.id.desc())).all()


def find_redaction(db: Session, contract_id: UUID, redaction_id: UUID) -> Redaction:
    """Raises NotFound."""
    for one in redactions_of(db, contract_id):
        if one.id == redaction_id:
            return one
    raise NotFound("there is no such redaction", "Open the page again.")


def _as_rule(one: Redaction) -> LeftOut:
    return LeftOut(one.part, one.ground, one.reason, one.until)


def hidden_of(db: Session, contract_ids: Sequence[UUID], *, on: date) -> Mapping[UUID, Mapping[str, LeftOut]]:
    """What is left out of each of several contracts on a day, by part."""
    rows = select(Redaction).where(Redaction.contract_id.in_(contract_ids), Redaction.lifted_at.is_(None))
    every: dict[UUID, list[LeftOut]] = {contract_id: [] for contract_id in contract_ids}
    for one in db.scalars(rows):
        every[one.contract_id].append(_as_rule(one))
    return {contract_id: left_out(found, on=on) for contract_id, found in every.items()}


def _promised(book: Book, hidden: Mapping[str, LeftOut]) -> list[Promised]:
    found = []
    for terms in book.given.terms.measures:
        row = book.measures.get(terms.key) if "measurements" not in hidden else None
        found.append(Promised(terms, row.baseline if row else None, row.baseline_n if row else None))
    return found


def _months(book: Book, hidden: Mapping[str, LeftOut]) -> list[Month]:
    """Every month that has data or was settled; the value of each measure is that of all trusts together."""
    measured = {period for period, _, _ in book.latest}
    periods = sorted(measured | set(book.settled))
    rated = book.rated(periods)
    return [_month(book, rated[period], hidden) for period in periods]


def _month(book: Book, rated: Rated, hidden: Mapping[str, LeftOut]) -> Month:
    settled = book.settled.get(rated.period)
    pooled = {} if "measurements" in hidden else rated.pooled
    shows_money = "amounts" not in hidden
    return Month(
        period=rated.period, values={key: one.value for key, one in pooled.items()},
        counts={key: one.count for key, one in pooled.items()},
        fee_pence=book.given.terms_on(rated.period).fee_pence if shows_money else None,
        worth_pence=settled.total_pence if settled and shows_money else None,
    )  # fmt: skip


def _decision(db: Session, contract_id: UUID) -> PilotDecision | None:
    rows = select(PilotDecision).where(PilotDecision.contract_id == contract_id)
    return db.scalars(rows.order_by(PilotDecision.number.desc()).limit(1)).one_or_none()
