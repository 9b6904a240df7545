"""What happened in a purchase of several, as one of its parties may read it.

What is inside another party, its readiness, its call-off, its notes, whom it asked, is no line at all; that another
party approved or refused is a line without a name, an amount or a reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from marketplace.kit.events import Event
from marketplace.kit.money import Money
from marketplace.kit.values import Value
from marketplace.procurement import events

INSIDE = (
    events.ApprovalAsked,
    events.CallOffChanged,
    events.ReadinessPlanned,
    events.ReadinessDone,
    events.PartyNoteMade,
)
LEAVING = (events.PartyDeclined, events.PartyWithdrew)
WORDS: Mapping[type[Event], str] = {
    events.ProcurementStarted: "Started",
    events.ProcurementDescribed: "The protocol was written anew",
    events.InvitationsOpened: "Opened, with the organisations named that may join",
    events.PartyInvited: "{who} was invited",
    events.PartyJoined: "{who} joined",
    events.PartyConfirmed: "{who} confirmed again",
    events.PartyDeclined: "{who} declined",
    events.PartyWithdrew: "{who} left",
    events.SeatPassed: "{who} took the place of another organisation",
    events.SharesChanged: "The shares were given anew",
    events.CallOffChanged: "{who} changed its call-off",
    events.ApprovalAsked: "{who} asked for: {approval}",
    events.ApprovalGiven: "{who} approved: {approval}",
    events.ApprovalRefused: "{who} refused: {approval}",
    events.ReadinessPlanned: "{who} planned: {label}",
    events.ReadinessDone: "{who} ticked: {label}",
    events.PartyNoteMade: "{who} made a note",
    events.ProcurementSettled: "Settled: the contract can be written",
    events.ProcurementReopened: "Opened again",
    events.ProcurementRunning: "It runs",
    events.ProcurementClosed: "Closed: {outcome}",
    events.ProcurementCancelled: "Cancelled",
}


class Line(Value):
    """One line: what happened, by whom (empty where it is not for this reader), and what was said of it."""

    at: datetime
    words: str
    detail: str = ""
    by: str = ""
    entry: str = ""


class Reader(Value):
    """Who reads: the organisation, names of organisations by id, and labels of approvals."""

    organisation_id: UUID | None
    names: Mapping[UUID, str]
    approvals: Mapping[str, str]


def line_of(event: Event, at: datetime, by: str, reader: Reader) -> Line | None:
    """The line of an event for a reader; None where it is not for this one."""
    owner: UUID | None = getattr(event, "organisation_id", None) if hasattr(event, "party_id") else None
    is_own = owner is None or owner == reader.organisation_id
    if type(event) not in WORDS or (isinstance(event, INSIDE) and not is_own):
        return None
    words = WORDS[type(event)].format(
        who=reader.names.get(owner, "A party") if owner else "",
        approval=reader.approvals.get(getattr(event, "kind", ""), ""),
        label=getattr(event, "label", ""), outcome=getattr(event, "outcome", ""),
    )  # fmt: skip
    return Line(at, words, _detail(event, is_own=is_own), by if is_own else "")


def until_left(told: Sequence[Event], organisation_id: UUID | None) -> int:
    """How many of the events, in order, a party that left may read: those up to its leaving."""
    gone = [
        at
        for at, event in enumerate(told, start=1)
        if isinstance(event, LEAVING) and event.organisation_id == organisation_id
    ]
    return gone[-1] if gone else len(told)


def _detail(event: Event, *, is_own: bool) -> str:
    amount = getattr(event, "amount_pence", None)
    if amount is not None and is_own:
        return f"{Money(amount)} with VAT"
    changed = getattr(event, "changed", None)
    if changed and is_own:
        return ", ".join(part.replace("_", " ").replace(" pence", "") for part in changed)
    reason: str = getattr(event, "reason", "")
    return reason
