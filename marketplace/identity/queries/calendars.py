"""Calendar addresses: one's own, and whose one is that somebody reads."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import CalendarFeed, Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries.callers import actor_for, memberships_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound


def feed_of(db: Session, *, by: Actor) -> CalendarFeed | None:
    """The address that the actor has for the organisation they act for; None where there is none."""
    mine = select(CalendarFeed).where(
        CalendarFeed.person_id == by.person_id, CalendarFeed.organisation_id == by.organisation_id,
        CalendarFeed.ended_at.is_(None),
    )  # fmt: skip
    return db.scalars(mine).one_or_none()


def reader_of(db: Session, token_hash: str, *, at: datetime) -> Actor:
    """Whose dates an address gives, with what they may see today. Raises NotFound once it ended, or they left."""
    found = db.execute(
        select(Person, Organisation)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .join(Organisation, Organisation.id == CalendarFeed.organisation_id)
        .where(CalendarFeed.token_hash == token_hash, CalendarFeed.ended_at.is_(None), Person.disabled_at.is_(None))
    ).first()
    if found is None or all(each.organisation_id != found[1].id for each in memberships_of(db, found[0].id)):
        raise NotFound("there is no calendar at this address", "Its owner may have ended it. Ask them for another.")
    return actor_for(db, found[0], found[1], on=day_in_london(at))
