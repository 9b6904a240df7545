"""What a person was told, and how they wish to be told."""

from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.identity.models import Notice, Preference
from marketplace.identity.rules.notices import NOTICE_KINDS, NoticeKind, mailed
from marketplace.kit.errors import NotFound
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.prepared import Prepared
from marketplace.kit.values import Value

PAGE = 30


class Wish(Value):
    """A kind of notice, and how a person hears of it: now, digest or off."""

    kind: NoticeKind
    mail: str


_OF_PERSON = select(Notice.id).where(Notice.person_id == bindparam("person"), Notice.read_at.is_(None)).limit(100)
_UNREAD = Prepared(select(func.count()).select_from(_OF_PERSON.subquery()))


def unread_notices(db: Session, person_id: UUID) -> int:
    """How many notices the person has not read; counted no further than 100."""
    db.flush()
    [(unread,)] = _UNREAD.rows(db, {"person": person_id})
    return int(unread)


def notices_of(db: Session, person_id: UUID, *, after: str = "", size: int = PAGE) -> Page[Notice]:
    """A person's notices, newest first. Raises Invalid for a damaged cursor."""
    mine = select(Notice).where(Notice.person_id == person_id)
    counted = select(Notice.id).where(Notice.person_id == person_id).limit(COUNTED + 1)
    total = db.scalar(select(func.count()).select_from(counted.subquery())) or 0
    if after:
        (last,) = decode_cursor(after, [UUID])
        mine = mine.where(Notice.id < last)
    found = list(db.scalars(mine.order_by(Notice.id.desc()).limit(size + 1)))
    more = encode_cursor(found[size - 1].id) if len(found) > size else None
    return Page(found[:size], total, more)


def find_notice(db: Session, notice_id: UUID, *, person_id: UUID) -> Notice:
    """A notice of that person. Raises NotFound, for somebody else's too."""
    notice = db.scalars(select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id)).one_or_none()
    if notice is None:
        raise NotFound("there is no such notice", "Go to your notices.")
    return notice


def wishes_of(db: Session, person_id: UUID) -> list[Wish]:
    """How the person hears of each kind of notice, chosen or not."""
    mine = select(Preference.kind, Preference.mail).where(Preference.person_id == person_id)
    chosen = dict(db.execute(mine).all())
    return [Wish(kind, mailed(kind.key, chosen.get(kind.key))) for kind in NOTICE_KINDS.values()]


_WISHED = Prepared(
    select(Preference.mail).where(Preference.person_id == bindparam("person"), Preference.kind == bindparam("kind"))
)


def mail_of_kind(db: Session, person_id: UUID, kind: str) -> str:
    """How a person hears of a kind of notice."""
    db.flush()
    wished = _WISHED.rows(db, {"person": person_id, "kind": kind})
    return mailed(kind, wished[0][0] if wished else None)
