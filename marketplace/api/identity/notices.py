"""What one was told, and how one wishes to be told."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, get, post, put
from marketplace.api.shapes import In, Listed, Out, Paged, all_of, page_of
from marketplace.identity.actions.notices import mark_all_read, mark_read, prefer
from marketplace.identity.queries.notices import notices_of, wishes_of


class NoticeOut(Out):
    id: UUID
    kind: str
    title: str
    body: str
    path: str
    at: datetime
    read_at: datetime | None


class WishIn(In):
    mail: Literal["now", "digest", "off"]


class WishOut(Out):
    """A kind of notice, and how one hears of it by mail."""

    kind: str
    label: str
    description: str
    mail: str
    is_fixed: bool


@get("/notices", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_notices(ask: Asked, query: Paged) -> Listed[NoticeOut]:
    """One's notices, newest first."""
    found = notices_of(ask.db, ask.person_id, after=query.after, size=query.limit)
    return page_of(found, (NoticeOut.model_validate(one) for one in found.items))


@post("/notices/reading", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=204)
def read_all(ask: Asked) -> None:
    """Note that everything was read."""
    mark_all_read(ask.db, by=ask.by, at=ask.at)


@post("/notices/{notice:str}/reading", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def read_one(ask: Asked, notice: UUID) -> NoticeOut:
    """Note that a notice was read."""
    return NoticeOut.model_validate(mark_read(ask.db, notice, by=ask.by, at=ask.at))


@get("/notices/wishes", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_wishes(ask: Asked) -> Listed[WishOut]:
    """How each kind of notice is mailed."""
    return all_of(
        WishOut(kind=wish.kind.key, label=wish.kind.label, description=wish.kind.description, mail=wish.mail,
                is_fixed=wish.kind.is_security)
        for wish in wishes_of(ask.db, ask.person_id)
    )  # fmt: skip


@put("/notices/wishes/{kind:str}", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def wish(ask: Asked, kind: str, body: WishIn) -> Listed[WishOut]:
    """Choose how a kind of notice is mailed. What concerns security is always mailed at once."""
    prefer(ask.db, kind, body.mail, by=ask.by)
    ask.db.flush()
    shown: Listed[WishOut] = list_wishes.function(ask)
    return shown


CALLS = [list_notices, read_all, read_one, list_wishes, wish]
