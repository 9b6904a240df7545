"""Forgetting what has served: counts of tries, dead sessions, used links, what was shown once."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketplace.identity.actions.attempts import forget_attempts
from marketplace.identity.models import HalfSignIn, OneTimeLink, SignIn, Spent
from marketplace.identity.queries.callers import LONGEST

SESSIONS_KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=30)


def forget(db: Session, *, at: datetime) -> None:
    """Delete what nothing looks at any more. Sessions stay for 90 days: they tell which networks are familiar."""
    forget_attempts(db, at=at)
    db.execute(delete(SignIn).where(SignIn.authenticated_at < at - SESSIONS_KEPT - LONGEST))
    db.execute(delete(HalfSignIn).where(HalfSignIn.begun_at < at - LINKS_KEPT))
    db.execute(delete(Spent).where(Spent.until < at))
    db.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < at - LINKS_KEPT))
