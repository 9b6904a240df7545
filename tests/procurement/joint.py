"""What tests of buying together say over and over: the people of two trusts and a board, and a pilot at each stage."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace
from unittest.mock import patch
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Grant, Membership, Organisation
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.kit.ids import new_id
from marketplace.procurement.actions.joint import (
    Given,
    Paper,
    describe_procurement,
    give_approval,
    invite_party,
    join,
    open_invitations,
    set_shares,
    settle_procurement,
    start_procurement,
)
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.queries.joint import find_procurement
from marketplace.procurement.queries.joint.standing import terms_of
from marketplace.procurement.schemas import read_protocol
from tests import cast

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROTOCOL = {
    "name": "Ambient scribing in outpatients",
    "question": "Do clinic letters take less time, and are they as good?",
    "exit_criteria": "Three minutes less a letter, and no more corrections than before.",
    "stop_rule": "The clinical safety officer of either trust stops it at once on a harm.",
    "starts_on": "2027-01-04",
    "ends_on": "2027-09-30",
    "price_afterwards": "£12.50 a user a month, for three years.",
    "fee_ceiling": "100,000.00",
    "fewest": "2",
    "route": "below-threshold",
}
APPROVALS = ("deployment-safety-case", "data-protection-impact-assessment", "budget", "executive")
PAPER = Paper("a" * 64, "case.pdf")
ROLES = {
    "safety": "clinical-safety-officer",
    "privacy": "information-governance-lead",
    "budget": "budget-holder",
    "approver": "approver",
    "finance": "finance-officer",
    "runner": "contract-manager",
}


@dataclass(frozen=True)
class Trust:
    """Everybody at one organisation who has a part in a pilot."""

    buyer: Actor
    safety: Actor
    privacy: Actor
    budget: Actor
    approver: Actor
    finance: Actor
    runner: Actor

    @property
    def ref(self) -> str:
        return self.buyer.organisation_ref

    @property
    def givers(self) -> Mapping[str, Actor]:
        return dict(zip(APPROVALS, (self.safety, self.privacy, self.budget, self.approver), strict=True))


def a_trust(db: Session, buyer: Actor, *, at: datetime, limits: Mapping[str, int] | None = None) -> Trust:
    """The people of the buyer's organisation, with limits in pence by role."""
    name, kind = buyer.organisation_name, buyer.organisation_kind
    first = name.split()[0]
    others = {}
    for part, role in ROLES.items():
        others[part] = cast.an_actor(db, f"{first} {part.capitalize()}", name, kind, role, at=at)
        if limits and role in limits:
            limit(db, others[part], role, limits[role])
    return Trust(buyer=buyer, **others)


def a_buyer(db: Session, name: str, organisation: str, kind: str = "trust", *, at: datetime) -> Actor:
    return cast.an_actor(db, name, organisation, kind, "buyer", "manager", at=at)


def limit(db: Session, actor: Actor, role: str, pence: int) -> None:
    membership = db.query(Membership).filter_by(person_id=actor.person_id, organisation_id=actor.organisation_id).one()
    db.query(Grant).filter_by(membership_id=membership.id, role=role).one().limit_pence = pence
    db.flush()


def organisation_of(db: Session, actor: Actor) -> Organisation:
    return db.get_one(Organisation, actor.organisation_id)


def a_pilot(
    db: Session, frameworks: Frameworks, product: Product, *, by: Actor, at: datetime, **changes: str
) -> Procurement:
    """A draft with its whole protocol, of one party."""
    procurement = start_procurement(db, frameworks, product, name=PROTOCOL["name"], by=by, at=at)
    describe(db, frameworks, procurement, by=by, at=at, **changes)
    return again(db, procurement, by)


def describe(
    db: Session, frameworks: Frameworks, procurement: Procurement, *, by: Actor, at: datetime, **changes: str
) -> None:
    routes = [route.id for route in frameworks.procedures["joint-pilot"].routes]
    describe_procurement(db, procurement, read_protocol({**PROTOCOL, **changes}, routes), by=by, at=at)


