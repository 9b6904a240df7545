"""What an organisation has of contracts to pass on: its seats, each with what stands in the way."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.models import Contract, ContractParty, Measurement
from marketplace.contracts.queries.outcomes.books import Book, book_of, open_disputes
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.rules.periods import days_within, in_words
from marketplace.identity.rules.successions import Blocker, Foreseen, Passing, Thing
from marketplace.kit.calendar import in_words as day_in_words
from marketplace.kit.values import Value

RUNNING = ("signed", "live")


class Seat(Value):
    """The old organisation's place in a contract; `other` is the new one's own, where both are parties."""

    contract: Contract
    party: ContractParty
    other: ContractParty | None
    whole: int

    @property
    def is_over(self) -> bool:
        return self.contract.state in ("ended", "cancelled")


def foresee(db: Session, passing: Passing) -> Foreseen:
    """The seats that pass. Nothing passes while a text waits for signatures: it names the old organisation."""
    seats = seats_of(db, passing)
    blockers = [blocker for seat in seats for blocker in _blockers(db, passing, seat)]
    if blockers:
        return Foreseen(tuple(_thing(passing, seat, None) for seat in seats), tuple(blockers))
    return Foreseen(tuple(_thing(passing, seat, share_from(db, seat)) for seat in seats))


def seats_of(db: Session, passing: Passing) -> list[Seat]:
    """The seats that pass; where both were parties of a contract that is over, nothing does."""
    rows = (
        select(ContractParty, Contract)
        .join(Contract, Contract.id == ContractParty.contract_id)
        .options(joinedload(ContractParty.organisation))
        .where(ContractParty.organisation_id.in_((passing.old.id, passing.new.id)), ContractParty.role != "supplier")
        .order_by(Contract.id)
    )
    found: dict[object, dict[object, ContractParty]] = {}
    contracts: dict[object, Contract] = {}
    for party, contract in db.execute(rows):
        found.setdefault(contract.id, {})[party.organisation_id] = party
        contracts[contract.id] = contract
    seats = [
        Seat(contracts[key], sides[passing.old.id], sides.get(passing.new.id), _whole(db, contracts[key]))
        for key, sides in found.items()
        if passing.old.id in sides and passing.takes("procurement", contracts[key].procurement_id)
    ]
    return [seat for seat in seats if not (seat.is_over and seat.other is not None) and not _has_left(seat)]


def share_from(db: Session, seat: Seat) -> date | None:
    """Where both are parties: the day from which the new one has both shares, the first of what is not settled.

    What was settled before stays with the organisation that it was settled for. None where there is nothing to count.
    """
    if seat.other is None or seat.contract.state not in RUNNING:
        return None
    book = book_of(db, seat.contract)
    waiting = [period for period in book.periods if period not in book.settled]
    within = days_within(waiting[0], book.first, book.last) if waiting else None
    return within[0] if within else book.last + timedelta(days=1)


def _whole(db: Session, contract: Contract) -> int:
    rows = select(ContractParty.weight).where(ContractParty.contract_id == contract.id, ContractParty.left_on.is_(None))
    return sum(db.scalars(rows))


def _has_left(seat: Seat) -> bool:
    """Whether another seat took this one's place before, or it left by a variation while the new one has its own."""
    return seat.party.left_on is not None and seat.other is not None


def _thing(passing: Passing, seat: Seat, since: date | None) -> Thing:
    weight = seat.party.weight + (seat.other.weight if seat.other is not None else 0)
    part = Fraction(weight, seat.whole) if seat.whole and seat.party.left_on is None else None
    note = f"{passing.new.name} has {part} of the fee" if part else f"{passing.new.name} has its seat"
    note += ", both shares together" if seat.other is not None else ""
    note += f", from {day_in_words(since)}" if since else ""
    return Thing("contract", seat.contract.id, f"{seat.contract.name} ({seat.contract.ref})", f"{note}.")


def _blockers(db: Session, passing: Passing, seat: Seat) -> Iterator[Blocker]:
    contract, text = seat.contract, open_text(db, seat.contract.id)
    if text is not None and text.state == "issued":
        fact = f"text {text.number} of {contract.ref} waits for signatures, and names {passing.old.name}"
        yield Blocker(fact, "Let everybody sign it, or decline or recall it first.")
    elif text is not None:
        fact = f"text {text.number} of {contract.ref} is written and names {passing.old.name}"
        yield Blocker(fact, "Issue it and let everybody sign, or recall it first.")
    if seat.other is not None and contract.state in RUNNING:
        yield from _of_both(db, passing, seat, book_of(db, contract))


def _of_both(db: Session, passing: Passing, seat: Seat, book: Book) -> Iterator[Blocker]:
    """Two seats become one only where what the old one had to say of its own months is said."""
    old, ref = passing.old, seat.contract.ref
    for period, settlement in book.settled.items():
        if any(share.organisation_id == old.id and not share.verdict for share in settlement.shares):
            fact = f"{old.name} has not said yet what it makes of {in_words(period)} under {ref}"
            yield Blocker(fact, "Its contract manager accepts or disputes it first.")
    for dispute in open_disputes(db, seat.contract.id):
        if dispute.organisation_id == old.id:
            fact = f"{old.name} disputes {in_words(dispute.period)} under {ref}"
            yield Blocker(fact, "Resolve it first, or let the dispute be withdrawn.")
    rows = select(Measurement.kind, Measurement.period).where(
        Measurement.contract_id == seat.contract.id, Measurement.organisation_id == old.id
    )
    for kind, period in sorted({(kind, period) for kind, period in db.execute(rows)}):
        if kind == "period" and period not in book.settled:
            fact = f"{old.name} gave values for {in_words(period)} under {ref}, which is not settled"
            yield Blocker(fact, "Let the others give theirs, so that the month is computed and accepted first.")
        if kind == "baseline" and any(measure.baseline is None for measure in book.measures.values()):
            fact = f"{old.name} gave a baseline under {ref}, which is not locked"
            yield Blocker(fact, "The lead locks it first.")
