"""What calls about buying together share: the place where the caller stands, and the answer that they give."""

from marketplace.api.calls import Answer, Asked
from marketplace.api.procurement.joint.shapes import BlockerOut, ProcurementOut, party_out, protocol_out
from marketplace.api.shapes import MoveOut, move, why_not
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, NotAllowed, Refusal
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.policies import may_lead_joint
from marketplace.procurement.queries.joint.place import Place, part_in, place_in
from marketplace.procurement.rules.joint.gates import Blocker
from marketplace.procurement.states import PROCUREMENT

NEXT = {"draft": "open", "inviting": "settle", "settled": "run"}
NOUNS = {"open": "opening", "settle": "settlement", "reopen": "reopening", "cancel": "cancellation"}


def joint_of(ask: Asked, ref: str) -> tuple[Procurement, Party]:
    """The procurement and one's own party in it. Raises NotFound."""
    return part_in(ask.db, ref, by=ask.by)


def place_of(ask: Asked, ref: str, *, for_those_who_left: bool = False) -> Place:
    """The same with where it stands. Raises NotFound, NotAllowed."""
    on, frameworks = day_in_london(ask.at), ask.services.frameworks
    return place_in(ask.db, frameworks, ref, by=ask.by, on=on, for_those_who_left=for_those_who_left)


def answer(ask: Asked, ref: str, *, location: str = "") -> Answer[ProcurementOut]:
    """The procurement as it stands now, with its version."""
    ask.db.flush()
    ask.db.expire_all()
    place = place_of(ask, ref, for_those_who_left=True)
    return Answer(procurement_out(ask, place), version=place.procurement.row_version, location=location)


def procurement_out(ask: Asked, place: Place) -> ProcurementOut:
    """The whole for those who take part; for those who left, their own party and no more."""
    procurement, here = place.procurement, place.own.takes_part
    blockers = place.now.blockers(NEXT[procurement.state]) if here and procurement.state in NEXT else []
    return ProcurementOut(
        ref=procurement.ref, state=procurement.state, product_ref=procurement.product.ref,
        product=procurement.version.name, name=procurement.name, lead=procurement.organisation.name,
        procedure=procurement.procedure, procedure_version=procurement.procedure_version,
        state_reason=procurement.state_reason if here else None, composition=procurement.composition if here else None,
        terms=place.now.terms.digest if here else None, protocol=protocol_out(place) if here else None,
        certificate_ref=place.now.assured.certificate_ref if here else None,
        named=procurement.admits if here else None,
        parties=[party_out(seen) for seen in place.seen if here or seen.is_own],
        blockers=[blocker_out(one) for one in blockers], moves=_moves(ask, place, blockers) if here else [],
    )  # fmt: skip


def blocker_out(blocker: Blocker) -> BlockerOut:
    return BlockerOut(fact=blocker.fact, hint=blocker.hint, organisation_ref=blocker.ref)


def _moves(ask: Asked, place: Place, blockers: list[Blocker]) -> list[MoveOut]:
    """What the lead can do now; running and closing are the contract's."""
    procurement = place.procurement
    lead = NotAllowed(f"this is for a buyer of {procurement.organisation.name}, which leads", "Ask one of its buyers.")
    may = None if may_lead_joint(ask.by, procurement) else lead
    found = []
    for step in PROCUREMENT.moves:
        if step.name in NOUNS:
            refusal = why_not(PROCUREMENT, step, procurement.state, may=may)
            if refusal is None and step.name in ("open", "settle"):
                refusal = _blocked(blockers)
            path = f"/v1/procurements/{procurement.ref}/{NOUNS[step.name]}"
            found.append(move(NOUNS[step.name], step.label, path, refusal))
    return found


def _blocked(blockers: list[Blocker]) -> Refusal | None:
    return Conflict(blockers[0].fact, blockers[0].hint) if blockers else None
