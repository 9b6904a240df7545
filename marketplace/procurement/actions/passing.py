"""Passing projects and seats in purchases on to another organisation; shares go on adding up to one."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import Passing
from marketplace.kit.record import record
from marketplace.procurement.actions.joint.answering import reopen_settled
from marketplace.procurement.actions.joint.parties import leave
from marketplace.procurement.events import SeatPassed
from marketplace.procurement.models import Approval, Colleague, Party, PartyNote, Procurement
from marketplace.procurement.queries.passing import (
    comments_of,
    follows_of,
    other_seat,
    parties_to_pass,
    projects_of,
    saved_of,
    seats_of,
)
from marketplace.procurement.rules.joint.passing import admitted, renamed
from marketplace.procurement.states import PARTY


class Seated(Protocol):
    """A seat in a purchase or in a contract: its share, its place, and what its invoices carry."""

    weight: int
    role: str
    position: int
    cost_code: str
    purchase_order: str


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let the new organisation have the projects, what its new people saved, and the seats in purchases."""
    projects = projects_of(db, passing)
    for seat, _ in seats_of(db, passing, {project.id for project in projects}):
        _pass_colleague(db, passing, seat, at)
    for rows in (projects, saved_of(db, passing), follows_of(db, passing), comments_of(db, passing)):
        for one in rows:
            one.organisation_id = passing.new.id
    for party in parties_to_pass(db, passing):
        _pass_seat(db, passing, party, by, at)
    _admit(db, passing)


def _pass_colleague(db: Session, passing: Passing, seat: Colleague, at: datetime) -> None:
    """One seat on a project; who has one there for the new organisation already keeps the wider of the two."""
    same = select(Colleague).where(
        Colleague.project_id == seat.project_id, Colleague.person_id == seat.person_id,
        Colleague.organisation_id == passing.new.id,
    )  # fmt: skip
    known = db.scalars(same).one_or_none()
    if known is None:
        seat.organisation_id = passing.new.id
        return
    was_ended = known.ended_at is not None
    known.access = seat.access if was_ended else max(known.access, seat.access)
    known.ended_at, seat.ended_at = None, at


def _pass_seat(db: Session, passing: Passing, party: Party, by: Actor, at: datetime) -> None:
    procurement, other = party.procurement, other_seat(passing, party)
    terms_before = _terms(db, procurement)
    if procurement.organisation_id == passing.old.id:
        procurement.organisation_id = passing.new.id
    if other is None:
        party.organisation_id = passing.new.id
    elif party.takes_part:
        _put_together(db, party, other, passing, by, at)
    spared = other.id if other is not None and party.left_at == at else None
    for row, owner in terms_before:
        if owner != spared:
            _rename(row, passing)
    kept = other if other is not None else party
    passed = SeatPassed(
        procurement_id=procurement.id, party_id=kept.id, organisation_id=passing.new.id, old_id=passing.old.id,
        weight=kept.weight, is_together=other is not None, reason=passing.words, composition=procurement.composition,
    )  # fmt: skip
    record(db, passed, by=by, at=at)
    db.flush()
    if spared is not None and procurement.state == "settled" and procurement.awarded_at is None:
        reopen_settled(db, procurement, passing.words, by=by, at=at)
        db.flush()


def _put_together(db: Session, party: Party, other: Party, passing: Passing, by: Actor, at: datetime) -> None:
    """Two seats become one, with both shares; what the new organisation said yes to was less, so it says yes again."""
    if not other.takes_part:
        other.state, other.weight = PARTY.after("invite again", other.state), 0
        other.left_at = other.left_by_id = other.confirmed_composition = None
        other.confirmed, other.state_reason, other.quantities = {}, "", {}
    if other.state == "invited" and party.state == "joined":
        other.state = PARTY.after("join", other.state)
        other.joined_at, other.joined_by_id, other.confirmed = party.joined_at, party.joined_by_id, party.confirmed
    units = {*other.quantities, *party.quantities}
    other.quantities = {unit: other.quantities.get(unit, 0) + party.quantities.get(unit, 0) for unit in sorted(units)}
    join_seats(other, party)
    for note in db.scalars(select(PartyNote).where(PartyNote.party_id == party.id)):
        note.party_id = other.id
    gone = PARTY.after("withdraw" if party.state == "joined" else "take back", party.state)
    leave(party.procurement, party, gone, passing.words, by=by, at=at)


def join_seats(kept: Seated, gone: Seated) -> None:
    """Give the seat that is kept the share of the other, what it lacks, and the better of both places."""
    kept.weight += gone.weight
    kept.cost_code, kept.purchase_order = kept.cost_code or gone.cost_code, kept.purchase_order or gone.purchase_order
    if gone.role == "lead":
        kept.role, gone.role = "lead", "participant"
    kept.position, gone.position = min(kept.position, gone.position), max(kept.position, gone.position)


def _terms(db: Session, procurement: Procurement) -> list[tuple[Party | Approval, object]]:
    """Everything that keeps terms which somebody said yes to, each with the id of its party."""
    ids = [party.id for party in procurement.parties]
    approvals = db.scalars(select(Approval).where(Approval.party_id.in_(ids)))
    return [*((party, party.id) for party in procurement.parties), *((one, one.party_id) for one in approvals)]


def _rename(row: Party | Approval, passing: Passing) -> None:
    if isinstance(row, Party):
        row.confirmed = renamed(row.confirmed, passing.old.ref, passing.new.ref)
    else:
        row.basis = renamed(row.basis, passing.old.ref, passing.new.ref)


def _admit(db: Session, passing: Passing) -> None:
    """Where the old one was named as one that may join, the new one is now. Only where all of it passes."""
    if not passing.is_whole:
        return
    rows = select(Procurement).where(Procurement.state.in_(("draft", "inviting", "settled")))
    for procurement in db.scalars(rows):
        if passing.old.ref in procurement.admits:
            procurement.admits = admitted(procurement.admits, passing.old.ref, passing.new.ref)
