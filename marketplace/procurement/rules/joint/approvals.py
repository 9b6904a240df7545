"""Whether a local approval still holds: the least of its dated parts, today, with the cause."""

from collections.abc import Mapping, Sequence
from datetime import date

from marketplace.frameworks.schema.procedures import Procedure
from marketplace.kit.money import Money
from marketplace.kit.values import Value
from marketplace.procurement.rules.joint.terms import PROTOCOL, RISE, Terms, changes_for

ASKED, APPROVED, REFUSED, LAPSED, NOT_ASKED = "asked", "approved", "refused", "lapsed", "not-asked"
STATES = {
    NOT_ASKED: "Not asked yet",
    ASKED: "Asked",
    APPROVED: "Approved",
    REFUSED: "Refused",
    LAPSED: "To approve again",
}


class Turn(Value):
    """The last turn of an approval: its state, the terms it was given for, what it allowed with VAT, its last day.

    `again_when` names what makes it lapse, as it was declared when it was given.
    """

    state: str
    terms: Terms
    again_when: tuple[str, ...] = ()
    amount_pence: int | None = None
    valid_until: date | None = None


class Holding(Value):
    """Where an approval stands today, and why it does not hold."""

    state: str
    cause: str = ""

    @property
    def holds(self) -> bool:
        return self.state == APPROVED


def holding(turn: Turn | None, now: Terms, ref: str, *, on: date) -> Holding:
    """The state of one party's approval on a day. Refused and asked stay what they are; approved ages."""
    if turn is None:
        return Holding(NOT_ASKED)
    if turn.state != APPROVED:
        return Holding(turn.state)
    if turn.valid_until is not None and turn.valid_until < on:
        return Holding(LAPSED, f"it held until {turn.valid_until:%-d %B %Y}")
    causes = _causes(turn, now, ref)
    return Holding(LAPSED, "; ".join(causes)) if causes else Holding(APPROVED)


def _causes(turn: Turn, now: Terms, ref: str) -> list[str]:
    kinds = set(turn.again_when) - {RISE} | (set(PROTOCOL) if "protocol" in turn.again_when else set())
    causes = [change.words for change in changes_for(ref, turn.terms, now) if change.kind in kinds]
    due = now.gross_of(ref)
    if RISE in turn.again_when and (turn.amount_pence is None or due is None or due.pence > turn.amount_pence):
        causes.append(_too_little(turn, due))
    return causes


def _too_little(turn: Turn, due: Money | None) -> str:
    if due is None:
        return "there is no share to approve"
    approved = f"{Money(turn.amount_pence)} was approved" if turn.amount_pence is not None else "no amount was approved"
    return f"{approved}, and the share is {due} with VAT now"


def missing_before(procedure: Procedure, kind: str, held: Mapping[str, Holding]) -> tuple[str, ...]:
    """The labels of the approvals that come before this one and do not hold."""
    declared = procedure.approval(kind)
    earlier = declared.after if declared else ()
    found = (procedure.approval(each) for each in earlier if not held.get(each, Holding(NOT_ASKED)).holds)
    return tuple(each.label for each in found if each is not None)


def enough(limits: Sequence[int | None], amount: Money) -> bool:
    """Whether one of these limits, in pence, covers the amount. None among them is no limit; no limits is no power."""
    return any(limit is None or amount.pence <= limit for limit in limits)
