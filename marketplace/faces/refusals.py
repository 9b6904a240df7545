"""The four refusals as statuses and as problems (RFC 9457); and the one that no room knows, of what is too large."""

from typing import Any

from marketplace.identity.actions.attempts import TooMany
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from marketplace.kit.text import limit_in_words, size_in_words


class TooLarge(Invalid):
    """More was sent than the address takes: nothing was done with it."""


STATUSES: dict[type[Refusal], int] = {
    TooMany: 429, TooLarge: 413, NotAllowed: 403, NotFound: 404, Conflict: 409, Invalid: 422
}  # fmt: skip


def status_of(refusal: Refusal) -> int:
    """The HTTP status that tells a refusal."""
    return next((status for kind, status in STATUSES.items() if isinstance(refusal, kind)), 400)


def headers_of(refusal: Refusal) -> dict[str, str]:
    """What a program reads of a refusal without its words: after how many seconds it is worth trying again."""
    return {"retry-after": str(refusal.seconds)} if isinstance(refusal, TooMany) else {}


def too_large(most: int, sent: int | None) -> TooLarge:
    """What to say of a request that is larger than `most` bytes; `sent` is what it said of its size."""
    limit, size = limit_in_words(most), size_in_words(sent or 0)
    if size.replace(".0 ", " ") == limit:
        limit, size = f"{most:,} bytes", f"{sent:,} bytes"
    told = f"what was sent has {size}" if sent else "what was sent is too large"
    return TooLarge(
        f"{told}, and {limit} is the most that is taken here",
        "Nothing was saved. Send a smaller file, or less text at a time.",
    )


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
