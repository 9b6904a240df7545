"""Mails sent and written down; what comes back of them marks an address until its owner confirms it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.identity.actions.links import ADDRESS, ask_for_link
from marketplace.identity.events import AddressChangeAsked, MailFailed, MailReachesAgain
from marketplace.identity.models import Person, SentMail
from marketplace.identity.policies import CLOCK, Actor
from marketplace.identity.states import MAIL
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared
from marketplace.kit.record import record
from marketplace.kit.values import Value
from marketplace.ports.mail.eml import fingerprint
from marketplace.ports.mail.port import MailUnavailable
from marketplace.ports.mail.post import Post
from marketplace.ports.mail.reports import Fate, Report

ALWAYS = ("security", "role", "")
"""Kinds that are tried at an address that is marked too: they guard the account, or prove the address."""
WITHHELD = "Mail to this address did not arrive before, and its owner has not confirmed it since."
MOVES = {"failed": "fail", "delayed": "delay", "delivered": "deliver"}

_SENT = Prepared(select(SentMail.id).where(SentMail.fingerprint == bindparam("mark")))


class About(Value):
    """What a mail is about, for the list of those that went out."""

    title: str
    kind: str = ""
    person: Person | None = None
    organisation_id: UUID | None = None
    asked_by_id: UUID | None = None


def send_mail(
    db: Session, post: Post, name: str, *, to: str, key: str, values: Mapping[str, Any], about: About,
    language: str = "en", at: datetime,
) -> SentMail:  # fmt: skip
    """Write the mail of that name, send it, and note that it went out, or why it did not; once for each key.

    Under a key that is known it goes out again, because its link is a new one then; it carries the same Message-ID.
    Raises MailUnavailable where trying again may help.
    """
    db.flush()
    for (known,) in _SENT.rows(db, {"mark": fingerprint(key)}):
        post.send(name, to=to, key=key, values=values, language=language)
        return db.get_one(SentMail, known)
    mail = SentMail(
        id=new_id(at), fingerprint=fingerprint(key), letter=name, kind=about.kind, title=about.title[:200], address=to,
        person_id=about.person.id if about.person else None, organisation_id=about.organisation_id,
        asked_by_id=about.asked_by_id, at=at, state=MAIL.start, reason="", state_at=at,
    )  # fmt: skip
    db.add(mail)
    if about.person is not None and about.person.mail_failed_at is not None and about.kind not in ALWAYS:
        mail.state, mail.reason = MAIL.after("withhold", mail.state), WITHHELD
        return mail
    try:
        post.send(name, to=to, key=key, values=values, language=language)
    except MailUnavailable as wrong:
        if not wrong.is_of_address:
            raise
        db.flush()
        _fail(db, mail, wrong.reason, at)
    return mail


def take_report(db: Session, report: Report, *, at: datetime) -> bool:
    """Note what a delivery report says of a mail of ours; whether it was of one. Repeatable.

    Only who had the mail knows its Message-ID, and only the address that it went to is believed.
    """
    rows = select(SentMail).where(SentMail.fingerprint == report.fingerprint).with_for_update()
    mail = db.scalars(rows).one_or_none()
    mine = [fate for fate in report.fates if mail is not None and fate.address == mail.address.casefold()]
    if mail is None or not mine:
        return False
    _note(db, mail, mine[-1], at)
    return True


def ask_to_confirm(db: Session, *, address: str, by: Actor, person: Person, at: datetime) -> None:
    """Mail a link to one's own address, at which mail did not arrive. Raises Conflict where nothing is wrong."""
    if person.mail_failed_at is None:
        raise Conflict("mail reaches you", "There is nothing to confirm.")
    link = ask_for_link(db, ADDRESS, person.email, person_id=person.id, address=address, at=at)
    if link is not None:
        record(db, AddressChangeAsked(link_id=link.id), by=by, at=at)


def mail_reaches(db: Session, person: Person, *, by: Actor, at: datetime) -> None:
    """Take the mark off an address: its owner opened a link that was mailed there, or gave another one."""
    if person.mail_failed_at is not None:
        person.mail_failed_at, person.mail_failed_reason = None, ""
        record(db, MailReachesAgain(person_id=person.id), by=by, at=at)


def _note(db: Session, mail: SentMail, fate: Fate, at: datetime) -> None:
    move = MOVES.get(fate.action)
    if move is None or not MAIL.allows(move, mail.state):
        return
    reason = "" if move == "deliver" else " ".join(filter(None, [fate.status, fate.reason]))
    if move == "fail":
        _fail(db, mail, reason, at, is_for_ever=fate.is_for_ever)
    else:
        mail.state, mail.state_at, mail.reason = MAIL.after(move, mail.state), at, reason


def _fail(db: Session, mail: SentMail, reason: str, at: datetime, *, is_for_ever: bool = True) -> None:
    """It will not arrive. The person's address is marked where no other mail would either, and they still have it."""
    mail.state, mail.state_at, mail.reason = MAIL.after("fail", mail.state), at, reason
    person = db.get(Person, mail.person_id) if mail.person_id else None
    is_marked = is_for_ever and person is not None and person.email == mail.address
    if person is not None and is_marked and person.mail_failed_at is None:
        person.mail_failed_at, person.mail_failed_reason = at, reason[:300]
    failed = MailFailed(
        mail_id=mail.id, person_id=mail.person_id, organisation_id=mail.organisation_id, is_marked=is_marked
    )
    record(db, failed, by=CLOCK, at=at)
