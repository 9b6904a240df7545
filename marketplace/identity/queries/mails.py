"""Mails that went out for an organisation: who was told what, when, and whether it arrived."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Membership, Person, SentMail
from marketplace.identity.policies import Actor, Permission, require
from marketplace.identity.states import MAIL
from marketplace.kit.errors import Invalid
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor

SIZE = 50
DEADLINES = "task"
"""The kind of notice that tells of something due."""


def mails_of(
    db: Session, *, by: Actor, state: str = "", kind: str = "", after: str | None = None, limit: int = SIZE
) -> Page[SentMail]:
    """The mails of the actor's organisation, newest first. Raises NotAllowed; Invalid for a state that is none."""
    require(by, Permission.AUDIT_READ)
    if state and state not in MAIL.states:
        raise Invalid("this is no state of a mail", f"Choose one of {', '.join(MAIL.states)}.")
    mine = select(SentMail).where(SentMail.organisation_id.in_(by.stands_for))
    if state:
        mine = mine.where(SentMail.state == state)
    if kind:
        mine = mine.where(SentMail.kind == kind)
    counted = mine.with_only_columns(SentMail.id).limit(COUNTED + 1).subquery()
    total = db.scalar(select(func.count()).select_from(counted)) or 0
    if after:
        mine = mine.where(SentMail.id < decode_cursor(after, [UUID])[0])
    loaded = mine.options(joinedload(SentMail.person), joinedload(SentMail.asked_by)).order_by(SentMail.id.desc())
    rows = list(db.scalars(loaded.limit(limit + 1)))
    return Page(rows[:limit], total, encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


def invitation_mails(db: Session, organisation_id: UUID) -> dict[str, SentMail]:
    """The latest mail of an invitation, by the address that it went to."""
    rows = select(SentMail).where(SentMail.organisation_id == organisation_id, SentMail.letter == "invitation")
    return {mail.address: mail for mail in db.scalars(rows.order_by(SentMail.id))}


def unreachable_members(db: Session, organisation_id: UUID) -> list[Person]:
    """Members whose mail does not arrive, by name."""
    rows = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.state == "active")
        .where(Person.mail_failed_at.is_not(None))
        .order_by(Person.name)
    )
    return list(db.scalars(rows))


def organisations_of(db: Session, person_id: UUID) -> list[UUID]:
    """Where somebody is a member."""
    rows = select(Membership.organisation_id).where(Membership.person_id == person_id, Membership.state == "active")
    return list(db.scalars(rows.order_by(Membership.organisation_id)))
