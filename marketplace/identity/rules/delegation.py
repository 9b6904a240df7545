"""What a deputy may be given: never more, and never longer, than whom they stand in for."""

from datetime import date

from marketplace.kit.errors import Invalid
from marketplace.kit.money import LARGEST_TYPED, Money

Pence = int | None
"""A limit in pence; None where there is none."""


def check_limit(limit: Pence) -> None:
    """Raises Invalid unless the limit is a positive amount within what is ever taken."""
    if limit is not None and not 0 < limit <= LARGEST_TYPED:
        raise Invalid(
            f"{Money(limit)} cannot be a limit", "Write an amount above £0.00, or leave it empty for no limit.",
            fields={"limit": "Write an amount above £0.00, or leave it empty."},
        )  # fmt: skip


def check_until(until: date | None, *, today: date) -> None:
    """Raises Invalid for a day that is over."""
    if until is not None and until < today:
        raise Invalid(f"{until} is over", "Give today or a later day.", fields={"until": "Give today or a later day."})


def limit_of_deputy(asked: Pence, *, own: Pence) -> Pence:
    """What a deputy may sign or approve: what was asked for, else all that the holder may. Raises Invalid above it."""
    check_limit(asked)
    if asked is None or own is None:
        return own if asked is None else asked
    if asked > own:
        fact = f"{Money(asked)} is above your own limit of {Money(own)}"
        raise Invalid(fact, "A deputy has your limit or less.", fields={"limit": "Your own limit or less."})
    return asked


def check_until_of_deputy(until: date | None, *, own: date | None, today: date) -> date:
    """The last day of a deputy. Raises Invalid where there is none, it is over, or it is after the holder's own."""
    if until is None:
        raise Invalid("a deputy needs a last day", "Give one.", fields={"until": "Give the last day."})
    check_until(until, today=today)
    if own is not None and until > own:
        raise Invalid(
            f"{until} is after {own}, when your own role ends", "Give an earlier day.",
            fields={"until": "Your own role ends before."},
        )  # fmt: skip
    return until
