"""Whose session it was that ran out: so that what they typed meanwhile can be kept for them, and for nobody else."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Person, SignIn
from marketplace.identity.queries.callers import LONGEST
from marketplace.kit.values import Value

REMEMBERED = timedelta(hours=24)
"""For so long after the longest session a form of it is still known as its person's."""


class Lapsed(Value):
    """A session that may have ended: of whom, acting for whom, and the secret of its forms."""

    person_id: UUID
    organisation_id: UUID
    csrf_secret: str


def sessions_behind(db: Session, token_hash: str, *, at: datetime) -> list[Lapsed]:
    """The sessions of late of the person whose cookie this is; none for a cookie that was signed out or taken back."""
    since = at - LONGEST - REMEMBERED
    own = (
        select(SignIn.person_id)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash, SignIn.ended_at.is_(None), Person.disabled_at.is_(None))
        .where(SignIn.authenticated_at > since)
    )
    theirs = select(SignIn.person_id, SignIn.organisation_id, SignIn.csrf_secret).where(
        SignIn.person_id == own.scalar_subquery(), SignIn.organisation_id.is_not(None), SignIn.authenticated_at > since
    )
    return [Lapsed(person, organisation, secret) for person, organisation, secret in db.execute(theirs) if organisation]
