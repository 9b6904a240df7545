"""Signing in with an address and a password: counted first, computed outside a transaction, and told in one way."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.identity.actions import passwords
from marketplace.identity.actions.attempts import count, forgive
from marketplace.identity.actions.second_step import Half, let_in
from marketplace.identity.actions.sessions import Device
from marketplace.identity.models import Person, SignIn
from marketplace.identity.policies import Actor
from marketplace.identity.rules.attempts import (
    ACCOUNT_FROM_ELSEWHERE,
    ACCOUNT_FROM_HERE,
    CONFIRMING,
    EVERYWHERE,
    NETWORK,
    Limit,
    network_of,
)
from marketplace.identity.rules.credentials import LONGEST_ADDRESS
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.values import Value

FAMILIAR = timedelta(days=90)
log = logging.getLogger(__name__)

class Try(Value):
    """A try at signing in: the person and the hash to compare, which is none where the address is unknown."""

    person_id: UUID
    stored: str | None
    limits: tuple[tuple[Limit, str], ...]


def sign_in(
    database: Database, email: str, password: str, *, device: Device, at: datetime, leaving: UUID | None = None
) -> str | Half:
    """The secret of a new session; `leaving` is the session of the same browser, which ends.

    Whoever has a second factor gets half a sign-in, which opens nothing until that was given too.
    Raises Invalid, in the same words after the same work for an unknown address, a wrong password and a disabled
    person; TooMany where it was tried too often.
    """
    with database.writing() as db:
        one = _counted(db, email.strip().lower()[:LONGEST_ADDRESS], network_of(device.address), at=at)
    if not passwords.belongs(password, one.stored):
        log.warning("sign-in refused from %s", network_of(device.address))
        wrong = "this address and this password do not belong together"
        told = {"email": f"{wrong.capitalize()}. Try again, or set a new password."}
        raise Invalid(wrong, "Try again, or ask for a link to set a new password.", fields=told)
    stronger = passwords.hashed_anew(password, one.stored or "")
    with database.writing() as db:
        person = _let_in(db, one, stronger, at=at)
        return let_in(db, person, how="password", device=device, leaving=leaving, at=at)


def _counted(db: Session, email: str, network: str, *, at: datetime) -> Try:
    account = select(Person.id, Person.password_hash).where(Person.email == email, Person.disabled_at.is_(None))
    person_id, stored = db.execute(account).one_or_none() or (new_id(), None)
    limits = _limits(db, email, person_id, network, at=at)
    for limit, key in limits:
        count(db, limit, key, at=at)
    return Try(person_id, stored, limits)


def _limits(db: Session, email: str, person_id: UUID, network: str, *, at: datetime) -> tuple[tuple[Limit, str], ...]:
    """Strangers slow down strangers: whoever signed in from this network before is held to its own limits alone."""
    known = exists().where(
        SignIn.person_id == person_id, SignIn.network == network, SignIn.authenticated_at > at - FAMILIAR
    )
    here = ((ACCOUNT_FROM_HERE, f"{email} {network}"), (NETWORK, network))
    if db.execute(select(known)).scalar():
        return here
    return (*here, (ACCOUNT_FROM_ELSEWHERE, email), (EVERYWHERE, ""))


def _let_in(db: Session, one: Try, stronger: str | None, *, at: datetime) -> Person:
    """The person whose password was right, unless they were disabled or have another password since."""
    person = db.get_one(Person, one.person_id)
    if person.disabled_at is not None or person.password_hash != one.stored:
        raise Conflict("this account changed at this moment", "Sign in again.")
    for limit, key in one.limits:
        forgive(db, limit, key, at=at)
    person.password_hash = stronger or person.password_hash
    return person


def confirm_password(database: Database, password: str, *, by: Actor, is_proven: bool = False, at: datetime) -> None:
    """Ask a signed-in person for their password again, before what a stolen session must not do. Raises Invalid.

    People of the demonstration have none, and are not asked; nor is whoever has none and proved lately in another way
    who they are (`is_proven`).
    """
    with database.writing() as db:
        person = db.get(Person, by.person_id) if by.person_id else None
        if person is None:
            raise NotFound("there is no such person")
        count(db, CONFIRMING, str(person.id), at=at)
        stored, is_demonstration = person.password_hash, person.is_demonstration
    if stored is None and (is_demonstration or is_proven):
        return
    if not passwords.belongs(password, stored):
        wrong = "this is not your password"
        raise Invalid(wrong, "Type the password that you signed in with.", fields={"current": "Check the password."})
    with database.writing() as db:
        forgive(db, CONFIRMING, str(by.person_id), at=at)
