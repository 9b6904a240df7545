"""Successions as the three see them whom they concern: the operator, and the managers of the two organisations."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Organisation, Passed, Succession
from marketplace.identity.policies import Actor, Permission
from marketplace.identity.rules.successions import MERGER, Body, Foreseen, Passing, together
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote
from marketplace.kit.values import Value

OPEN = ("proposed", "agreed")
LOADED = (
    joinedload(Succession.old), joinedload(Succession.new), joinedload(Succession.proposed_by),
    joinedload(Succession.old_agreed_by), joinedload(Succession.new_agreed_by), joinedload(Succession.done_by),
)  # fmt: skip


class Mover(Value):
    """What one room has to pass on: how it foresees what would pass, and how it passes it."""

    foresee: Callable[[Session, Passing], Foreseen]
    move: Callable[[Session, Passing, Actor, datetime], None]


Movers = Sequence[Mover]
"""Every room's, the lowest first."""


def find_succession(db: Session, ref: str, *, by: Actor) -> Succession:
    """A succession that concerns the actor. Raises NotFound for any other."""
    nothing = NotFound(f"there is no succession {quote(ref)}", "Those of yours are listed under Organisations.")
    spelled = reference_or(ref, "SUC", nothing)
    found = db.scalars(visible_successions(by).options(*LOADED).where(Succession.ref == spelled)).one_or_none()
    if found is None:
        raise nothing
    return found


def visible_successions(by: Actor) -> Select[Succession]:
    """All of them to an operator; to a manager, and once it is done to each member, those of their organisation."""
    if by.may(Permission.OPERATE):
        return select(Succession)
    concerns = or_(Succession.old_id.in_(by.stands_for), Succession.new_id.in_(by.stands_for))
    mine = select(Succession).where(concerns)
    return mine if by.may(Permission.MEMBER_MANAGE) else mine.where(Succession.state == "done")


def successions_of(db: Session, *, by: Actor) -> list[Succession]:
    """Those that concern the actor, newest first."""
    return list(db.scalars(visible_successions(by).options(*LOADED).order_by(Succession.id.desc())))


def passing_of(succession: Succession) -> Passing:
    """What passes, as rooms are told."""
    return Passing(
        body_of(succession.old), body_of(succession.new), succession.effective_on,
        None if succession.kind == MERGER else frozenset(succession.chosen),
    )  # fmt: skip


def body_of(organisation: Organisation) -> Body:
    return Body(organisation.id, organisation.ref, organisation.name)


def foreseen(db: Session, passing: Passing, movers: Movers) -> Foreseen:
    """What would pass now, in all rooms."""
    return together(mover.foresee(db, passing) for mover in movers)


def all_that_is_there(succession: Succession) -> Passing:
    """Everything that the old organisation has, for whoever chooses among it."""
    return Passing(body_of(succession.old), body_of(succession.new), succession.effective_on)


def passed_in(db: Session, succession: Succession) -> list[Passed]:
    """What passed, as it was called then."""
    return list(db.scalars(select(Passed).where(Passed.succession_id == succession.id).order_by(Passed.id)))


def history_of(db: Session, thing_id: UUID) -> list[str]:
    """Whose a thing was before, the latest first: a sentence for each time that it passed."""
    rows = (
        select(Passed)
        .join(Succession, Succession.id == Passed.succession_id)
        .options(joinedload(Passed.succession).options(joinedload(Succession.old), joinedload(Succession.new)))
        .where(Passed.thing_id == thing_id)
        .order_by(Passed.id.desc())
    )
    return [passing_of(row.succession).words + (f" {row.note}" if row.note else "") for row in db.scalars(rows)]


def merger_of(db: Session, old_id: UUID) -> str:
    """The reference of the succession by which an organisation joined another; empty for none."""
    done = (Succession.old_id == old_id, Succession.kind == MERGER, Succession.state == "done")
    return db.scalars(select(Succession.ref).where(*done)).first() or ""


def successor_of(db: Session, organisation_id: UUID) -> UUID:
    """The organisation that answers for it now: itself, or the one that it joined, and so on."""
    seen = {organisation_id}
    while True:
        joined = db.scalars(select(Organisation.joined_to_id).where(Organisation.id == organisation_id)).one_or_none()
        if joined is None or joined in seen:
            return organisation_id
        organisation_id = joined
        seen.add(joined)


def passed_between(db: Session) -> set[tuple[UUID, UUID]]:
    """Every two organisations of which the first passed something on to the second, at once or over others."""
    steps = set(db.execute(select(Succession.old_id, Succession.new_id).where(Succession.state == "done")).tuples())
    found: set[tuple[UUID, UUID]] = set()
    while steps - found:
        found |= steps
        steps = {(old, last) for old, between in found for first, last in found if between == first} - {
            (one, one) for one, _ in found
        }
    return found


def names_of(db: Session, organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by id."""
    rows = select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(organisation_ids)))
    return dict(db.execute(rows).all())
