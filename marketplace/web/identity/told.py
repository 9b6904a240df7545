"""Mails of an organisation: who was told what, when, and whether it arrived; and one's own address, confirmed again."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.actions.mailing import ask_to_confirm
from marketplace.identity.actions.people import oneself, refuse_of_demonstration
from marketplace.identity.models import SentMail
from marketplace.identity.policies import Permission
from marketplace.identity.queries.mails import DEADLINES, mails_of, unreachable_members
from marketplace.identity.rules.notices import NOTICE_KINDS
from marketplace.identity.states import MAIL
from marketplace.web.edge import ANYBODY_SIGNED_IN, Page, page, post
from marketplace.web.identity.common import mailed, own, tabs

STATES = {
    "sent": ("Sent", "submitted"),
    "withheld": ("Not sent: the address is marked", "not-met"),
    "delayed": ("Delayed", "conditions"),
    "delivered": ("Delivered", "met"),
    "failed": ("Did not arrive", "not-met"),
}
ON_THEIR_WAY = "Most servers say nothing of a mail that arrived: sent is then all that is known."


@page("/organisations/{ref:str}/mails", who=Permission.AUDIT_READ)
def list_mails(ask: Ask, ref: str) -> Page:
    """What went out for this organisation, the newest first; only deadlines, or only what did not arrive, if asked."""
    organisation = own(ask, ref)
    asked, base = ask.query.one("show"), f"/organisations/{organisation.ref}/mails"
    state = asked if asked in MAIL.states else ""
    kind = DEADLINES if asked == "deadlines" else ""
    found = mails_of(ask.db, by=ask.by, state=state, kind=kind, after=ask.query.one("after") or None)
    filters = {"": "All", "deadlines": "Deadlines", "failed": "Did not arrive"}
    values = {
        "organisation": organisation,
        "tabs": tabs(ask, organisation, "Mails"),
        "filters": [
            {"label": label, "url": f"{base}?show={key}" if key else base, "current": key == asked}
            for key, label in filters.items()
        ],
        "rows": [row_of(mail) for mail in found.items],
        "total": str(found.count),
        "next_url": f"{base}?show={asked}&after={found.next}" if found.next else "",
        "unreachable": [
            {"name": one.name, "email": one.email, "since": one.mail_failed_at, "reason": one.mail_failed_reason}
            for one in unreachable_members(ask.db, organisation.id)
        ],
        "note": ON_THEIR_WAY,
    }
    return Page("identity/told.html", values)


def row_of(mail: SentMail) -> dict[str, Any]:
    """A mail as the list has it."""
    word, status = STATES[mail.state]
    kind = NOTICE_KINDS.get(mail.kind)
    return {
        "title": mail.title, "to": mail.person.name if mail.person else mail.address, "address": mail.address,
        "kind": kind.label if kind else "", "at": mail.at, "word": word, "status": status, "reason": mail.reason,
        "state_at": mail.state_at, "by": mail.asked_by.name if mail.asked_by else "",
    }  # fmt: skip


@post("/account/address-check", who=ANYBODY_SIGNED_IN)
def check_address(ask: Ask) -> Page:
    """Mail a link to one's own address, at which mail did not arrive."""
    person = oneself(ask.db, ask.by)
    refuse_of_demonstration(person)
    ask_to_confirm(ask.db, address=ask.address, by=ask.by, person=person, at=ask.at)
    return mailed(ask, f"A link is on its way to {person.email}. Open it, and mail goes there again.")


ROUTES = [list_mails, check_address]
