"""Where a procurement stands: its terms, each party's yes, approvals and readiness, and what blocks the next move."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.queries.certificates import certificate_in_force, reuses_of
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.procedures import Procedure
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value
from marketplace.procurement.models import Approval, Party, Procurement, Readiness
from marketplace.procurement.rules.joint.approvals import Holding, Turn, holding
from marketplace.procurement.rules.joint.gates import (
    Assured,
    Blocker,
    Standing,
    blocks_opening,
    blocks_running,
    blocks_settling,
)
from marketplace.procurement.rules.joint.terms import PROTOCOL, Change, Terms, changes_for

PAST = ("closed", "cancelled")


class Stood(Value):
    """A procurement as it stands on a day. `turns` are the last turns by party and kind, `ready` the rows by party."""

    procurement: Procurement
    procedure: Procedure
    terms: Terms
    turns: Mapping[UUID, Mapping[str, Approval]]
    ready: Mapping[UUID, Sequence[Readiness]]
    standings: Mapping[UUID, Standing]
    assured: Assured
    on: date

    def blockers(self, move: str) -> list[Blocker]:
        """Everything in the way of opening, settling or running; empty where nothing is."""
        if move == "open":
            return blocks_opening(self.procedure, self.terms, on=self.on)
        blocks = {"settle": blocks_settling, "run": blocks_running}[move]
        there = [self.standings[party.id] for party in self.procurement.parties if party.takes_part]
        fewest = self.procurement.fewest
        return blocks(self.procedure, self.terms, there, self.assured, fewest=fewest, on=self.on)


def procedure_of(frameworks: Frameworks, procurement: Procurement) -> Procedure:
    """The procedure in the version under which it was started. Raises NotFound."""
    found = frameworks.procedure_versions.get((procurement.procedure, procurement.procedure_version))
    if found is None:
        raise NotFound(f"the procedure {procurement.procedure} is no longer declared", "Put its file back.")
    return found


def terms_of(procurement: Procurement) -> Terms:
    """What is on the table now. The parties and their organisations have to be loaded."""
    return Terms(
        version=str(procurement.version_id),
        protocol=protocol_of(procurement),
        weights={party.organisation.ref: party.weight for party in procurement.parties if party.takes_part},
        ceiling_pence=procurement.fee_ceiling_pence,
        vat_percent=procurement.vat_percent,
    )


def protocol_of(procurement: Procurement) -> dict[str, str]:
    """The parts of the protocol as text, days as 2026-11-24, empty where they are not given."""
    values = {part: getattr(procurement, part.replace("-", "_")) for part in PROTOCOL}
    return {part: str(value) if value else "" for part, value in values.items()}


def changes_of(party: Party, now: Terms) -> tuple[Change, ...]:
    """What differs from what the party said yes to; empty for one that has not said yes yet."""
    if not party.confirmed:
        return ()
    return changes_for(party.organisation.ref, Terms.read(party.confirmed), now)


def held_by(
    party: Party, procedure: Procedure, turns: Mapping[str, Approval], now: Terms, on: date
) -> dict[str, Holding]:
    """Each approval of the procedure as it stands at a party on a day."""
    ref = party.organisation.ref
    return {each.id: holding(turn_of(turns.get(each.id)), now, ref, on=on) for each in procedure.approvals}


def turn_of(row: Approval | None) -> Turn | None:
    """The row as the rule reads it."""
    if row is None:
        return None
    return Turn(row.state, Terms.read(row.basis), tuple(row.again_when), row.amount_pence, row.valid_until)


def stood(db: Session, frameworks: Frameworks, procurement: Procurement, *, on: date) -> Stood:
    """Everything that decides about the next move, in a fixed number of queries."""
    procedure, terms = procedure_of(frameworks, procurement), terms_of(procurement)
    ids = [party.id for party in procurement.parties]
    turns, ready = last_turns(db, ids), readiness_of(db, ids)
    standings = {
        party.id: Standing(
            party.organisation.ref, party.organisation.name, party.state, changes_of(party, terms),
            held_by(party, procedure, turns[party.id], terms, on),
            ready=sum(one.done_at is not None for one in ready[party.id]),
            to_make_ready=max(len(procedure.readiness), len(ready[party.id])),
        )
        for party in procurement.parties
    }  # fmt: skip
    assured = assured_for(db, frameworks, procurement, on=on)
    return Stood(procurement, procedure, terms, turns, ready, standings, assured, on)


def what_blocks(db: Session, frameworks: Frameworks, procurement: Procurement, move: str, *, on: date) -> list[Blocker]:
    """Everything in the way of `open`, `settle` or `run` on a day."""
    return stood(db, frameworks, procurement, on=on).blockers(move)


def assured_for(db: Session, frameworks: Frameworks, procurement: Procurement, *, on: date) -> Assured:
    """The certificate of the product version that is in force, which parties reuse it, and whether it may be bought."""
    product = db.get_one(Product, procurement.product_id)
    suspended = product.state_reason if product.state == "suspended" else ""
    certificate = certificate_in_force(db, frameworks, product.id, procurement.version_id, on=on)
    if certificate is None:
        return Assured(suspended=suspended)
    decided = {reuse.organisation_id: reuse.accepted for reuse in reuses_of(db, certificate.id)}
    accepted = {party.organisation.ref: decided.get(party.organisation_id) for party in procurement.parties}
    return Assured(certificate.ref, certificate.until, accepted, suspended)


_LAST = (
    select(Approval.party_id, Approval.kind, func.max(Approval.turn).label("turn"))
    .where(Approval.party_id.in_(bindparam("parties", expanding=True)))
    .group_by(Approval.party_id, Approval.kind)
    .subquery()
)
_SAME = and_(Approval.party_id == _LAST.c.party_id, Approval.kind == _LAST.c.kind, Approval.turn == _LAST.c.turn)
_PEOPLE = (joinedload(Approval.by), joinedload(Approval.deputy_for))
_LAST_TURNS = select(Approval).join(_LAST, _SAME).options(*_PEOPLE)


def last_turns(db: Session, party_ids: Iterable[UUID]) -> dict[UUID, dict[str, Approval]]:
    """The last turn of each kind of approval, by party."""
    ids = list(party_ids)
    found: dict[UUID, dict[str, Approval]] = {key: {} for key in ids}
    for row in db.scalars(_LAST_TURNS, {"parties": ids}):
        found[row.party_id][row.kind] = row
    return found


def readiness_of(db: Session, party_ids: Iterable[UUID]) -> dict[UUID, list[Readiness]]:
    """What has to be ready, by party, in the order in which it was planned."""
    ids = list(party_ids)
    found: dict[UUID, list[Readiness]] = {key: [] for key in ids}
    rows = select(Readiness).options(joinedload(Readiness.owner), joinedload(Readiness.done_by))
    for row in db.scalars(rows.where(Readiness.party_id.in_(ids)).order_by(Readiness.id)):
        found[row.party_id].append(row)
    return found
