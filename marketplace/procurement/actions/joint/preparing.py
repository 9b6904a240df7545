"""What each party prepares for itself: its call-off, what has to be ready at its site, notes among its own people."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Membership
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, clean_text
from marketplace.procurement.actions.joint.holding import ALIVE, begin_preparing, hold, need_part, need_state
from marketplace.procurement.events import CallOffChanged, PartyNoteMade, ReadinessDone, ReadinessPlanned
from marketplace.procurement.models import Party, PartyNote, Procurement, Readiness
from marketplace.procurement.policies import may_order, may_prepare, may_read_inside, may_tick
from marketplace.procurement.schemas import LONGEST

FINANCE = ("cost_code", "purchase_order")
MOST_ITEMS = 40


def describe_call_off(
    db: Session, procurement: Procurement, party: Party, call_off: Mapping[str, object], *, by: Actor, at: datetime
) -> None:
    """Give a party's own start, quantities, cost code and purchase order. Raises NotAllowed, Conflict, Invalid."""
    changed = [part for part, value in call_off.items() if getattr(party, part) != value]
    if not may_order(by, party):
        raise NotAllowed(f"this is for a buyer or a finance officer of {party.organisation.name}", "Ask one of them.")
    if set(changed) - set(FINANCE) and not may_prepare(by, party):
        raise NotAllowed("start and quantities are for a buyer", "Leave them as they are, or ask a buyer.")
    hold(db, procurement)
    need_state(procurement, ALIVE)
    need_part(party)
    _check_start(procurement, call_off.get("starts_on"))
    for part in changed:
        setattr(party, part, call_off[part])
    if changed:
        event = CallOffChanged(
            procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, changed=changed
        )
        record(db, event, by=by, at=at)
        db.flush()


def plan_readiness(
    db: Session, procurement: Procurement, party: Party, readiness: Readiness, *, owner_id: UUID | None,
    due_on: date | None, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Give something that has to be ready to a colleague, with its day. Raises NotAllowed, Conflict, Invalid."""
    begin_preparing(db, procurement, party, ALIVE, by=by)
    if owner_id is not None and not _is_colleague(db, owner_id, party):
        told = f"Choose one of the people of {party.organisation.name}."
        raise Invalid("nobody like that is a colleague", told, fields={"owner": told})
    if readiness.owner_id == owner_id and readiness.due_on == due_on:
        return
    readiness.owner_id, readiness.due_on = owner_id, due_on
    _planned(db, procurement, party, readiness, by=by, at=at)


def add_readiness(
    db: Session, procurement: Procurement, party: Party, *, label: str, by: Actor, at: datetime
) -> Readiness:
    """Add something of one's own that has to be ready here. Raises NotAllowed, Conflict, Invalid."""
    begin_preparing(db, procurement, party, ALIVE, by=by)
    called = clean_line(label, 200)
    if not called:
        told = "Say what has to be ready."
        raise Invalid("this has no name", told, fields={"label": told})
    there = list(db.scalars(select(Readiness).where(Readiness.party_id == party.id)))
    if len(there) >= MOST_ITEMS:
        raise Conflict(f"{MOST_ITEMS} things are on the list", "Tick some off, or describe several as one.")
    if any(one.label.casefold() == called.casefold() for one in there):
        raise Conflict(f"{called} is on the list already", "Give it an owner and a day there.")
    identity = new_id(at)
    readiness = Readiness(id=identity, party_id=party.id, item=f"own-{identity.hex[-12:]}", label=called)
    db.add(readiness)
    _planned(db, procurement, party, readiness, by=by, at=at)
    return readiness


def tick_readiness(
    db: Session, procurement: Procurement, party: Party, readiness: Readiness, *, is_done: bool, by: Actor, at: datetime
) -> None:
    """Say that something is ready, or not ready after all. By its owner or a buyer. Raises NotAllowed, Conflict."""
    if not may_tick(by, party, readiness) or by.person_id is None:
        raise NotAllowed("this is for its owner, or a buyer of the party", "Ask one of them.")
    hold(db, procurement)
    need_state(procurement, ALIVE)
    need_part(party)
    if is_done == (readiness.done_at is not None):
        raise Conflict(f"{readiness.label} is marked so already", "Nothing has to be done.")
    readiness.done_at, readiness.done_by_id = (at, by.person_id) if is_done else (None, None)
    done = ReadinessDone(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, item=readiness.item,
        label=readiness.label, is_done=is_done,
    )  # fmt: skip
    record(db, done, by=by, at=at)
    db.flush()


def note(db: Session, procurement: Procurement, party: Party, *, words: str, by: Actor, at: datetime) -> PartyNote:
    """Say something to one's own people about the procurement: no other party reads it. Raises NotAllowed, Invalid."""
    if not may_read_inside(by, party) or by.person_id is None:
        raise NotAllowed(f"this is for the people of {party.organisation.name}", "Ask one of them.")
    need_part(party)
    kept = clean_text(words, LONGEST["words"])
    if not kept:
        told = "Write something."
        raise Invalid("the note is empty", told, fields={"words": told})
    made = PartyNote(id=new_id(at), party_id=party.id, words=kept, by_id=by.person_id, at=at)
    db.add(made)
    db.flush()
    said = PartyNoteMade(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, note_id=made.id
    )
    record(db, said, by=by, at=at)
    return made


def _planned(
    db: Session, procurement: Procurement, party: Party, readiness: Readiness, *, by: Actor, at: datetime
) -> None:
    planned = ReadinessPlanned(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, item=readiness.item,
        label=readiness.label, owner_id=readiness.owner_id, due_on=readiness.due_on,
    )  # fmt: skip
    record(db, planned, by=by, at=at)
    db.flush()


def _check_start(procurement: Procurement, starts_on: object) -> None:
    if not isinstance(starts_on, date):
        return
    early = procurement.starts_on is not None and starts_on < procurement.starts_on
    late = procurement.ends_on is not None and starts_on > procurement.ends_on
    if early or late:
        told = "Give a day between the first and the last of the pilot."
        raise Invalid(f"{starts_on:%-d %B %Y} is outside the pilot", told, fields={"starts_on": told})


def _is_colleague(db: Session, person_id: UUID, party: Party) -> bool:
    held = select(Membership.id).where(
        Membership.person_id == person_id, Membership.organisation_id == party.organisation_id,
        Membership.state == "active",
    )  # fmt: skip
    return db.scalars(held).first() is not None
