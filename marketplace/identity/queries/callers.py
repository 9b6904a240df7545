"""Who is asking: the actor behind a session or a token."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Grant, Membership, Organisation, Person, SignIn, Token
from marketplace.identity.policies import Actor, Permission, permissions_of
from marketplace.identity.queries.factors import proven_strongly
from marketplace.identity.rules.codes import is_demanded
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed
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


def caller_by_session(db: Session, token_hash: str, *, at: datetime) -> Caller | None:
    """The caller behind a session that is neither ended, nor idle for 30 minutes, nor 12 hours old."""
    found = db.execute(
        select(SignIn, Person, Organisation)
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(Organisation, Organisation.id == SignIn.organisation_id)
        .where(SignIn.token_hash == token_hash, SignIn.ended_at.is_(None), Person.disabled_at.is_(None))
        .where(SignIn.seen_at > at - IDLE, SignIn.authenticated_at > at - LONGEST)
    ).first()
    if found is None:
        return None
    sign_in, person, organisation = found
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
        held_back=organisation.name if lacks else "",
        is_demonstration=person.is_demonstration,
    )


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
    held = tuple(db.scalars(_roles(person.id, organisation.id, on)))
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


def _roles(person_id: UUID, organisation_id: UUID, on: date) -> Select[str]:
    return (
        select(Grant.role)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
        .where(Membership.state == "active", (Grant.until.is_(None)) | (Grant.until >= on))
        .order_by(Grant.role)
    )
