"""The days of contracts that people keep in a calendar: their terms, their warnings, what they oblige to."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, Obligation
from marketplace.contracts.queries.contracts import visible_contracts
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.outcomes.waiting import acceptance_windows
from marketplace.contracts.queries.overview import obligations_of
from marketplace.contracts.rules.obligations import warning_days
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.icalendar import Entry
from marketplace.kit.values import replace

CONTRACT, OUTCOME, MOST = "contract", "outcome", 400
BOUND = ("signed", "live", "ended")
MONTHLY = ("measurements.", "acceptance.")


def entries_of(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    *,
    organisation_id: UUID | None = None,
    with_obligations: bool = True,
) -> list[Entry]:
    """The days of a signed contract in order, with the obligations of one organisation; empty before it is signed."""
    found = _of_term(frameworks, contract)
    if found and with_obligations:
        for one in obligations_of(db, contract.id):
            if organisation_id is None or one.organisation_id == organisation_id:
                title = f"{one.label}: {contract.name}"
                found.append(Entry(f"{one.id}@touchstone", one.due_on, title, one.note, one.done_at is not None))
    return sorted(found, key=lambda entry: (entry.on, entry.uid))


def _of_term(frameworks: Frameworks, contract: Contract) -> list[Entry]:
    """First day, last day, and the warnings before it."""
    starts, ends = contract.starts_on, contract.ends_on
    if starts is None or ends is None:
        return []
    name, uid = contract.name, f"{contract.ref.lower()}@touchstone"
    found = [
        Entry(f"start.{uid}", starts, f"First day: {name}", contract.ref),
        Entry(f"end.{uid}", ends, f"Last day: {name}", "It does not renew itself."),
    ]
    for months, day in warning_days(starts, ends, template_of(frameworks, contract).declared.warnings_months):
        found.append(Entry(f"warning-{months}.{uid}", day, f"{months} months until the end: {name}", contract.ref))
    return found


def dates_of(db: Session, frameworks: Frameworks, *, by: Actor, first: date, last: date) -> list[Entry]:
    """Terms, warnings, obligations and acceptance windows of the actor's organisation, from `first` to `last`.

    In four queries, however many contracts there are.
    """
    if by.organisation_id is None or not by.may(Permission.CONTRACT_READ):
        return []
    found = [*_terms(db, frameworks, by), *_owed(db, by, first, last)]
    return [entry for entry in found if first <= entry.on <= last]


def _terms(db: Session, frameworks: Frameworks, by: Actor) -> Iterator[Entry]:
    """First day, last day and warnings of each contract that binds."""
    binding = visible_contracts(by).where(Contract.state.in_(BOUND), Contract.ends_on.is_not(None))
    for contract in db.scalars(binding.order_by(Contract.id.desc()).limit(MOST)):
        path, is_over = f"/contracts/{contract.ref}", contract.ended_at is not None
        for entry in _of_term(frameworks, contract):
            yield replace(entry, kind=CONTRACT, path=path, is_done=is_over, is_task=False)


def _owed(db: Session, by: Actor, first: date, last: date) -> Iterator[Entry]:
    """Obligations, each once: where an outcome is computed, its acceptance is due when its window ends."""
    assert by.organisation_id is not None
    windows = list(acceptance_windows(db, by.organisation_id))
    told = {(window.contract_ref, f"acceptance.{window.period}") for window in windows}
    rows = (
        select(Obligation, Contract)
        .join(Contract, Contract.id == Obligation.contract_id)
        .where(Obligation.organisation_id == by.organisation_id, Contract.state.in_(BOUND))
        .where(Obligation.due_on.between(first, last))
        .order_by(Obligation.due_on, Obligation.id)
        .limit(MOST)
    )
    for one, contract in db.execute(rows):
        if (contract.ref, one.key) not in told:
            kind = OUTCOME if one.key.startswith(MONTHLY) else CONTRACT
            yield Entry(
                f"{one.id}@touchstone", one.due_on, f"{one.label}: {contract.name}", one.note,
                one.done_at is not None, kind, f"/contracts/{contract.ref}/obligations",
            )  # fmt: skip
    for window in windows:
        yield Entry(
            f"acceptance-{window.settlement_id}@touchstone", window.until, window.title, window.words, kind=OUTCOME,
            path=window.path,
        )  # fmt: skip
