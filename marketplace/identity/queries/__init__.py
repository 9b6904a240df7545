"""What identity reads: who asks, people, organisations, members, notices, the audit."""

from marketplace.identity.queries.callers import (
    IDLE,
    LONGEST,
    Caller,
    actor_for,
    caller_by_session,
    caller_by_token,
    memberships_of,
    seats_of,
)
from marketplace.identity.queries.notices import unread_notices

__all__ = [
    "IDLE",
    "LONGEST",
    "Caller",
    "actor_for",
    "caller_by_session",
    "caller_by_token",
    "memberships_of",
    "seats_of",
    "unread_notices",
]
