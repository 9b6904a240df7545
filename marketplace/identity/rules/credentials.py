"""What a person signs in with: an address that mail reaches, and a long password that is not on everybody's list."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE | re.ASCII)
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,57}[a-z0-9])", re.ASCII
)
_REPEATED = re.compile(r"(.{1,4}?)\1+.{0,3}", re.DOTALL)


def email_address(text: str) -> str:
    """An address as it is stored and compared: its domain in lower case, what stands before the @ as typed.

    Plain ASCII without quotes or comments, so that no two addresses look alike. Raises Invalid.
    """
    typed = text.strip()
    local, at, domain = typed.rpartition("@")
    hint = "Write it like name@trust.nhs.uk."
    if not typed.isascii() and at:
        odd = next(char for char in typed if not char.isascii())
        raise Invalid(f"{quote(text)} has {quote(odd)} in it, which no address here may hold", hint)
    domain = domain.lower()
    if len(typed) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL_PART:
        raise Invalid(f"{quote(text)} is too long for an e-mail address", hint)
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Invalid(f"{quote(text)} is not an e-mail address", hint)
    return f"{local}@{domain}"


def password_as_hashed(text: str) -> str:
    """The same password however the keyboard composed its accents: what is hashed, at setting and at signing in."""
    return unicodedata.normalize("NFC", text[: LONGEST_PASSWORD * 4])


def check_password(text: str, *, common: Collection[str], about: Iterable[str] = ()) -> None:
    """Accept any characters, 12 to 128 of them. Raises Invalid, never naming the password.

    Refused: what is on everybody's list (`common`, as `common_passwords` reads it), also with digits around it;
    a few characters over and over; and what is known `about` the person, such as their address.
    """
    length = len(password_as_hashed(text))
    if length < SHORTEST_PASSWORD:
        raise Invalid("this password is too short", f"Use {SHORTEST_PASSWORD} characters or more: four words do well.")
    if length > LONGEST_PASSWORD:
        raise Invalid("this password is too long", f"Use at most {LONGEST_PASSWORD} characters.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("this password has half a character in it", "Type it again.")
    folded = text.casefold()
    if folded in common or _stem(folded) in common or _REPEATED.fullmatch(folded):
        raise Invalid("this password is one of the first that an attacker tries", "Use four words that do not belong.")
    if any(folded in (known.casefold(), known.casefold()[::-1]) for known in about):
        raise Invalid("this password is known to whoever knows you", "Use four words that do not belong.")


def common_passwords(lines: str) -> frozenset[str]:
    """The list in frameworks/registers/common-passwords.txt: one a line, # begins a remark."""
    return frozenset(line.strip().casefold() for line in lines.splitlines() if line.strip() and line[0] != "#")


def _stem(folded: str) -> str:
    """Without the digits and signs with which people dress a word up: "Summer2026!" is "summer"."""
    start, end = 0, len(folded)
    while start < end and not folded[start].isalpha():
        start += 1
    while end > start and not folded[end - 1].isalpha():
        end -= 1
    return folded[start:end]
