"""A password set for the first time, changed, or reset by mail; each computed outside a transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions import passwords
from marketplace.identity.actions.links import (
    RESET,
    SIGN_UP,
    ask_for_link,
    dead_link,
    open_link,
    person_at,
    use_link,
    void_links,
)
from marketplace.identity.actions.people import add_person, address_of, name_of_person, refuse_of_demonstration
from marketplace.identity.actions.second_step import drop_halves
from marketplace.identity.actions.sessions import Device, drop_sessions, start_session
from marketplace.identity.actions.signing_in import confirm_password
from marketplace.identity.events import PasswordChanged, PasswordResetAsked, SignUpAsked
from marketplace.identity.models import Person
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.db import Database
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.record import record


def ask_sign_up(db: Session, email: str, *, address: str, at: datetime, language: str = "en") -> None:
    """Mail a link to make an account with; whoever has one already is told so, in the mail alone."""
    typed = address_of(email)
    link = ask_for_link(db, SIGN_UP, typed, person_id=person_at(db, typed), address=address, at=at)
    if link is not None:
        link.language = language
        record(db, SignUpAsked(link_id=link.id), by=CLOCK, at=at)


def ask_reset(db: Session, email: str, *, address: str, at: datetime) -> None:
    """Mail a link to set a new password with; the same work, and the same silence, for an unknown address."""
    typed = address_of(email)
    link = ask_for_link(db, RESET, typed, person_id=person_at(db, typed), address=address, at=at)
    if link is not None:
        record(db, PasswordResetAsked(link_id=link.id), by=CLOCK, at=at)


def sign_up(
    database: Database,
    secret: str,
    *,
    name: str,
    password: str,
    common: Collection[str],
    device: Device,
    at: datetime,
) -> str:
    """Make the account that a mailed link is for; returns the secret of its first session."""
    with database.reading() as reading:
        link = open_link(reading, secret, SIGN_UP, at=at)
        if link.person_id is not None:
            raise dead_link()
        link_id, email, language = link.id, link.email, link.language
    cleaned = name_of_person(name)
    stored = new_hash(password, common=common, about=[email, cleaned])
    with database.writing() as db:
        use_link(db, link_id, at=at)
        person = add_person(db, name=cleaned, email=email, password_hash=stored, language=language, at=at)
        return start_session(db, person, how="sign-up", device=device, at=at)


def reset_password(database: Database, secret: str, password: str, *, common: Collection[str], at: datetime) -> None:
    """Set a new password with a mailed link: it works once, and every session ends. Raises NotFound, Invalid."""
    with database.reading() as reading:
        link = open_link(reading, secret, RESET, at=at)
        person = reading.get(Person, link.person_id) if link.person_id else None
        if person is None or person.disabled_at is not None:
            raise dead_link()
        link_id, person_id, about = link.id, person.id, [person.email, person.name]
    stored = new_hash(password, common=common, about=about)
    with database.writing() as db:
        use_link(db, link_id, at=at)
        void_links(db, person_id, at=at)
        _set(db, person_id, stored, how="reset", keep=None, by=Actor(person_id, None, frozenset()), at=at)


def change_password(
    database: Database,
    current: str,
    password: str,
    *,
    common: Collection[str],
    keep: UUID | None,
    by: Actor,
    at: datetime,
) -> None:
    """Replace one's own password, after giving the present one; sessions but `keep` end. Raises Invalid, TooMany."""
    if by.person_id is None:
        raise NotFound("there is no such person", "Sign in first.")
    confirm_password(database, current, by=by, at=at)
    with database.reading() as reading:
        person = reading.get_one(Person, by.person_id)
        refuse_of_demonstration(person)
        about = [person.email, person.name, current]
    stored = new_hash(password, common=common, about=about)
    with database.writing() as db:
        void_links(db, by.person_id, at=at)
        _set(db, by.person_id, stored, how="change", keep=keep, by=by, at=at)


def new_hash(password: str, *, common: Collection[str], about: Collection[str]) -> str:
    """Raises Invalid, for the field `password`."""
    try:
        return passwords.hashed(password, common=common, about=about)
    except Invalid as wrong:
        told = f"{wrong.fact[:1].upper()}{wrong.fact[1:]}. {wrong.hint}"
        raise Invalid(wrong.fact, wrong.hint, fields={"password": told}) from wrong


def _set(
    db: Session, person_id: UUID, stored: str, *, how: str, keep: UUID | None, by: Actor, at: datetime
) -> None:
    person = db.get_one(Person, person_id)
    person.password_hash = stored
    drop_sessions(db, person_id, at=at, keep=keep)
    drop_halves(db, person_id, at=at)
    record(db, PasswordChanged(person_id=person_id, how=how), by=by, at=at)
