"""Organisations that join another or hand something over to it: what passes, what stands in the way, in words."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from marketplace.kit.values import Value

MERGER, SPLIT = "merger", "split"
KINDS = {MERGER: "Joins the other with all that it has", SPLIT: "Hands a part of what it has over to the other"}
CHOSEN = ("person", "project", "procurement", "deployment")
"""What a split names one by one; what belongs to these goes with them."""
NOUNS = {
    "person": ("Person", "People"),
    "request": ("Request to join", "Requests to join"),
    "invitation": ("Invitation", "Invitations"),
    "program": ("Token or webhook that ends", "Tokens and webhooks that end"),
    "project": ("Project", "Projects"),
    "seat": ("Seat on a project of others", "Seats on projects of others"),
    "saved": ("Saved search or followed thing", "Saved searches and followed things"),
    "comment": ("Comment", "Comments"),
    "procurement": ("Purchase made with others", "Purchases made with others"),
    "contract": ("Contract", "Contracts"),
    "order": ("Purchase order", "Purchase orders"),
    "invoice": ("Open invoice", "Open invoices"),
    "deployment": ("Use of a product", "Uses of products"),
    "incident": ("Incident", "Incidents"),
    "notice": ("Safety notice", "Safety notices"),
    "reliance": ("Certificate relied on", "Certificates relied on"),
    "local": ("Product assured locally", "Products assured locally"),
    "document": ("Document that may be read", "Documents that may be read"),
    "evidence": ("Study, claim or protocol", "Studies, claims and protocols"),
}
"""Each kind of thing, one and several, in the order in which pages list them."""


class Body(Value):
    """One of the two organisations: the one that passes something on, or the one that takes it over."""

    id: UUID
    ref: str
    name: str


class Passing(Value):
    """What passes from one organisation to another on a day. `chosen` are keys of things; None for all of them."""

    old: Body
    new: Body
    since: date
    chosen: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        return self.chosen is None

    def takes(self, kind: str, thing_id: UUID | None) -> bool:
        """Whether this thing passes too."""
        return self.chosen is None or (thing_id is not None and key_of(kind, thing_id) in self.chosen)

    @property
    def words(self) -> str:
        """Why something is somebody else's now, as its people read it."""
        did = "joined" if self.is_whole else "handed this over to"
        return f"{self.old.name} {did} {self.new.name} on {self.since:%-d %B %Y}."


class Thing(Value):
    """One thing that passes: its kind of NOUNS, what it is called, and what becomes of it in words."""

    kind: str
    id: UUID
    label: str
    note: str = ""

    @property
    def key(self) -> str:
        return key_of(self.kind, self.id)


class Blocker(Value):
    """One thing in the way, and what to do about it."""

    fact: str
    hint: str


class Foreseen(Value):
    """What would pass now, what stands in the way, and what people should know beforehand."""

    things: tuple[Thing, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    notes: tuple[str, ...] = ()


def key_of(kind: str, thing_id: UUID) -> str:
    return f"{kind}:{thing_id}"


def together(parts: Iterable[Foreseen]) -> Foreseen:
    """What all rooms foresee, the things in the order of NOUNS."""
    every = list(parts)
    order = list(NOUNS)
    things = sorted((thing for part in every for thing in part.things), key=lambda one: order.index(one.kind))
    return Foreseen(
        tuple(things),
        tuple(blocker for part in every for blocker in part.blockers),
        tuple(dict.fromkeys(note for part in every for note in part.notes)),
    )


def counted(things: Iterable[Thing]) -> dict[str, int]:
    """How many of each kind, in the order of NOUNS."""
    found = dict.fromkeys(NOUNS, 0)
    for thing in things:
        found[thing.kind] += 1
    return {kind: count for kind, count in found.items() if count}


def noun(kind: str, count: int) -> str:
    """The kind of thing for one or several."""
    return NOUNS[kind][count != 1]
