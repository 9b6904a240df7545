"""The parties as one of them sees them: its own inside whole, the others' state alone.

What is inside a party, notes, amounts, names, documents, cost codes, is read here and nowhere else, and only for the
organisation that the actor acts for: a view of another party has no place to put it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.queries.people import members_who
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Person
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.money import Money
from marketplace.kit.values import Value
from marketplace.procurement.models import Approval, Party, PartyNote, Procurement, Readiness
from marketplace.procurement.policies import may_read_inside
from marketplace.procurement.queries.joint.standing import Stood, stood
from marketplace.procurement.rules.joint.approvals import Holding
from marketplace.procurement.rules.joint.shares import percent_of
from marketplace.procurement.rules.joint.thresholds import ACT, NOTIFIABLE, Side, side_of


class Inside(Value):
    """What one party's own people read: the turns whole, what is planned, the call-off, their notes."""

    turns: Mapping[str, Approval]
    history: Sequence[Approval]
    ready: Sequence[Readiness]
    notes: Sequence[PartyNote]
    quantities: Mapping[str, int]
    starts_on: date | None
    cost_code: str
    purchase_order: str


class PartySeen(Value, kw_only=True):
    """A party as the actor sees it. `approvals` are states by kind; `inside` is None for another organisation's.

    `confirms` tells whether its yes is to the terms of today; None while it has not joined. `causes` say why an
    approval does not hold, for its own people alone.
    """

    id: UUID
    ref: str
    name: str
    kind: str
    role: str
    state: str
    state_reason: str
    joined_at: datetime | None
    left_at: datetime | None
    answer_by: date | None
    weight: int
    share: str
    net: Money | None
    gross: Money | None
    act: Side
    own_act: Side
    notifiable: Side
    confirms: bool | None
    changes: tuple[str, ...]
    approvals: Mapping[str, str]
    causes: Mapping[str, str]
    ready: int
    to_make_ready: int
    reuses: bool | None
    is_own: bool
    inside: Inside | None


def parties_of(
    db: Session, frameworks: Frameworks, procurement: Procurement, *, by: Actor, on: date
) -> list[PartySeen]:
    """Everybody who takes part or did, the lead first, as the actor may see them."""
    return seen_by(db, frameworks, stood(db, frameworks, procurement, on=on), by=by)


def seen_by(db: Session, frameworks: Frameworks, now: Stood, *, by: Actor) -> list[PartySeen]:
    """The same for a procurement whose standing was worked out already."""
    return [_seen(db, frameworks, now, party, by) for party in now.procurement.parties]


def find_approval(db: Session, party: Party, approval_id: UUID) -> Approval | None:
    """One turn of a party's approvals, whoever asks: the caller looks first whether they may read inside."""
    return db.scalars(select(Approval).where(Approval.id == approval_id, Approval.party_id == party.id)).one_or_none()


def _seen(db: Session, frameworks: Frameworks, now: Stood, party: Party, by: Actor) -> PartySeen:
    standing, ref, organisation = now.standings[party.id], party.organisation.ref, party.organisation
    is_own = may_read_inside(by, party)
    gross, whole = now.terms.gross_of(ref), now.terms.whole_gross
    table, kind, nation = frameworks.thresholds, organisation.kind, organisation.nation
    return PartySeen(
        id=party.id, ref=ref, name=organisation.name, kind=kind, role=party.role, state=party.state,
        state_reason=party.state_reason, joined_at=party.joined_at, left_at=party.left_at, answer_by=party.answer_by,
        weight=party.weight, share=percent_of(now.terms.share_of(ref)) if now.terms.weights.get(ref) else "",
        net=now.terms.net_of(ref), gross=gross, act=side_of(table, kind, nation, now.on, whole, ACT),
        own_act=side_of(table, kind, nation, now.on, gross, ACT),
        notifiable=side_of(table, kind, nation, now.on, whole, NOTIFIABLE),
        confirms=not standing.changes if party.state == "joined" else None,
        changes=tuple(change.words for change in standing.changes),
        approvals={name: held.state for name, held in standing.approvals.items()},
        causes=_causes(standing.approvals) if is_own else {},
        ready=standing.ready, to_make_ready=standing.to_make_ready,
        reuses=(now.assured.accepted or {}).get(ref), is_own=is_own,
        inside=_inside(db, now, party) if is_own else None,
    )  # fmt: skip


def _causes(held: Mapping[str, Holding]) -> dict[str, str]:
    return {name: one.cause for name, one in held.items() if one.cause}


def _inside(db: Session, now: Stood, party: Party) -> Inside:
    return Inside(
        turns=now.turns[party.id], history=turns_of(db, party.id), ready=now.ready[party.id],
        notes=notes_of(db, party.id), quantities=party.quantities, starts_on=party.starts_on,
        cost_code=party.cost_code, purchase_order=party.purchase_order,
    )  # fmt: skip


def turns_of(db: Session, party_id: UUID) -> list[Approval]:
    """Every turn of a party's approvals, the newest first."""
    rows = select(Approval).options(joinedload(Approval.by), joinedload(Approval.deputy_for))
    return list(db.scalars(rows.where(Approval.party_id == party_id).order_by(Approval.id.desc())))


def notes_of(db: Session, party_id: UUID) -> list[PartyNote]:
    """What a party's people said to each other, oldest first."""
    rows = select(PartyNote).options(joinedload(PartyNote.by)).where(PartyNote.party_id == party_id)
    return list(db.scalars(rows.order_by(PartyNote.id)))


def find_readiness(db: Session, party: Party, readiness_id: UUID) -> Readiness:
    """One thing on a party's list. Raises NotFound, for those of others too."""
    rows = select(Readiness).where(Readiness.id == readiness_id, Readiness.party_id == party.id)
    found = db.scalars(rows).one_or_none()
    if found is None:
        raise NotFound("there is nothing like that on your list", "Open the list again.")
    return found


def colleagues_at(db: Session, party: Party, *, on: date) -> list[Person]:
    """Everybody at a party who reads its procurements, by name: those who can own something."""
    readers = {
        person.id: person
        for permission in (Permission.PROJECT_READ, Permission.CONTRACT_READ)
        for person in members_who(db, party.organisation_id, permission, on=on)
    }
    return sorted(readers.values(), key=lambda person: (person.name, person.id))
