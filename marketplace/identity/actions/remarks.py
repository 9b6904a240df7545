"""Commenting on a thing, asking somebody for something, and saying that it is done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.events import RemarkDone, RemarkMade
from marketplace.identity.models import Remark
from marketplace.identity.policies import Actor
from marketplace.identity.queries.remarks import askable, hearers
from marketplace.identity.rules.remarks import EVERYBODY, PRIVATE, SHARED, About, mentioned
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text
from marketplace.kit.values import Value

LONGEST = 4_000


class Saying(Value):
    """A comment as it was typed: whom it is for, and perhaps what it asks of whom by when."""

    words: str
    reach: str = PRIVATE
    with_id: UUID | None = None
    assigned_to_id: UUID | None = None
    due_on: date | None = None


def remark_on(db: Session, about: About, saying: Saying, *, by: Actor, at: datetime) -> Remark:
    """Say something about a thing that the actor can open. Raises NotAllowed, Invalid by field."""
    if by.person_id is None or by.organisation_id is None:
        raise NotAllowed("a comment is made for an organisation", "Act for one of yours.")
    on = day_in_london(at)
    people = askable(db, about, by=by, on=on, reach=saying.reach, with_id=saying.with_id)
    words = _checked(about, saying, people, on)
    remark = Remark(
        id=new_id(at), kind=about.kind, about_id=about.id, ref=about.ref, title=about.title[:200], path=about.path,
        organisation_id=by.organisation_id, reach=saying.reach, with_id=saying.with_id, words=words,
        by_id=by.person_id, at=at, assigned_to_id=saying.assigned_to_id, due_on=saying.due_on,
    )  # fmt: skip
    named = [key for key in mentioned(words, people) if key not in (by.person_id, saying.assigned_to_id)]
    elsewhere = hearers(db, about, _reached(about, saying), by=by, on=on)
    db.add(remark)
    made = RemarkMade(
        remark_id=remark.id, organisation_id=by.organisation_id, kind=about.kind, reach=saying.reach, mentioned=named,
        hears=[key for key in elsewhere if key not in (by.person_id, saying.assigned_to_id, *named)],
        assigned_to_id=saying.assigned_to_id,
    )  # fmt: skip
    record(db, made, by=by, at=at)
    return remark


def finish_remark(db: Session, remark: Remark, *, by: Actor, at: datetime) -> None:
    """Say that what a comment asked for is done. Raises NotAllowed, Conflict."""
    if by.person_id is None or by.person_id not in (remark.assigned_to_id, remark.by_id):
        raise NotAllowed("this was asked of somebody else", "The one who asked, or was asked, says that it is done.")
    if remark.assigned_to_id is None or remark.done_at is not None:
        raise Conflict("there is nothing left to do here", "It was not asked of anybody, or it is done.")
    remark.done_at, remark.done_by_id = at, by.person_id
    record(db, RemarkDone(remark_id=remark.id, organisation_id=remark.organisation_id), by=by, at=at)


def _checked(about: About, saying: Saying, people: dict[UUID, str], on: date) -> str:
    """The words, cleaned. Raises Invalid that names every field that does not hold."""
    words, wrong = clean_text(saying.words, LONGEST), {}
    if not words:
        wrong["words"] = "Write what you want to say."
    if not _may_reach(about, saying):
        wrong["reach"] = "Choose who can read it."
    elif saying.assigned_to_id is not None and saying.assigned_to_id not in people:
        wrong["assigned_to"] = "They cannot read this comment. Ask somebody who can, or share it with them."
    if saying.due_on is not None and saying.assigned_to_id is None:
        wrong["assigned_to"] = "Choose who is to do it by that day."
    if saying.due_on is not None and saying.due_on < on:
        wrong["due_on"] = "That day is over. Give today or a later one."
    if wrong:
        raise Invalid("the comment is not complete", "Look at what is marked.", fields=wrong)
    return words


def _reached(about: About, saying: Saying) -> list[UUID]:
    """The other organisations that can read it."""
    if saying.reach == EVERYBODY:
        return [key for key, _ in about.parties]
    return [saying.with_id] if saying.with_id is not None else []


def _may_reach(about: About, saying: Saying) -> bool:
    if saying.reach == SHARED:
        return saying.with_id in {key for key, _ in about.others}
    return saying.with_id is None and (saying.reach == PRIVATE or (saying.reach == EVERYBODY and bool(about.parties)))
