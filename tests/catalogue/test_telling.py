"""Who is told what of a listing, once."""

from datetime import datetime
from types import SimpleNamespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.listing import (
    send_back,
)
from marketplace.catalogue.models import Product
from marketplace.catalogue.subscribers import tell_moderators, tell_supplier
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Notice
from marketplace.identity.policies import Actor
from marketplace.kit.events import Event, event_from
from marketplace.kit.jobs import Heard
from marketplace.kit.record import Entry
from tests.cast import a_product
from tests.catalogue.shelf import a_submitted

CANARY = "'\"><svg/onload=alert(1)>{{7*7}}"


def notices(db: Session) -> list[tuple[str, str]]:
    db.flush()
    return [(notice.title, notice.path) for notice in db.scalars(select(Notice).order_by(Notice.id))]


def test_the_supplier_s_people_are_told_what_a_moderator_decided_once(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)
    send_back(db, product, {"exit": "Say how data come back."}, by=moderator, at=now)
    event: Event = event_from(*_last(db))
    heard = Heard(event, now, moderator.person_id, moderator.organisation_id, "key")

    tell_supplier(db, heard)
    tell_supplier(db, heard)

    assert notices(db) == [("Lumen Scribe was sent back", f"/listings/{product.ref}")]


def test_moderators_are_told_of_what_waits(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    tell_moderators(db, Heard(event_from(*_last(db)), now, None, None, "key"))

    assert notices(db) == [("Lumen Scribe waits to be published", f"/moderation/{product.ref}")]


def test_a_product_that_is_gone_tells_nobody(db: Session, now: datetime, lumen: Actor, moderator: Actor) -> None:
    gone = a_product(db, of=lumen, at=now)
    event = SimpleNamespace(about_id=moderator.organisation_id)
    heard = Heard(event, now, None, None, "key")  # type: ignore[arg-type]

    tell_supplier(db, heard)
    tell_moderators(db, heard)

    assert notices(db) == []
    assert isinstance(gone, Product)


def _last(db: Session) -> tuple[str, str]:
    db.flush()
    entry = db.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    return entry.name, entry.payload
