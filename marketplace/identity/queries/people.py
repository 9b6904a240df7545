"""A person's own things: sessions and tokens; and the people of the demonstration."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.identity.models import Membership, Organisation, Person, SignIn, Token
from marketplace.identity.policies import KINDS, ROLES, Actor, Permission, Role, require
from marketplace.identity.queries.callers import IDLE, LONGEST
from marketplace.kit.values import Value

MOST = 24


def sessions_of(db: Session, person_id: UUID, *, at: datetime) -> list[SignIn]:
    """A person's sessions that are still open, the latest used first."""
    mine = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    alive = mine.where(SignIn.seen_at > at - IDLE, SignIn.authenticated_at > at - LONGEST)
    return list(db.scalars(alive.order_by(SignIn.seen_at.desc())))


class Key(Value):
    """A token with the names of whose it is and for whom it acts."""

    token: Token
    person_name: str
    organisation_name: str


def tokens_of(db: Session, person_id: UUID) -> list[Key]:
    """A person's tokens that have not been ended, the latest first."""
    return _keys(db, Token.person_id == person_id)


def tokens_for(db: Session, *, by: Actor) -> list[Key]:
    """The tokens that act for the actor's organisation, whosever they are. Raises NotAllowed."""
    require(by, Permission.TOKEN_MANAGE)
    return _keys(db, Token.organisation_id == by.organisation_id)


def _keys(db: Session, whose: object) -> list[Key]:
    found = (
        select(Token, Person.name, Organisation.name)
        .join(Person, Person.id == Token.person_id)
        .join(Organisation, Organisation.id == Token.organisation_id)
        .where(whose, Token.ended_at.is_(None))  # type: ignore[arg-type]
        .order_by(Token.id.desc())
    )
    return [Key(token, person, organisation) for token, person, organisation in db.execute(found)]


class Player(Value):
    """A person of the demonstration: for whom they act, and what each of their roles does there."""

    id: UUID
    name: str
    email: str
    organisation_name: str
    kind: str
    roles: Sequence[Role]


def demonstration_people(db: Session, *, among: Sequence[str] = ()) -> list[Player]:
    """Those whom anybody may enter as on a demonstration: of the addresses given, or everybody; by kind, each once."""
    cast = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .options(joinedload(Membership.person), joinedload(Membership.organisation), selectinload(Membership.grants))
        .where(Person.is_demonstration, Person.disabled_at.is_(None), Membership.state == "active")
        .where(Person.email.in_(among) if among else true())
        .order_by(Person.created_at, Membership.id)
        .limit(MOST)
    )
    order = list(KINDS)
    players = [
        Player(
            id=each.person.id,
            name=each.person.name,
            email=each.person.email,
            organisation_name=each.organisation.name,
            kind=each.organisation.kind,
            roles=[ROLES[grant.role] for grant in each.grants if grant.role in ROLES],
        )
        for each in db.scalars(cast)
    ]
    first: dict[UUID, Player] = {}
    for player in players:
        first.setdefault(player.id, player)
    return sorted(first.values(), key=lambda player: order.index(player.kind))
