"""One-time codes by the clock (RFC 6238) and recovery codes: the arithmetic alone."""

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import quote as in_address
from urllib.parse import urlencode

STEP = 30
DIGITS = 6
DRIFT = 1
"""How many steps the clock of a telephone may be early or late."""
SECRET_BYTES = 20
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter of it is read as another: no i, l, o, no 0 and no 1."""
GROUPS, GROUP = 4, 4
FRESH = timedelta(minutes=10)
STILL_FRESH = timedelta(minutes=15)
"""A form that was opened while the proof was fresh may be sent a little later."""


def step_at(at: datetime) -> int:
    """The number of the half minute that `at` falls into, since 1970."""
    return int(at.timestamp()) // STEP


def code_of(secret: bytes, step: int, *, digits: int = DIGITS, digest: str = "sha1") -> str:
    """The code of one step: HOTP of RFC 4226, with the step as its counter."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), digest).digest()
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, code: str, *, at: datetime, after: int) -> int | None:
    """The step that a code is of: near `at`, and later than the last one used; None where there is none."""
    now = step_at(at)
    found = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()) and step > after
    ]
    return found[0] if found else None


def is_code(text: str) -> bool:
    """Whether it looks like a code of an app: six digits, however they were grouped."""
    return re.fullmatch(r"[0-9]{6}", plain(text)) is not None


def plain(text: str) -> str:
    """What was typed without the blanks and hyphens that make it easy to read; in small letters."""
    return re.sub(r"[\s-]", "", text[:100]).lower()


def recovery_code(draws: Sequence[int]) -> str:
    """A code in groups, from random numbers below 256: 16 letters of 31 are 79 bits."""
    letters = "".join(ALPHABET[draw % len(ALPHABET)] for draw in draws[: GROUPS * GROUP])
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def shown_secret(secret: bytes) -> str:
    """The secret as an app takes it by hand: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address_for_app(secret: bytes, *, account: str, issuer: str) -> str:
    """What the square of dots says: otpauth://, as apps for one-time codes read it."""
    text = base64.b32encode(secret).decode().rstrip("=")
    asked = urlencode({"secret": text, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP})
    return f"otpauth://totp/{in_address(issuer)}:{in_address(account)}?{asked}"


def is_fresh(confirmed_at: datetime, at: datetime, *, sending: bool = False) -> bool:
    """Whether a person proved who they are lately enough for what a stolen session must not do."""
    return at - confirmed_at < (STILL_FRESH if sending else FRESH)


def is_demanded(since: date | None, on: date) -> bool:
    """Whether an organisation asks its people for a second factor on that day."""
    return since is not None and since <= on
