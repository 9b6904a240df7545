"""Making and ending the secret address of one's calendar."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.identity.actions.secrets import hash_of, new_secret
from marketplace.identity.events import CalendarFeedEnded, CalendarFeedMade
from marketplace.identity.models import CalendarFeed
from marketplace.identity.policies import Actor
from marketplace.identity.queries.calendars import feed_of
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def make_feed(db: Session, *, by: Actor, at: datetime) -> str:
    """A new address for the actor's dates, shown this once; the one before reads nothing any more.

    Raises NotAllowed for who acts for no organisation.
    """
    if by.person_id is None or by.organisation_id is None:
        raise NotAllowed("a calendar belongs to somebody who acts for an organisation", "Join one first.")
    end_open_feed(db, by=by, at=at)
    secret = new_secret()
    feed = CalendarFeed(
        id=new_id(at), token_hash=hash_of(secret), person_id=by.person_id, organisation_id=by.organisation_id,
        made_at=at,
    )  # fmt: skip
    db.add(feed)
    record(db, CalendarFeedMade(person_id=by.person_id, organisation_id=by.organisation_id), by=by, at=at)
    return secret


def end_feed(db: Session, *, by: Actor, at: datetime) -> None:
    """End one's address: whatever reads it finds nothing from now on. Raises Conflict where there is none."""
    if not end_open_feed(db, by=by, at=at):
        raise Conflict("your calendar has no address", "Make one where a program of yours should read it.")


def end_open_feed(db: Session, *, by: Actor, at: datetime) -> bool:
    """End the one that is open; whether there was one."""
    feed = feed_of(db, by=by)
    if feed is None or by.person_id is None or by.organisation_id is None:
        return False
    feed.ended_at = at
    db.flush()
    record(db, CalendarFeedEnded(person_id=by.person_id, organisation_id=by.organisation_id), by=by, at=at)
    return True
