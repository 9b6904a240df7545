"""A mail did not arrive: whoever caused it is told, and the managers of those who are not reached."""

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.notices import tell
from marketplace.identity.events import MailFailed
from marketplace.identity.models import Organisation, Person, SentMail
from marketplace.identity.queries.mails import organisations_of
from marketplace.identity.queries.members import managers_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.jobs import Heard


def tells_of_mail_failed(db: Session, heard: Heard) -> None:
    """MailFailed: the sender of an invitation; the managers, and on the desk alone the person."""
    assert isinstance(heard.event, MailFailed)
    mail = db.get_one(SentMail, heard.event.mail_id)
    if mail.asked_by_id is not None and mail.organisation_id is not None:
        ref = db.get_one(Organisation, mail.organisation_id).ref
        _tell(db, heard, mail.asked_by_id, f"Your mail to {mail.address} did not arrive", mail,
              f"/organisations/{ref}/invitations")  # fmt: skip
    if mail.person_id is None or not heard.event.is_marked:
        return
    person = db.get_one(Person, mail.person_id)
    _tell(db, heard, person.id, f"Mail to you at {mail.address} does not arrive", mail, "/account")
    for organisation_id in organisations_of(db, person.id):
        ref = db.get_one(Organisation, organisation_id).ref
        for manager in set(managers_of(db, organisation_id, on=day_in_london(heard.at))) - {person.id}:
            title = f"Mail to {person.name} does not arrive"
            _tell(db, heard, manager, title, mail, f"/organisations/{ref}/mails")


def _tell(db: Session, heard: Heard, person_id: UUID, title: str, mail: SentMail, path: str) -> None:
    body = f"{mail.title}. {mail.reason}".strip()
    key = f"mail failed {mail.id} {path}"
    tell(db, [person_id], kind="membership", title=title, body=body, path=path, key=key, at=heard.at)
