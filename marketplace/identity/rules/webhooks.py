"""How a webhook is signed, so that its receiver knows who sent it, and when."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

SECRET_PREFIX = "whsec_"  # noqa: S105 - what the secrets of webhooks begin with, so that a scanner finds a leaked one
TOLERANCE = timedelta(minutes=5)


def secret_of(webhook_id: UUID, key: bytes) -> str:
    """The secret of a webhook, derived from the key of the house: it is stored nowhere, and never the same for two."""
    derived = hmac.digest(key, b"touchstone webhook " + webhook_id.bytes, "sha256")
    return SECRET_PREFIX + urlsafe_b64encode(derived).decode().rstrip("=")


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The header that goes with a body sent at a moment: `t=1764000000,v1=<hex>`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_signed(secret, body, seconds)}"


def is_signed(secret: str, body: bytes, header: str, *, now: datetime, tolerance: timedelta = TOLERANCE) -> bool:
    """Whether the header belongs to the body and is not old: what a receiver does. Never raises."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    seconds = parts.get("t", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        return False
    if abs(now.timestamp() - int(seconds)) > tolerance.total_seconds():
        return False
    return hmac.compare_digest(_signed(secret, body, int(seconds)).encode(), parts.get("v1", "").encode())


def _signed(secret: str, body: bytes, seconds: int) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
