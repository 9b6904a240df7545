"""What the house has to read again itself, and what travels through a browser and comes back: sealed.

Each purpose has a key of its own, derived from the secret of the settings, so that nothing sealed for one opens
for another. A database or a backup alone gives none of it away.
"""

import base64
import hmac
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.kit.signing import derived

NONCE = 12


def sealed(secret: bytes, purpose: str, content: bytes, *, about: str = "") -> str:
    """The content, readable to this house alone, and there only where `about` is the same."""
    nonce = os.urandom(NONCE)
    closed = AESGCM(_key(secret, purpose)).encrypt(nonce, content, about.encode())
    return base64.urlsafe_b64encode(nonce + closed).decode().rstrip("=")


def opened(secret: bytes, purpose: str, text: str, *, about: str = "") -> bytes | None:
    """What was sealed; None for whatever is not whole, or was sealed for something else. Never raises."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return AESGCM(_key(secret, purpose)).decrypt(raw[:NONCE], raw[NONCE:], about.encode())
    except (InvalidTag, ValueError):
        return None


def given_along(secret: bytes, purpose: str, values: Mapping[str, Any], *, until: datetime) -> str:
    """Values for a form or a cookie that brings them back, unread and unchanged, before `until`."""
    return sealed(secret, purpose, json.dumps({**values, "until": until.timestamp()}).encode())


def brought_back(secret: bytes, purpose: str, text: str, *, at: datetime) -> dict[str, Any] | None:
    """What `given_along` gave; None where it is not whole, not for this, or too old."""
    raw = opened(secret, purpose, text)
    values: dict[str, Any] = json.loads(raw) if raw is not None else {}
    return values if raw is not None and at < datetime.fromtimestamp(values["until"], UTC) else None


def keyed(secret: bytes, purpose: str, text: str) -> str:
    """A fingerprint of a short secret that nobody can guess at without the key of the house: 64 hexadecimal digits."""
    return hmac.new(_key(secret, purpose), text.encode(), "sha256").hexdigest()


def _key(secret: bytes, purpose: str) -> bytes:
    return derived(secret, f"touchstone {purpose}".encode())
