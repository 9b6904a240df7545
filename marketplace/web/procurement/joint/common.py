"""What every page of a purchase of several stands in: its head, the way around it, and what the actor may do in it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.faces.ask import Ask, Values
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.policies import may_bind, may_lead_joint, may_order, may_prepare
from marketplace.procurement.queries.joint.place import Place, part_in, place_in

STATES = {
    "draft": ("Draft", "draft"),
    "inviting": ("Inviting", "submitted"),
    "settled": ("Settled", "met"),
    "running": ("Running", "live"),
    "closed": ("Closed", "unknown"),
    "cancelled": ("Cancelled", "withdrawn"),
}
PARTY_STATES = {
    "invited": ("Invited", "submitted"),
    "joined": ("Joined", "met"),
    "declined": ("Declined", "withdrawn"),
    "withdrawn": ("Left", "withdrawn"),
}
APPROVAL_STATES = {
    "not-asked": ("Not asked yet", "unknown"),
    "asked": ("Asked", "submitted"),
    "approved": ("Approved", "met"),
    "refused": ("Refused", "not-met"),
    "lapsed": ("To approve again", "conditions"),
}
TABS = {
    "": "Overview",
    "parties": "Parties and shares",
    "approvals": "Approvals",
    "readiness": "Readiness",
    "notes": "Notes",
    "history": "History",
}
FOR_THOSE_WHO_LEFT = ("", "approvals", "history")


class JointFrame(Value):
    """The head of the pages: `word` and `kind` tell the state; what may be done here by this actor now."""

    ref: str
    name: str
    base: str
    word: str
    kind: str
    lead: str
    product: str
    product_ref: str
    state: str
    party: str
    has_left: bool
    leads: bool
    prepares: bool
    orders: bool
    binds: bool
    is_open: bool
    tabs: Sequence[dict[str, Any]]


def joint_of(ask: Ask, ref: str) -> tuple[Procurement, Party]:
    """The procurement and one's own party in it. Raises NotFound."""
    return part_in(ask.db, ref, by=ask.by)


def place_of(ask: Ask, ref: str, *, tab: str = "") -> Place:
    """The same with where it stands. Raises NotFound, and NotAllowed for what is not for those who left."""
    frameworks, on, open_to_all = ask.services.frameworks, day_in_london(ask.at), tab in FOR_THOSE_WHO_LEFT
    return place_in(ask.db, frameworks, ref, by=ask.by, on=on, for_those_who_left=open_to_all)


def frame_of(ask: Ask, place: Place, tab: str) -> JointFrame:
    """The head of a page, with `tab` open."""
    procurement, own = place.procurement, place.own
    word, kind = STATES[procurement.state]
    base, here = f"/procurements/{procurement.ref}", own.takes_part
    tabs = [
        {"label": label, "url": f"{base}/{key}".rstrip("/"), "current": key == tab}
        for key, label in TABS.items()
        if here or key in FOR_THOSE_WHO_LEFT
    ]
    return JointFrame(
        ref=procurement.ref, name=procurement.name, base=base, word=word, kind=kind, lead=procurement.organisation.name,
        product=procurement.version.name, product_ref=procurement.product.ref, state=procurement.state,
        party=own.organisation.name, has_left=not here, leads=may_lead_joint(ask.by, procurement),
        prepares=here and may_prepare(ask.by, own), orders=here and may_order(ask.by, own),
        binds=may_bind(ask.by, own), is_open=procurement.state in ("draft", "inviting"), tabs=tabs,
    )  # fmt: skip


def tag(states: Mapping[str, tuple[str, str]], state: str) -> dict[str, str]:
    """A state as its word and its kind."""
    word, kind = states.get(state, (state, "unknown"))
    return {"word": word, "kind": kind}


def day_shown(form: Values, name: str, now: date | None) -> Any:
    """A day for its three fields: as it was typed where something was, else as it is."""
    parts = {part: form.one(f"{name}-{part}") for part in ("day", "month", "year")}
    return parts if any(parts.values()) else now
