"""Telling the people of a contract what happened to its outcomes, and what is due soon."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.queries.outcomes.waiting import settle_by
from marketplace.contracts.queries.people import people_to_tell
from marketplace.contracts.rules.periods import data_due_on, in_words, is_over
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.calendar import in_words as day_in_words

RUNNERS = (Permission.CONTRACT_MANAGE, Permission.CONTRACT_SIGN)
SOON = timedelta(days=3)
LONGEST = 300


def tell_contract(
    db: Session, contract: Contract, title: str, body: str, *, key: str, at: datetime, tab: str = "outcomes",
    who: Iterable[Permission] = RUNNERS, but: UUID | None = None, only: UUID | None = None,
) -> None:  # fmt: skip
    """Tell those whose role allows one of `who` at every party, or at `only` one; never the one who did it."""
    people = {pair for permission in who for pair in people_to_tell(db, contract.id, permission=permission)}
    path = f"/contracts/{contract.ref}/{tab}".rstrip("/")
    for organisation_id in sorted({organisation_id for _, organisation_id in people}):
        if only is not None and organisation_id != only:
            continue
        wanted = [person_id for person_id, where in people if where == organisation_id and person_id != but]
        tell(
            db, wanted, kind="contract", title=f"{contract.name}: {title}", body=body[:LONGEST], path=path,
            key=f"contract {key} {organisation_id}", at=at, organisation_id=organisation_id,
        )  # fmt: skip


def remind(db: Session, *, at: datetime) -> int:
    """Tell each party whose data of a month are due soon or late, and who has still to accept; each thing once."""
    rows = select(Contract).where(Contract.state.in_(("live", "ended"))).order_by(Contract.id)
    return sum(_remind_of(db, contract, at) for contract in db.scalars(rows))


def _remind_of(db: Session, contract: Contract, at: datetime) -> int:
    book, today, told = book_of(db, contract), day_in_london(at), 0
    for period in [period for period in book.open_periods(today) if is_over(period, today)]:
        due_on = data_due_on(period, book.given.terms_on(period).data_days)
        if today + SOON < due_on:
            continue
        stage = "late" if today > due_on else "soon"
        for party in {party.id: party for party, _ in book.missing(period)}.values():
            title = f"data of {in_words(period)} are {'late' if stage == 'late' else 'due'}"
            told += 1
            tell_contract(
                db, contract, title, f"They {'were' if stage == 'late' else 'are'} due on {day_in_words(due_on)}.",
                key=f"data {stage} {contract.id} {period}", at=at, tab="measurements",
                who=(Permission.CONTRACT_MANAGE,), only=party.organisation_id,
            )  # fmt: skip
    for period, settlement in book.settled.items():
        due_on = settle_by(settlement)
        waiting = [share for share in settlement.shares if not share.verdict]
        if waiting and today + SOON >= due_on:
            for share in waiting:
                told += 1
                tell_contract(
                    db, contract, f"accept or dispute {in_words(period)}",
                    f"The contract gives you until {day_in_words(due_on)}.",
                    key=f"settle {settlement.id} {'late' if today > due_on else 'soon'}", at=at,
                    tab=f"periods/{period}", who=(Permission.CONTRACT_MANAGE,), only=share.organisation_id,
                )  # fmt: skip
    return told
