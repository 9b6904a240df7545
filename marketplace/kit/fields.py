"""Fields as they were typed or sent, read one by one, and what is wrong with them told all at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar
from urllib.parse import urlsplit

from marketplace.kit.calendar import parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.text import clean_line, clean_text, quote

T = TypeVar("T")
LARGEST = 10**9
LONGEST_REASON = 2_000
NAMED = 8
"""How many of the choices a refusal names."""
YES_NO = {"yes": True, "no": False}
MOST_DIGITS, MOST_DECIMALS = 15, 12
"""Before and after the point of an exact number."""

_WHOLE = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_EXACT = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})


@dataclass(slots=True)
class Fields:
    """Fields as they came, and what was found wrong with them so far. A day comes as `name-day`, `-month`, `-year`."""

    raw: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, reader: Callable[[str], T], *, blank: T, needed: str = "") -> T:
        """The field as read; `blank` where nothing was typed, which is wrong where `needed` says what to enter."""
        typed = self.raw.get(name, "").strip()
        if not typed:
            if needed:
                self.wrong[name] = needed
            return blank
        try:
            return reader(typed)
        except Invalid as refusal:
            self.wrong[name] = told(refusal)
            return blank

    def line(self, name: str, longest: int, *, needed: str = "") -> str:
        return self.take(name, lambda text: clean_line(text, longest), blank="", needed=needed)

    def text(self, name: str, longest: int, *, needed: str = "") -> str:
        return self.take(name, lambda text: clean_text(text, longest), blank="", needed=needed)

    def one_of(self, name: str, known: Iterable[str], *, blank: str = "", needed: str = "") -> str:
        return self.take(name, lambda text: read_choice(text, known), blank=blank, needed=needed)

    def several(self, name: str, known: Iterable[str]) -> list[str]:
        """Choices with commas between them, in the order of `known`; nothing typed is none."""
        options, none = list(known), list[str]()
        found = self.take(name, lambda text: [read_choice(one.strip(), options) for one in text.split(",")], blank=none)
        return [option for option in options if option in found]

    def yes_or_no(self, name: str, *, needed: str = "") -> bool:
        return YES_NO.get(self.one_of(name, YES_NO, needed=needed), False)

    def whole(self, name: str) -> int | None:
        return self.take(name, _whole_or_none, blank=None)

    def exact(self, name: str, *, needed: str = "") -> Decimal | None:
        return self.take(name, _exact_or_none, blank=None, needed=needed)

    def day(self, name: str) -> date | None:
        """A day in three fields, or in one as 2026-11-24; None where nothing was typed."""
        parts = [self.raw.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
        if any(parts):
            written = f"{parts[0]}-{parts[1].zfill(2)}-{parts[2].zfill(2)}"
        else:
            written = self.raw.get(name, "").strip()
        try:
            return parse_day(written) if written else None
        except Invalid as refusal:
            self.wrong[name] = told(refusal)
            return None

    def check(self, fact: str) -> None:
        """Raise Invalid with every fault found."""
        if self.wrong:
            raise Invalid(fact, "Look at what is marked, and send it again. Nothing was lost.", fields=self.wrong)


def told(refusal: Invalid) -> str:
    """A refusal as one text beside its field."""
    return f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}".rstrip()


def reason_of(typed: str, needed: str, *, field: str = "reason", longest: int = LONGEST_REASON) -> str:
    """A reason that others will read. Raises Invalid by field where there is none, or it cannot be kept."""
    try:
        kept = clean_text(typed, longest)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={field: told(wrong)}) from wrong
    if not kept:
        raise Invalid("this needs a reason", needed, fields={field: needed})
    return kept


def read_choice(text: str, known: Iterable[str]) -> str:
    """One of the choices by its id. Raises Invalid, naming some."""
    options = list(known)
    if text not in options:
        shown = ", ".join(options[:NAMED])
        raise Invalid(f"{quote(text)} is not one of the choices", f"Choose one of {shown}.")
    return text


def read_whole(text: str) -> int:
    """A whole number that is not negative, as typed: "400", "90,000". Raises Invalid."""
    if not _WHOLE.fullmatch(text):
        raise Invalid(f"{quote(text)} is not a whole number from 0", "Write it in digits, such as 1,200.")
    digits = text.replace(",", "").lstrip("0") or "0"
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise Invalid(f"{quote(text)} is too large", f"The largest number taken is {LARGEST:,}.")
    return int(digits)


def read_exact(text: str) -> Decimal:
    """A number with all its digits, as typed: "-3.1", "1,200.50". Raises Invalid for NaN, infinity and the like."""
    found = _EXACT.fullmatch(text.translate(_MINUS))
    if found is None:
        raise Invalid(f"{quote(text)} is not a number that can be kept", "Write digits, such as 12, -3.1 or 1,200.")
    sign, whole, decimals = found[1], found[2].replace(",", ""), found[3] or ""
    check_digits(text, whole, decimals, most_decimals=MOST_DECIMALS)
    return Decimal(f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}")


def check_digits(typed: object, whole: str, decimals: str, *, most_decimals: int) -> None:
    """Raises Invalid for a number of more digits than are kept, before the point or after it."""
    if len(whole) > MOST_DIGITS:
        raise Invalid(f"{quote(typed)} is too large", f"Write at most {MOST_DIGITS} digits before the point.")
    if len(decimals) > most_decimals:
        raise Invalid(f"{quote(typed)} is too exact", f"Write at most {most_decimals} digits after the point.")


def read_link(text: str, longest: int = 500) -> str:
    """The address of a public page, safe to show: https alone. Raises Invalid."""
    line = clean_line(text, longest)
    try:
        parts = urlsplit(line)
        fits = parts.scheme == "https" and "@" not in parts.netloc and parts.port in (None, 443)
        fits = fits and bool(_HOST.fullmatch(parts.hostname or "")) and not re.search(r'[\s"<>\\^`{|}]', line)
    except ValueError:
        fits = False
    if not fits:
        raise Invalid(
            f"{quote(line)} is not a link that can be shown",
            "Give the whole address of a public page, beginning with https://, such as https://www.example.org/page.",
        )
    return line


def _whole_or_none(text: str) -> int | None:
    return read_whole(text)


def _exact_or_none(text: str) -> Decimal | None:
    return read_exact(text)
