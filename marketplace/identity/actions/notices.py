"""Telling people: on their desk always, by mail as they wish."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.identity.events import PersonTold
from marketplace.identity.models import Notice, Preference
from marketplace.identity.policies import CLOCK, Actor
from marketplace.identity.queries.notices import find_notice, mail_of_kind
from marketplace.identity.rules.notices import NOW, check_choice, kind_of
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared, insert_new
from marketplace.kit.record import record

_NOTICE = Prepared(insert_new(Notice.__table__))  # type: ignore[arg-type]


def tell(
    db: Session,
    person_ids: Iterable[UUID],
    *,
    kind: str,
    title: str,
    body: str,
    path: str,
    key: str,
    at: datetime,
    organisation_id: UUID | None = None,
) -> int:
    """Put a notice on each person's desk, and mail it to whoever wants this kind at once; returns how many are new.

    Repeatable: nobody is told the same `key` twice. `kind` is one of NOTICE_KINDS; raises LookupError for another.
    """
    kind_of(kind)
    db.flush()
    told, woken = 0, []
    facts = {
        "organisation_id": organisation_id, "kind": kind, "title": title[:200], "body": body, "path": path, "at": at,
        "read_at": None, "mailed_at": None,
    }  # fmt: skip
    for person_id in dict.fromkeys(person_ids):
        notice_id = new_id(at)
        if _NOTICE.run(db, {"id": notice_id, "key": _key(key, person_id), "person_id": person_id, **facts}):
            told += 1
            if mail_of_kind(db, person_id, kind) == NOW:
                woken.append(PersonTold(person_id=person_id, notice_id=notice_id))
    if woken:
        record(db, *woken, by=CLOCK, at=at)
    return told


def _key(key: str, person_id: UUID) -> str:
    """One row for one person and key, however long the key."""
    return hashlib.sha256(f"{key} {person_id}".encode()).hexdigest()


def mark_read(db: Session, notice_id: UUID, *, by: Actor, at: datetime) -> Notice:
    """Note that a notice was read. Raises NotFound."""
    notice = find_notice(db, notice_id, person_id=_person(by))
    notice.read_at = notice.read_at or at
    return notice


def mark_all_read(db: Session, *, by: Actor, at: datetime) -> None:
    """Note that everything told up to now was read."""
    unread = (Notice.person_id == _person(by), Notice.read_at.is_(None), Notice.at <= at)
    db.execute(update(Notice).where(*unread).values(read_at=at))


def prefer(db: Session, kind: str, mail: str, *, by: Actor) -> None:
    """Choose how a kind of notice is mailed: now, digest or off. Raises Invalid; security is always mailed at once."""
    check_choice(kind, mail)
    wish = db.get(Preference, (_person(by), kind))
    if wish is None:
        db.add(Preference(person_id=_person(by), kind=kind, mail=mail))
    else:
        wish.mail = mail


def _person(by: Actor) -> UUID:
    if by.person_id is None:
        raise NotFound("there is no such person", "Sign in first.")
    return by.person_id
