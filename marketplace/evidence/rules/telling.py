"""A synthesis in a sentence, as somebody with four minutes reads it; and how its measure is spelled in an address."""

import hashlib
import re
import unicodedata
from decimal import Decimal

from marketplace.evidence.rules.effects import BETTER_SHOWN, NO_INTERVAL, NOT_SHOWN, WORSE_SHOWN, direction_of
from marketplace.evidence.rules.synthesis import Body, Sum, Synthesis

LONGEST_KEY = 60
GLUED = ("%", "")
VERDICTS = {
    BETTER_SHOWN: "It helps, as far as these studies show",
    WORSE_SHOWN: "It does harm, as far as these studies show",
    NOT_SHOWN: "It may help, or not, or do harm: the interval leaves all open",
    NO_INTERVAL: "It cannot be added up",
}
NOTHING = "No study of it counts any more."


def measure_key(measure: str) -> str:
    """The measure in an address: "minutes-of-writing-per-consultation". Measures of one key are one measure."""
    plain = unicodedata.normalize("NFKD", measure).encode("ascii", "ignore").decode().casefold()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if key and len(key) <= LONGEST_KEY:
        return key
    short = hashlib.sha256(measure.casefold().encode()).hexdigest()[:8]
    return f"{key[:LONGEST_KEY].strip('-') or 'measure'}-{short}"


def sentence_of(found: Synthesis) -> str:
    """What is known in one sentence: "Minutes per note: 2.1 minutes less (95% 1.2 to 3) in 3 randomised trials"."""
    body = found.first
    if body is None:
        count = f"{found.studies} {'study' if found.studies == 1 else 'studies'}"
        return f"{found.measure}: {count}, not added up into one number"
    kind = body.label[:1].lower() + body.label[1:]
    return f"{found.measure}: {amount_of(body.total, found)} in {body.total.count} {kind}"


def amount_of(total: Sum, found: Synthesis) -> str:
    """A sum with its interval in words."""
    if total.estimate is None or total.low is None or total.high is None:
        return "not added up"
    if found.effect == "ratio":
        ends = f"95% {number(total.low, 2)} to {number(total.high, 2)}"
        return f"{number(total.estimate, 2)} times as much as without it ({ends})"
    unit = found.unit if found.unit in GLUED else f" {found.unit}"
    word, size, digits = "less" if total.estimate < 0 else "more", abs(total.estimate), digits_of(total.estimate)
    low, high = (number(abs(each), digits) for each in (total.low, total.high))
    if (total.low < 0) != (total.high < 0):
        ends = f"95% {low} less to {high} more"
    else:
        ends = f"95% {high} to {low}" if total.estimate < 0 else f"95% {low} to {high}"
    return f"{number(size, digits)}{unit} {word} ({ends})"


def direction(found: Synthesis) -> str:
    """Which way the first sum goes, of rules/effects.py; no-interval where there is none."""
    body = found.first
    return NO_INTERVAL if body is None else body_direction(body, found)


def body_direction(body: Body, found: Synthesis) -> str:
    """Which way one sum goes."""
    total = body.total
    if total.estimate is None or total.low is None or total.high is None:
        return NO_INTERVAL
    ends = (Decimal(repr(each)) for each in (total.estimate, total.low, total.high))
    return direction_of(found.effect, found.better, *ends)


def number(value: float, digits: int | None = None) -> str:
    """A number as people read it: 0.071, 0.49, 3.1, 24.6, 1,200; with so many digits where they are given."""
    text = f"{abs(value):,.{digits_of(value) if digits is None else digits}f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 and text.strip("0.,") else text


def digits_of(value: float) -> int:
    """How many digits after the point say enough."""
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 1 else 2 if size >= 0.1 else 3
