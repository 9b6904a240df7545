"""Numbers and dates as people write them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from marketplace.frameworks.answers.raw import is_blank, one, one_text, three_fields
from marketplace.frameworks.schema.questions import Answerable
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import check_digits
from marketplace.kit.text import quote

FIRST_YEAR, LAST_YEAR = 1900, 2199

MOST_DECIMALS = 9

_PLAIN = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[/. ](?P<month>\d{1,2})[/. ](?P<year>\d{4})", re.ASCII)
_IN_WORDS = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)? +(?P<month>[A-Za-z]{3,9}),? +(?P<year>\d{4})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def read_number(question: Answerable, raw: object) -> int | float | None:
    """A number within the bounds of its question, whole when it has no decimals; None when blank. Raises Invalid."""
    if is_blank(raw):
        return None
    number = _decimal(one(raw))
    _refuse_beyond(question, number)
    if number != round(number, question.decimals):
        places = f"at most {question.decimals} decimal places" if question.decimals else "no decimals"
        raise Invalid(f"{written_number(number)} is too exact", f"Give a number with {places}.")
    return int(number) if number == int(number) else float(number)


def _decimal(value: object) -> Decimal:
    if isinstance(value, float) and abs(value) < 1e15:
        return Decimal(repr(value))
    written = str(value) if _is_small_whole(value) else value
    found = _PLAIN.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        shown = quote(value) if isinstance(value, str) else "this"
        raise Invalid(f"{shown} is not a number that can be kept", "Write digits, such as 12, 1,200 or 0.5.")
    sign, whole, decimals = found[1], found[2].replace(",", ""), found[3] or "0"
    check_digits(value, whole, decimals, most_decimals=MOST_DECIMALS)
    return Decimal(f"{sign}{whole}.{decimals}")


def _is_small_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15


def _refuse_beyond(question: Answerable, number: Decimal) -> None:
    least, most = question.minimum, question.maximum
    if least is not None and number < Decimal(str(least)):
        raise Invalid(f"{written_number(number)} is less than {written_number(least)}", _bounds(question))
    if most is not None and number > Decimal(str(most)):
        raise Invalid(f"{written_number(number)} is more than {written_number(most)}", _bounds(question))


def _bounds(question: Answerable) -> str:
    ends = [f"from {written_number(question.minimum)}"] if question.minimum is not None else []
    ends += [f"up to {written_number(question.maximum)}"] if question.maximum is not None else []
    return f"Give a number {' '.join(ends)}{' ' + question.unit if question.unit else ''}."


def written_number(number: Decimal | float) -> str:
    """As people write it: 1,200 or 0.5."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return f"{int(exact):,}" if exact == int(exact) else f"{exact:,f}"


def read_date(raw: object) -> str | None:
    """A day as “2026-11-24”; None when blank. Reads what `input type=date` sends, three fields, and how people write.

    A mapping holds day, month and year. Raises Invalid.
    """
    text = three_fields(raw) if isinstance(raw, Mapping) else one_text(raw).strip()
    if not text:
        return None
    found = _ISO.fullmatch(text) or _NUMBERS.fullmatch(text) or _IN_WORDS.fullmatch(text)
    if found is None:
        raise Invalid(f"{quote(text)} is not a date", "Write day, month and year, such as 24 November 2026.")
    return _day(text, int(found["year"]), _month(found["month"]), int(found["day"])).isoformat()


def _month(text: str) -> int:
    name = text.casefold()
    if name.isdigit():
        return int(name)
    if name not in _MONTHS and name not in _MONTH_NAMES and name != "sept":
        raise Invalid(f"{quote(text)} is not a month", "Write it like November or Nov.")
    return _MONTHS.index(name[:3]) + 1


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Invalid(f"{quote(text)} does not exist in the calendar", "Check the day and the month.") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(f"{quote(text)} is not in a year from {FIRST_YEAR} to {LAST_YEAR}", "Check the year.")
    return found
