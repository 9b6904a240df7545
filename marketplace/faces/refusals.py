"""The four refusals as statuses and as problems (RFC 9457)."""

from typing import Any

from marketplace.identity.actions.attempts import TooMany
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal

STATUSES: dict[type[Refusal], int] = {TooMany: 429, NotAllowed: 403, NotFound: 404, Conflict: 409, Invalid: 422}


def status_of(refusal: Refusal) -> int:
    """The HTTP status that tells a refusal."""
    return next((status for kind, status in STATUSES.items() if isinstance(refusal, kind)), 400)


def problem(refusal: Refusal) -> dict[str, Any]:
    """The refusal as an RFC 9457 problem: `title` is the fact, `detail` the hint, `errors` what is wrong by field."""
    body: dict[str, Any] = {
        "type": f"/problems/{type(refusal).__name__.lower()}",
        "title": refusal.fact,
        "status": status_of(refusal),
        "detail": refusal.hint,
    }
    if refusal.fields:
        body["errors"] = [{"field": name, "detail": text} for name, text in refusal.fields.items()]
    return body
