"""What every page of a purchase of several stands in: its head, the way around it, and what the actor may do in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.schema.procedures import Procedure
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed, NotFound
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.policies import may_bind, may_lead_joint, may_order, may_prepare
from marketplace.procurement.queries.joint import find_procurement, own_party
from marketplace.procurement.queries.joint.parties import PartySeen, seen_by
from marketplace.procurement.queries.joint.standing import Stood, stood

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


@dataclass(frozen=True, slots=True)
class JointFrame:
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


@dataclass(frozen=True, slots=True)
class Place:
    """A procurement as one page needs it: itself, one's own party, where it stands, and everybody as one sees them."""

    procurement: Procurement
    own: Party
    now: Stood
    seen: Sequence[PartySeen]

    @property
    def mine(self) -> PartySeen:
        return next(each for each in self.seen if each.id == self.own.id)

    @property
    def others(self) -> list[PartySeen]:
        return [each for each in self.seen if each.id != self.own.id]

    @property
    def procedure(self) -> Procedure:
        return self.now.procedure


def joint_of(ask: Ask, ref: str) -> tuple[Procurement, Party]:
    """The procurement and one's own party in it. Raises NotFound."""
    procurement = find_procurement(ask.db, ref, by=ask.by)
    own = own_party(procurement, ask.by)
    if own is None:
        raise NotFound("your organisation takes no part in this", "Yours are listed under Buying together.")
    return procurement, own


def place_of(ask: Ask, ref: str, *, tab: str = "") -> Place:
    """The same with where it stands. Raises NotFound, and NotAllowed for what is not for those who left."""
    procurement, own = joint_of(ask, ref)
    if not own.takes_part and tab not in FOR_THOSE_WHO_LEFT:
        raise NotAllowed("your organisation left this", "What it did itself stands under Approvals and History.")
    frameworks = ask.services.frameworks
    now = stood(ask.db, frameworks, procurement, on=day_in_london(ask.at))
    return Place(procurement, own, now, seen_by(ask.db, frameworks, now, by=ask.by))


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
