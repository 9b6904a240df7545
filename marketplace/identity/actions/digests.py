"""One mail a day with what was told, for whoever prefers that."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.identity.actions.mailing import About, send_mail
from marketplace.identity.models import Notice, Person
from marketplace.identity.queries.notices import mail_of_kind
from marketplace.identity.rules.notices import DIGEST
from marketplace.kit.db import Database
from marketplace.ports.mail.post import Post

LOOKS_BACK = timedelta(days=7)
MOST = 50
TITLE = "Your day on Touchstone"


def send_digests(database: Database, post: Post, *, at: datetime) -> int:
    """Mail everybody what they were told, have not read, and want once a day; returns how many mails went out.

    Each person in a transaction of their own: one address that fails keeps nobody else waiting. Run it once a day.
    """
    with database.reading() as db:
        waiting = list(db.scalars(_unmailed(at).with_only_columns(Notice.person_id).distinct()))
    return sum(_send(database, post, person_id, at) for person_id in waiting)


def _send(database: Database, post: Post, person_id: UUID, at: datetime) -> bool:
    with database.writing() as db:
        person = db.get_one(Person, person_id)
        notices = _for_digest(db, person_id, at)
        if not notices or person.disabled_at is not None:
            return False
        told = [
            {"title": each.title, "body": each.body, "url": post.url(each.path or "/notices"), "at": each.at}
            for each in notices
        ]
        values = {"person_name": person.name, "organisation_name": "", "title": TITLE, "notices": told}
        key = f"digest {person_id} {at:%Y-%m-%d}"
        for each in notices:
            each.mailed_at = at
        send_mail(
            db, post, "digest", to=person.email, key=key, values=values, about=About(TITLE, "digest", person),
            language=person.language, at=at,
        )  # fmt: skip
        return True


def _for_digest(db: Session, person_id: UUID, at: datetime) -> list[Notice]:
    mine = db.scalars(_unmailed(at).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(MOST)).all()
    wishes = {kind: mail_of_kind(db, person_id, kind) for kind in {notice.kind for notice in mine}}
    return [notice for notice in mine if wishes[notice.kind] == DIGEST]


def _unmailed(at: datetime) -> Select[Notice]:
    return select(Notice).where(Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.at > at - LOOKS_BACK)
