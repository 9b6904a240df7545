"""Who is asking: the actor behind a session or a token."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Grant, Membership, Organisation, Person, SignIn, Token
from marketplace.identity.policies import Actor, Permission, permissions_of
from marketplace.identity.queries.factors import proven_strongly
from marketplace.identity.rules.codes import is_demanded
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed
from marketplace.kit.prepared import Prepared
from marketplace.kit.values import Value

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


class Caller(Value):
    """A request's session: the actor, and what the edge needs to keep the session and to check its forms.

    `confirmed_at`: when the person proved last who they are. `held_back` names an organisation that asks for a second
    factor which this session lacks: nobody acts for it then. People of the demonstration prove nothing.
    """

    actor: Actor
    sign_in_id: UUID
    csrf_secret: str
    seen_at: datetime
    language: str
    confirmed_at: datetime
    held_back: str
    is_demonstration: bool


_KNOWN: Sequence[Any] = (
    SignIn.id, SignIn.csrf_secret, SignIn.seen_at, SignIn.authenticated_at, SignIn.confirmed_at, SignIn.second_factor,
    Person.id, Person.name, Person.language, Person.is_demonstration,
    Organisation.id, Organisation.ref, Organisation.kind, Organisation.name, Organisation.predecessors,
    Organisation.second_factor_from, Organisation.is_demonstration,
)  # fmt: skip
"""What is read for every page of everybody who signed in."""
_SESSION = Prepared(
    select(*_KNOWN)
    .select_from(SignIn)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Organisation, Organisation.id == SignIn.organisation_id)
    .where(SignIn.token_hash == bindparam("token"), SignIn.ended_at.is_(None), Person.disabled_at.is_(None))
    .where(SignIn.seen_at > bindparam("seen"), SignIn.authenticated_at > bindparam("authenticated"))
)


def caller_by_session(db: Session, token_hash: str, *, at: datetime) -> Caller | None:
    """The caller behind a session that is neither ended, nor idle for 30 minutes, nor 12 hours old."""
    db.flush()
    found = _SESSION.rows(db, {"token": token_hash, "seen": at - IDLE, "authenticated": at - LONGEST})
    if not found:
        return None
    sign_in, person, organisation = _as_objects(found[0])
    today = day_in_london(at)
    is_strong = bool(sign_in.second_factor)
    lacks = organisation is not None and _lacks_factor(organisation, person, is_strong=is_strong, on=today)
    return Caller(
        actor=actor_for(db, person, None if lacks else organisation, on=today),
        sign_in_id=sign_in.id,
        csrf_secret=sign_in.csrf_secret,
        seen_at=sign_in.seen_at,
        language=person.language,
        confirmed_at=sign_in.confirmed_at or sign_in.authenticated_at,
        held_back=organisation.name if organisation is not None and lacks else "",
        is_demonstration=person.is_demonstration,
    )


def _as_objects(row: Sequence[Any]) -> tuple[SignIn, Person, Organisation | None]:
    """What is known of each, as objects that no database knows."""
    known: dict[Any, dict[str, Any]] = {SignIn: {}, Person: {}, Organisation: {}}
    for column, value in zip(_KNOWN, row, strict=True):
        known[column.class_][column.key] = value
    organisation = Organisation(**known[Organisation]) if known[Organisation]["id"] else None
    return SignIn(**known[SignIn]), Person(**known[Person]), organisation


def _lacks_factor(organisation: Organisation, person: Person, *, is_strong: bool, on: date) -> bool:
    """Whether the organisation asks for more than this person gave."""
    return not (is_strong or person.is_demonstration) and is_demanded(organisation.second_factor_from, on)


def caller_by_token(db: Session, token_hash: str, *, at: datetime) -> Actor | None:
    """The actor behind an API token; its permissions are those of the person, cut down to the token's scopes.

    Raises NotAllowed where the organisation asks for a second factor, and the person has none.
    """
    found = db.execute(
        select(Token, Person, Organisation)
        .join(Person, Person.id == Token.person_id)
        .join(Organisation, Organisation.id == Token.organisation_id)
        .where(Token.token_hash == token_hash, Token.ended_at.is_(None), Person.disabled_at.is_(None))
    ).first()
    if found is None:
        return None
    token, person, organisation = found
    if token.expires_on is not None and token.expires_on < day_in_london(at):
        return None
    is_strong = organisation.second_factor_from is None or bool(proven_strongly(db, [person.id]))
    if _lacks_factor(organisation, person, is_strong=is_strong, on=day_in_london(at)):
        raise NotAllowed(
            f"{organisation.name} asks for a second factor, and {person.name} has none",
            "Set one up under Account: the token works again then.",
        )
    scopes = frozenset(Permission(scope) for scope in token.scopes)
    return actor_for(db, person, organisation, on=day_in_london(at), within=scopes)


def actor_for(
    db: Session,
    person: Person,
    organisation: Organisation | None,
    *,
    on: date,
    within: frozenset[Permission] | None = None,
) -> Actor:
    """The person acting for the organisation: no permission unless the membership is active on that day."""
    if organisation is None:
        return Actor(person.id, None, frozenset(), person.name, is_demonstration=person.is_demonstration)
    held = _roles(db, person.id, organisation.id, on)
    allowed = permissions_of(held, organisation.kind)
    return Actor(
        person_id=person.id,
        organisation_id=organisation.id,
        permissions=allowed if within is None else allowed & within,
        person_name=person.name,
        organisation_name=organisation.name,
        organisation_kind=organisation.kind,
        organisation_ref=organisation.ref,
        roles=held,
        is_demonstration=organisation.is_demonstration,
        predecessors=tuple(map(UUID, organisation.predecessors or ())),
    )


_SEATS = Prepared(
    select(Organisation.id, Organisation.ref, Organisation.name)
    .join(Membership, Membership.organisation_id == Organisation.id)
    .where(Membership.person_id == bindparam("person"), Membership.state == "active")
    .order_by(Organisation.name)
)


def seats_of(db: Session, person_id: UUID) -> list[tuple[UUID, str, str]]:
    """The id, the reference and the name of each organisation that a person can act for, by name."""
    db.flush()
    return [(id_, ref, name) for id_, ref, name in _SEATS.rows(db, {"person": person_id})]


def memberships_of(db: Session, person_id: UUID) -> list[Membership]:
    """The organisations that a person can act for, by name."""
    mine = (
        select(Membership)
        .join(Organisation)
        .options(joinedload(Membership.organisation))
        .where(Membership.person_id == person_id, Membership.state == "active")
        .order_by(Organisation.name)
    )
    return list(db.scalars(mine))


_ROLES = Prepared(
    select(Grant.role)
    .join(Membership, Membership.id == Grant.membership_id)
    .where(Membership.person_id == bindparam("person"), Membership.organisation_id == bindparam("organisation"))
    .where(Membership.state == "active", (Grant.until.is_(None)) | (Grant.until >= bindparam("on")))
    .order_by(Grant.role)
)


def _roles(db: Session, person_id: UUID, organisation_id: UUID, on: date) -> tuple[str, ...]:
    db.flush()
    return tuple(role for (role,) in _ROLES.rows(db, {"person": person_id, "organisation": organisation_id, "on": on}))
