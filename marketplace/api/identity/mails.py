"""Mails of an organisation: who was told what, when, and whether it arrived."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, get, post
from marketplace.api.shapes import Listed, Out, Paged, page_of
from marketplace.identity.actions.mailing import ask_to_confirm
from marketplace.identity.actions.people import oneself, refuse_of_demonstration
from marketplace.identity.models import SentMail
from marketplace.identity.policies import Permission
from marketplace.identity.queries.mails import mails_of
from marketplace.identity.queries.organisations import find_own


class AskedMails(Paged):
    """Which mails: of one state (sent, withheld, delayed, delivered, failed), of one kind of notice (task is due)."""

    state: Annotated[str, Field(max_length=10)] = ""
    kind: Annotated[str, Field(max_length=40)] = ""


class MailOut(Out):
    """One mail. `state` is all that is known: most servers say nothing of a mail that arrived."""

    title: str
    kind: str
    letter: str
    address: str
    person_name: str
    asked_by: str
    at: datetime
    state: str
    reason: str
    state_at: datetime


@get("/organisations/{ref:str}/mails", who=Permission.AUDIT_READ)
def list_mails(ask: Asked, ref: str, query: AskedMails) -> Listed[MailOut]:
    """The mails of one's organisation, newest first."""
    find_own(ask.db, ref, by=ask.by)
    found = mails_of(ask.db, by=ask.by, state=query.state, kind=query.kind, after=query.after, limit=query.limit)
    return page_of(found, (mail_out(each) for each in found.items))


@post("/me/address-check", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=204)
def check_address(ask: Asked) -> None:
    """Mail a link to one's own address, at which mail did not arrive; opening it takes the mark off."""
    person = oneself(ask.db, ask.by)
    refuse_of_demonstration(person)
    ask_to_confirm(ask.db, address=ask.address, by=ask.by, person=person, at=ask.at)


def mail_out(mail: SentMail) -> MailOut:
    return MailOut(
        title=mail.title, kind=mail.kind, letter=mail.letter, address=mail.address,
        person_name=mail.person.name if mail.person else "", asked_by=mail.asked_by.name if mail.asked_by else "",
        at=mail.at, state=mail.state, reason=mail.reason, state_at=mail.state_at,
    )  # fmt: skip


CALLS = [list_mails, check_address]