def an_open_pilot(
    db: Session, frameworks: Frameworks, product: Product, lead: Trust, *others: Trust, at: datetime,
    shares: Mapping[str, str] | None = None, **changes: str,
) -> Procurement:  # fmt: skip
    """Invitations are out, with equal shares unless others are given by reference."""
    procurement = a_pilot(db, frameworks, product, by=lead.buyer, at=at, **changes)
    for other in others:
        invite_party(db, frameworks, procurement, organisation_of(db, other.buyer), by=lead.buyer, at=at)
    procurement = again(db, procurement, lead.buyer)
    equal = {trust.ref: "1" for trust in (lead, *others)}
    set_shares(db, procurement, "parts", shares or equal, by=lead.buyer, at=at)
    open_invitations(db, frameworks, procurement, by=lead.buyer, at=at)
    return again(db, procurement, lead.buyer)


def a_joined_pilot(
    db: Session, frameworks: Frameworks, product: Product, lead: Trust, *others: Trust, at: datetime, **changes: str
) -> Procurement:
    """Everybody has joined and nobody has approved."""
    procurement = an_open_pilot(db, frameworks, product, lead, *others, at=at, **changes)
    for trust in (lead, *others):
        join(db, procurement, part(procurement, trust), by=trust.approver, at=at)
    return again(db, procurement, lead.buyer)


def approve_all(db: Session, frameworks: Frameworks, procurement: Procurement, trust: Trust, *, at: datetime) -> None:
    """Every local approval of one party, in order."""
    for kind, giver in trust.givers.items():
        approve(db, frameworks, procurement, trust, kind, by=giver, at=at)


def approve(
    db: Session, frameworks: Frameworks, procurement: Procurement, trust: Trust, kind: str, *, by: Actor, at: datetime,
    given: Given | None = None,
) -> None:  # fmt: skip
    declared = frameworks.procedures["joint-pilot"].approval(kind)
    assert declared is not None
    paper = PAPER if declared.document == "required" else Paper()
    give_approval(
        db, frameworks, procurement, part(procurement, trust), kind, given or Given(paper=paper), by=by, at=at
    )


def a_settled_pilot(
    db: Session, frameworks: Frameworks, product: Product, lead: Trust, *others: Trust, at: datetime, **changes: str
) -> Procurement:
    """Everybody joined and approved, the product is assured, and the lead settled."""
    procurement = a_joined_pilot(db, frameworks, product, lead, *others, at=at, **changes)
    for trust in (lead, *others):
        approve_all(db, frameworks, procurement, trust, at=at)
    with assured(*(trust.buyer for trust in (lead, *others))):
        settle_procurement(db, frameworks, procurement, by=lead.buyer, at=at)
    return again(db, procurement, lead.buyer)


def part(procurement: Procurement, trust: Trust) -> Party:
    return next(party for party in procurement.parties if party.organisation.ref == trust.ref)


def again(db: Session, procurement: Procurement, by: Actor) -> Procurement:
    """The procurement as another request reads it."""
    db.flush()
    db.expire_all()
    return find_procurement(db, procurement.ref, by=by)


def digest(procurement: Procurement) -> str:
    return terms_of(procurement).digest


@contextmanager
def assured(*accepting: Actor, refusing: tuple[Actor, ...] = (), ref: str = "CER-7K3M-QX9F-C") -> Iterator[None]:
    """As if the version had a certificate in force, and these organisations had decided about it."""
    until = date(2027, 6, 30)
    certificate = SimpleNamespace(id=UUID(int=1), ref=ref, until=until)
    decided = [(actor, True) for actor in accepting] + [(actor, False) for actor in refusing]
    rows = [SimpleNamespace(organisation_id=actor.organisation_id, accepted=accepted) for actor, accepted in decided]
    place = "marketplace.procurement.queries.joint.standing"
    with (
        patch(f"{place}.certificate_in_force", lambda *_, **__: certificate),
        patch(f"{place}.reuses_of", lambda *_, **__: rows),
    ):
        yield


def deputy_of(db: Session, holder: Actor, role: str, pence: int, *, until: date, at: datetime) -> Actor:
    """A colleague who stands in for a role holder, up to a limit."""
    organisation = organisation_of(db, holder)
    person = cast.a_person(db, f"{holder.organisation_name.split()[0]} Deputy", at=at)
    membership = Membership(
        id=new_id(at), person_id=person.id, organisation_id=organisation.id, state="active", since=at
    )
    db.add(membership)
    db.flush()
    db.add(
        Grant(
            id=new_id(at), membership_id=membership.id, role=role, limit_pence=pence, until=until, given_at=at,
            deputy_for_id=holder.person_id,
        )
    )  # fmt: skip
    db.flush()
    return actor_for(db, person, organisation, on=at.date())


def a_stream() -> BytesIO:
    return BytesIO(PDF)
