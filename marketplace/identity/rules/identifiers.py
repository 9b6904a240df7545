"""Identifiers that others issue, each checked by its issuer's own rule and returned as the issuer spells it.

Every function raises Invalid, naming what was typed. That an identifier is issued is for its register to say.
"""

import re

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
LONGEST_TYPED = 60


def ods_code(text: str) -> str:
    """The code of a body in the NHS Organisation Data Service: RJ1. Its letters do not tell what kind of body it is."""
    return _shaped(text, "[A-Z0-9]{3,8}", "an ODS code", "It has three to eight letters and digits, such as RJ1.")


def companies_house_number(text: str) -> str:
    """A company number of eight characters, padded with zeros: 03914810, SC305103."""
    typed = _compact(text)
    padded = typed.zfill(8) if typed.isascii() and typed.isdigit() else typed
    number = _shaped(
        padded,
        "[0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7}",
        "a Companies House number",
        "It has eight digits, or two letters and six digits, such as 03914810 or SC305103.",
        shown=text,
    )
    if not number.strip("0"):
        raise Invalid(f"{quote(text)} is not a Companies House number", "It cannot be all zeros.")
    return number


def ror_id(text: str) -> str:
    """The address that names a research organisation: https://ror.org/027m9bs27. Its last two digits check the rest."""
    code = re.sub(r"^(https?://)?(www\.)?ror\.org/", "", text.strip().lower()[:LONGEST_TYPED])
    hint = "It is an address such as https://ror.org/027m9bs27."
    if not re.fullmatch(rf"0[{CROCKFORD}]{{6}}[0-9]{{2}}", code):
        raise Invalid(f"{quote(text)} is not a ROR id", hint)
    number = 0
    for symbol in code[:7]:
        number = number * 32 + CROCKFORD.index(symbol)
    if 98 - number * 100 % 97 != int(code[7:]):
        raise Invalid(f"{quote(text)} has a slip in it: its check digits do not match", hint)
    return f"https://ror.org/{code}"


def orcid(text: str) -> str:
    """The id of a researcher: 0000-0002-1825-0097. Its last character checks the rest (ISO 7064, mod 11-2)."""
    code = re.sub(r"^(HTTPS?://)?(WWW\.)?ORCID\.ORG/", "", text.strip().upper()[:LONGEST_TYPED])
    digits = re.sub(r"[\s-]", "", code)
    if not re.fullmatch("[0-9]{15}[0-9X]", digits):
        raise Invalid(f"{quote(text)} is not an ORCID", "It has sixteen digits, such as 0000-0002-1825-0097.")
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != digits[15]:
        raise Invalid(f"{quote(text)} has a slip in it: its last character does not match", "Copy it from orcid.org.")
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def vat_number(text: str) -> str:
    """A VAT number of the United Kingdom: GB123456782; with a branch, three digits more; or GBGD001, GBHA599."""
    code = _compact(text).removeprefix("GB")
    if re.fullmatch("(GD|HA)[0-9]{3}", code):
        return f"GB{code}"
    hint = "It has nine digits, or twelve for a branch, such as GB123456782."
    if not re.fullmatch("[0-9]{9}(?:[0-9]{3})?", code) or not code[:7].strip("0"):
        raise Invalid(f"{quote(text)} is not a VAT number of the United Kingdom", hint)
    weighed = sum(int(digit) * weight for digit, weight in zip(code[:7], range(8, 1, -1), strict=True))
    if (weighed + int(code[7:9])) % 97 not in (0, 97 - 55):
        raise Invalid(f"{quote(text)} has a slip in it: its check digits do not match", hint)
    return f"GB{code}"


def _compact(text: str) -> str:
    """Without the spaces, dots and hyphens that people put between groups, in capitals."""
    return re.sub(r"[\s.-]", "", text[:LONGEST_TYPED]).upper()


def _shaped(text: str, pattern: str, noun: str, hint: str, *, shown: str = "") -> str:
    code = _compact(text)
    if len(text) > LONGEST_TYPED or not re.fullmatch(pattern, code):
        raise Invalid(f"{quote(shown or text)} is not {noun}", hint)
    return code
