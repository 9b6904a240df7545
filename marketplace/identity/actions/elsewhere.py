"""People whom another house knows: let in, linked to their account by an explicit step, unlinked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.actions.confirming import note_confirmed
from marketplace.identity.actions.factors import ELSEWHERE, mark_proven, ways_in
from marketplace.identity.actions.people import add_person, address_of, name_of_person, oneself, refuse_of_demonstration
from marketplace.identity.actions.races import flush_or
from marketplace.identity.actions.second_step import Half, let_in
from marketplace.identity.actions.sessions import Device
from marketplace.identity.events import KnownElsewhereLinked, KnownElsewhereUnlinked
from marketplace.identity.models import KnownElsewhere, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries.factors import known_elsewhere
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.ports.signin.port import Claims, Provider


def arrive(
    db: Session, provider: Provider, claims: Claims, *, device: Device, leaving: UUID | None, at: datetime
) -> str | Half:
    """Let in whom the other house vouches for; returns the secret of a session, or of half a sign-in.

    Somebody whom nobody knows here gets an account, where the house made sure of an address that no account has. An
    account is never taken over by its address: raises Conflict then, and says how to link it.
    """
    known = _known(db, claims)
    person = db.get_one(Person, known.person_id) if known else _newcomer(db, provider, claims, at=at)
    known = known or _linked(db, person, provider, claims, by=Actor(person.id, None, frozenset()), at=at)
    if person.disabled_at is not None:
        raise NotAllowed("this account is closed", "Ask whoever runs Touchstone for you.")
    _note(known, claims, at=at)
    strong = ELSEWHERE if claims.is_strong else ""
    return let_in(db, person, how=ELSEWHERE, device=device, leaving=leaving, second_factor=strong, at=at)


def link_account(db: Session, provider: Provider, claims: Claims, *, by: Actor, sign_in_id: UUID, at: datetime) -> None:
    """Let the other house open one's account from now on. Raises Conflict where it made sure of another address."""
    person = oneself(db, by)
    refuse_of_demonstration(person)
    known = _known(db, claims)
    if known is not None and known.person_id != person.id:
        raise Conflict(f"this account of {provider.name} opens somebody else's account here", "Unlink it there first.")
    if known is not None:
        raise Conflict(f"{provider.name} opens your account already")
    if claims.email.lower() != person.email:
        said = "made sure of another address than yours" if claims.email else "did not make sure of your address"
        raise Conflict(f"{provider.name} {said}", f"Have it confirm {person.email}, or change your address here first.")
    _note(_linked(db, person, provider, claims, by=by, at=at), claims, at=at)
    if claims.is_strong:
        mark_proven(db, sign_in_id, ELSEWHERE)


def confirm_elsewhere(db: Session, claims: Claims, *, by: Actor, sign_in_id: UUID, at: datetime) -> None:
    """Prove again who one is, by having been asked at the other house just now. Raises NotAllowed for another's."""
    known = _known(db, claims)
    if known is None or known.person_id != by.person_id:
        raise NotAllowed("this is somebody else's account", "Sign in there as the person who is signed in here.")
    _note(known, claims, at=at)
    note_confirmed(db, sign_in_id, how=ELSEWHERE, by=by, at=at)
    if claims.is_strong:
        mark_proven(db, sign_in_id, ELSEWHERE)


def unlink_account(db: Session, link_id: UUID, *, by: Actor, at: datetime) -> str:
    """Let the other house open one's account no longer; returns its issuer. Raises NotFound, Conflict."""
    person = oneself(db, by)
    mine = known_elsewhere(db, person.id)
    link = next((one for one in mine if one.id == link_id), None)
    if link is None:
        raise NotFound("there is no such link", "Go to single sign-on in your account.")
    if len(mine) == 1 and not ways_in(db, person):
        raise Conflict("this is your only way in", "Set a password first: ask for one on the sign-in page.")
    issuer = link.issuer
    db.delete(link)
    db.flush()
    unlinked = KnownElsewhereUnlinked(person_id=person.id, link_id=link_id, issuer=issuer)
    record(db, unlinked, by=by, at=at)
    return issuer


def _known(db: Session, claims: Claims) -> KnownElsewhere | None:
    """Issuer and subject together: the same subject of another issuer is another person."""
    both = (KnownElsewhere.issuer == claims.issuer, KnownElsewhere.subject == claims.subject)
    return db.scalars(select(KnownElsewhere).where(*both)).one_or_none()


def _newcomer(db: Session, provider: Provider, claims: Claims, *, at: datetime) -> Person:
    if not claims.email:
        fact = f"{provider.name} did not make sure of your e-mail address"
        raise Conflict(fact, "Confirm it there. If you have an account here, sign in and link it under Account.")
    address = address_of(claims.email)
    if db.scalars(select(Person.id).where(Person.email == address)).first() is not None:
        fact = f"{address} has an account here, which {provider.name} does not open yet"
        raise Conflict(fact, f"Sign in as you used to, then link {provider.name} under Account, Single sign-on.")
    if not provider.opens_accounts:
        fact = f"nobody here is known to {provider.name} by this account"
        raise NotAllowed(fact, "Make an account first, and link it then.")
    return add_person(db, name=_name(claims, address), email=address, password_hash=None, at=at)


def _name(claims: Claims, address: str) -> str:
    """The name that the other house gives, where it can stand here; what stands before the @ otherwise."""
    try:
        return name_of_person(claims.name)
    except Invalid:
        return address.partition("@")[0]


def _linked(
    db: Session, person: Person, provider: Provider, claims: Claims, *, by: Actor, at: datetime
) -> KnownElsewhere:
    link = KnownElsewhere(
        id=new_id(at), person_id=person.id, issuer=claims.issuer, subject=claims.subject, email=claims.email[:254],
        is_strong=claims.is_strong, linked_at=at,
    )  # fmt: skip
    db.add(link)
    flush_or(db, Conflict(f"an account of {provider.name} is linked already", "Unlink that one first."))
    record(db, KnownElsewhereLinked(person_id=person.id, link_id=link.id, issuer=provider.name), by=by, at=at)
    return link


def _note(known: KnownElsewhere, claims: Claims, *, at: datetime) -> None:
    known.used_at, known.is_strong = at, claims.is_strong
