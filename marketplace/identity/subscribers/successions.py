"""Notices of successions: to the managers who decide, to the operator who carries out, to everybody once it is done."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.notices import tell
from marketplace.identity.events import SuccessionAgreed, SuccessionEnded, SuccessionProposed, ThingsPassed
from marketplace.identity.models import Succession
from marketplace.identity.policies import Permission
from marketplace.identity.queries.members import holders_of, managers_of, members_of
from marketplace.identity.queries.successions import LOADED, passing_of
from marketplace.identity.rules.successions import MERGER, SPLIT
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.jobs import Heard

ASKS = {MERGER: "is to join", SPLIT: "is to hand a part over to"}


def tells_of_succession_proposed(db: Session, heard: Heard) -> None:
    """SuccessionProposed: the managers of both; of a split the old ones, who choose what passes."""
    assert isinstance(heard.event, SuccessionProposed)
    succession = _loaded(db, heard.event.succession_id)
    sides = [succession.old_id] if succession.kind == SPLIT else [succession.old_id, succession.new_id]
    _ask(db, heard, succession, sides)


def tells_of_succession_agreed(db: Session, heard: Heard) -> None:
    """SuccessionAgreed: the operators where both have agreed; the other side of a split, whose turn it is then."""
    assert isinstance(heard.event, SuccessionAgreed)
    event, succession = heard.event, _loaded(db, heard.event.succession_id)
    if event.is_complete:
        body = f"Carry it out on {in_words(succession.effective_on)} or later."
        operators = holders_of(db, Permission.OPERATE, on=day_in_london(heard.at))
        _tell(db, heard, succession, operators, f"Both agreed: {_said(succession)}", body)
    elif succession.kind == SPLIT and event.organisation_id == succession.old_id:
        _ask(db, heard, succession, [succession.new_id])


def tells_of_succession_ended(db: Session, heard: Heard) -> None:
    """SuccessionEnded: the managers of both, and the operators."""
    assert isinstance(heard.event, SuccessionEnded)
    succession, on = _loaded(db, heard.event.succession_id), day_in_london(heard.at)
    managers = [*managers_of(db, succession.old_id, on=on), *managers_of(db, succession.new_id, on=on)]
    everybody = {*managers, *holders_of(db, Permission.OPERATE, on=on)} - {heard.by_person_id}
    _tell(db, heard, succession, everybody, f"Nothing passes: {_said(succession)}", heard.event.reason)


def tells_of_things_passed(db: Session, heard: Heard) -> None:
    """ThingsPassed: everybody who belongs to the organisation now."""
    assert isinstance(heard.event, ThingsPassed)
    event, succession = heard.event, _loaded(db, heard.event.succession_id)
    people = {each.person_id for each in members_of(db, event.organisation_id)}
    words = passing_of(succession).words
    title = f"{succession.old.name} and {succession.new.name}: what passed"
    _tell(db, heard, succession, people, title, f"{words} {event.reason}", event.organisation_id)


def _ask(db: Session, heard: Heard, succession: Succession, sides: Iterable[UUID]) -> None:
    for side in sides:
        managers = managers_of(db, side, on=day_in_london(heard.at))
        body = f"From {in_words(succession.effective_on)}. {succession.reason}"
        _tell(db, heard, succession, managers, f"Agree or decline: {_said(succession)}", body, side)


def _tell(
    db: Session, heard: Heard, succession: Succession, people: Iterable[UUID], title: str, body: str,
    organisation_id: UUID | None = None,
) -> None:  # fmt: skip
    tell(
        db, sorted(set(people)), kind="membership", title=title, body=body, path=f"/successions/{succession.ref}",
        key=f"{heard.key} {organisation_id or ''}", at=heard.at, organisation_id=organisation_id,
    )  # fmt: skip


def _said(succession: Succession) -> str:
    return f"{succession.old.name} {ASKS[succession.kind]} {succession.new.name}"


def _loaded(db: Session, succession_id: UUID) -> Succession:
    return db.get_one(Succession, succession_id, options=LOADED)
