"""What may be shown once: of several who show it at the same moment, one is let through."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.identity.actions.races import flush_or
from marketplace.identity.models import Spent
from marketplace.kit.errors import Conflict


def spend(db: Session, what: str, *, until: datetime) -> None:
    """Note that this was shown; `until` is when it is too old anyway. Raises Conflict for the second showing."""
    key = hashlib.sha256(what.encode()).hexdigest()
    used = Conflict("this was used already", "Begin again.")
    if db.get(Spent, key) is not None:
        raise used
    db.add(Spent(key=key, until=until))
    flush_or(db, used)
