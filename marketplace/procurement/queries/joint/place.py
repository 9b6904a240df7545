"""A procurement as a page or a call needs it: itself, one's own party, where it stands, everybody as one sees them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.procedures import Procedure
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotAllowed, NotFound
from marketplace.kit.values import Value
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.queries.joint.finding import find_procurement, own_party
from marketplace.procurement.queries.joint.parties import PartySeen, seen_by
from marketplace.procurement.queries.joint.standing import Stood, stood

THERE = ("invited", "joined")


class Place(Value):
    """Where the actor stands in a procurement."""

    procurement: Procurement
    own: Party
    now: Stood
    seen: Sequence[PartySeen]

    @property
    def mine(self) -> PartySeen:
        return next(each for each in self.seen if each.id == self.own.id)

    @property
    def others(self) -> list[PartySeen]:
        """The others that take part."""
        return [each for each in self.seen if each.id != self.own.id and each.state in THERE]

    @property
    def procedure(self) -> Procedure:
        return self.now.procedure


def part_in(db: Session, ref: str, *, by: Actor) -> tuple[Procurement, Party]:
    """The procurement and one's own party in it. Raises NotFound."""
    procurement = find_procurement(db, ref, by=by)
    own = own_party(procurement, by)
    if own is None:
        raise NotFound("your organisation takes no part in this", "Yours are listed under Buying together.")
    return procurement, own


def place_in(
    db: Session, frameworks: Frameworks, ref: str, *, by: Actor, on: date, for_those_who_left: bool = False
) -> Place:
    """The same with where it stands. Raises NotFound, and NotAllowed for what is not for those who left."""
    procurement, own = part_in(db, ref, by=by)
    if not own.takes_part and not for_those_who_left:
        raise NotAllowed("your organisation left this", "What it did itself stands under Approvals and History.")
    now = stood(db, frameworks, procurement, on=on)
    return Place(procurement, own, now, seen_by(db, frameworks, now, by=by))
