"""What may be left out of the register, on which ground and for how long. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from marketplace.kit.calendar import add_months
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

PARTS = {
    "question": "The question, the exit criteria and the stop rule",
    "measurements": "What was measured, month by month",
    "amounts": "Fees, invoices and payments",
    "decision": "The reasons of the decision",
}
GROUNDS = {
    "commercial": "Sensitive commercial information, whose protection weighs more: Procurement Act 2023, s. 94",
    "security": "National security: Procurement Act 2023, s. 94",
    "small-numbers": "Numbers so small that somebody might be recognised",
}  # fmt: skip
PUBLIC_STATES = ("signed", "live", "ended")
LONGEST_MONTHS = 36


class LeftOut(Value):
    """A part that is left out on a day: why, and until when."""

    part: str
    ground: str
    reason: str
    until: date


def is_public(state: str) -> bool:
    """Whether the public sees a contract: from the day on which it bound everybody."""
    return state in PUBLIC_STATES


def left_out(every: Iterable[LeftOut], *, on: date) -> Mapping[str, LeftOut]:
    """What is left out on a day, by part; of several the one that lasts longest."""
    found: dict[str, LeftOut] = {}
    for one in sorted(every, key=lambda each: each.until):
        if on <= one.until:
            found[one.part] = one
    return found


def check_redaction(part: str, ground: str, reason: str, until: date, *, today: date) -> None:
    """Raises Invalid, by field, for a part or ground that does not exist, no reason, or a day too near or too far."""
    errors: dict[str, str] = {}
    if part not in PARTS:
        errors["part"] = f"{quote(part)} is no part: choose one of them."
    if ground not in GROUNDS:
        errors["ground"] = f"{quote(ground)} is no ground: choose one of them."
    if not reason:
        errors["reason"] = "Everybody reads the reason: write one."
    if not today < until <= add_months(today, LONGEST_MONTHS):
        errors["until"] = f"Choose a day after today, within {LONGEST_MONTHS} months."
    if errors:
        raise Invalid("this cannot be left out of the register", "Mend what is marked.", fields=errors)
