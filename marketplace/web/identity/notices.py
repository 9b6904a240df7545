"""What one was told, and how one wishes to be told."""

from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.identity.actions.notices import mark_all_read, mark_read, prefer
from marketplace.identity.queries.notices import notices_of, unread_notices, wishes_of
from marketplace.identity.rules.notices import CHOICES, NOTICE_KINDS
from marketplace.kit.errors import Refusal
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import told_of, way_on


@page("/notices", who=ANYBODY_SIGNED_IN)
def show_notices(ask: Ask) -> Page:
    """Notices, newest first."""
    found = notices_of(ask.db, ask.person_id, after=ask.query.one("after"))
    rows = [
        {
            "id": each.id,
            "title": each.title,
            "body": each.body,
            "path": each.path,
            "at": each.at,
            "kind": NOTICE_KINDS[each.kind].label if each.kind in NOTICE_KINDS else "",
            "is_new": each.read_at is None,
        }
        for each in found.items
    ]
    values = {
        "notices": rows,
        "total": str(found.count),
        "next_url": f"/notices?after={found.next}" if found.next else "",
        "unread": unread_notices(ask.db, ask.person_id),
    }
    return Page("identity/notices.html", values)


@post("/notices/reading", who=ANYBODY_SIGNED_IN)
def read_all(ask: Ask) -> Goto:
    """Note that everything was read."""
    mark_all_read(ask.db, by=ask.by, at=ask.at)
    return Goto("/notices", told="Everything is marked as read.")


@post("/notices/{key:uuid}/reading", who=ANYBODY_SIGNED_IN)
def read_one(ask: Ask, key: UUID) -> Goto:
    """Note that one notice was read, and go where it leads."""
    notice = mark_read(ask.db, key, by=ask.by, at=ask.at)
    return Goto(way_on(notice.path, "/notices"))


@page("/account/notices", who=ANYBODY_SIGNED_IN)
def show_wishes(ask: Ask, refusal: Refusal | None = None) -> Page:
    """How each kind of notice is mailed."""
    rows = [
        {
            "key": wish.kind.key,
            "label": wish.kind.label,
            "description": wish.kind.description,
            "mail": ask.form.one(wish.kind.key) or wish.mail,
            "is_fixed": wish.kind.is_security,
        }
        for wish in wishes_of(ask.db, ask.person_id)
    ]
    choices = [{"value": value, "label": label} for value, label in CHOICES.items()]
    return Page("identity/wishes.html", {"wishes": rows, "choices": choices, "errors": told_of(refusal)})


@post("/account/notices", who=ANYBODY_SIGNED_IN, again=show_wishes)
def save_wishes(ask: Ask) -> Goto:
    for kind in NOTICE_KINDS.values():
        chosen = ask.form.one(kind.key)
        if chosen:
            prefer(ask.db, kind.key, chosen, by=ask.by)
    return Goto("/account/notices", told="Your wishes are kept.")


ROUTES = [show_notices, read_all, read_one, show_wishes, save_wishes]
