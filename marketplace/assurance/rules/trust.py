"""Whose decisions count: bodies that are accredited, those that others recognise, and those that a buyer trusts."""

from collections.abc import Mapping
from datetime import date

from marketplace.kit.calendar import in_words
from marketplace.kit.values import Value

RULES = {
    "any": "Every body that is accredited for the framework",
    "named": "Only the bodies that we name",
}
"""How a buying organisation says whom it trusts."""


class Policy(Value):
    """Whom a buyer trusts. `bodies` are references of organisations, with a `named` rule alone."""

    rule: str
    bodies: frozenset[str]
    recognised: bool
    conditions: bool


class Decided(Value):
    """A certificate as a policy reads it. `recognised_by` are the names, by reference, of who recognises its body."""

    body_ref: str
    body: str
    framework: str
    accredited: bool
    open_conditions: int
    recognised_by: Mapping[str, str]


class Trust(Value):
    """Whether a buyer's own policy trusts a certificate, and why."""

    trusted: bool
    reason: str


DEFAULT = Policy("any", frozenset(), recognised=True, conditions=True)
"""What holds while an organisation has said nothing."""


def lasts(since: date, until: date, ended_on: date | None, *, on: date) -> bool:
    """Whether something given from a day to a day is there on a day; the day of an early end is not counted."""
    return since <= on <= until and (ended_on is None or on < ended_on)


def trusts(policy: Policy, decided: Decided) -> Trust:
    """Whether a policy trusts a certificate: by its body, then by the conditions that are open."""
    by_body = _by_body(policy, decided)
    if by_body.trusted and decided.open_conditions and not policy.conditions:
        return Trust(trusted=False, reason="Your policy does not rely on certificates with open conditions.")
    return by_body


def _by_body(policy: Policy, decided: Decided) -> Trust:
    if policy.rule == "any":
        word = "was" if decided.accredited else "was not"
        reason = f"{decided.body} {word} accredited for {decided.framework} when it decided."
        return Trust(trusted=decided.accredited, reason=reason)
    if decided.body_ref in policy.bodies:
        return Trust(trusted=True, reason=f"Your policy names {decided.body}.")
    through = sorted(name for ref, name in decided.recognised_by.items() if ref in policy.bodies)
    if policy.recognised and through:
        return Trust(trusted=True, reason=f"{through[0]}, which your policy names, recognises {decided.body}.")
    return Trust(trusted=False, reason=f"Your policy does not name {decided.body}, nor a body that recognises it.")


def spell_in_words(since: date, until: date, ended_on: date | None, *, on: date) -> str:
    """How a spell stands on a day: from when, until when, or since when no more."""
    if ended_on is not None and ended_on <= on:
        return f"Ended on {in_words(ended_on)}"
    if on < since:
        return f"From {in_words(since)}"
    return f"Until {in_words(until)}" if on <= until else f"Ran out on {in_words(until)}"
