"""People: added, renamed, disabled; their addresses confirmed from where mail arrives."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.links import ADDRESS, ask_for_link, open_link, use_link
from marketplace.identity.actions.mailing import mail_reaches
from marketplace.identity.actions.races import flush_or
from marketplace.identity.actions.sessions import drop_sessions
from marketplace.identity.events import (
    AddressChangeAsked,
    AddressChanged,
    PersonAdded,
    PersonChanged,
    PersonDisabled,
    PersonEnabled,
)
from marketplace.identity.models import Person, Token
from marketplace.identity.policies import Actor, Permission, is_the_house, require
from marketplace.identity.rules.credentials import email_address
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, quote

LONGEST_NAME = 120
LANGUAGES = {"en": "English", "cy": "Cymraeg"}


def add_person(
    db: Session, *, name: str, email: str, password_hash: str | None, at: datetime, is_demonstration: bool = False,
    language: str = "en",
) -> Person:  # fmt: skip
    """A person who may sign in from now on. Raises Invalid; Conflict where the address has an account."""
    address = address_of(email)
    taken = Conflict(f"{quote(address)} has an account already", "Sign in with it.")
    if db.scalars(select(Person.id).where(Person.email == address)).first() is not None:
        raise taken
    person = Person(
        id=new_id(at),
        name=name_of_person(name),
        email=address,
        password_hash=password_hash,
        language=language,
        is_demonstration=is_demonstration,
        created_at=at,
    )
    db.add(person)
    flush_or(db, taken)
    record(db, PersonAdded(person_id=person.id), by=Actor(person.id, None, frozenset()), at=at)
    return person


def address_of(email: str) -> str:
    """An address as it is stored and compared: in lower case. Raises Invalid, for the field `email`."""
    try:
        return email_address(email).lower()
    except Invalid as wrong:
        raise _of_field("email", wrong) from wrong


def name_of_person(name: str) -> str:
    """Raises Invalid, for the field `name`."""
    try:
        cleaned = clean_line(name, LONGEST_NAME)
    except Invalid as wrong:
        raise _of_field("name", wrong) from wrong
    if not cleaned:
        hint = "Write the name that colleagues know you by."
        raise Invalid("a name is needed", hint, fields={"name": hint})
    return cleaned


def _of_field(field: str, wrong: Refusal) -> Invalid:
    return Invalid(wrong.fact, wrong.hint, fields={field: f"{wrong.fact[:1].upper()}{wrong.fact[1:]}. {wrong.hint}"})


def change_person(db: Session, *, name: str, by: Actor, at: datetime) -> None:
    """Give oneself another name."""
    person = oneself(db, by)
    cleaned = name_of_person(name)
    if cleaned != person.name:
        person.name = cleaned
        record(db, PersonChanged(person_id=person.id, fields=["name"]), by=by, at=at)


def choose_language(db: Session, language: str, *, by: Actor, at: datetime) -> None:
    """Read pages in another language. Raises Invalid for one that is not offered."""
    person = oneself(db, by)
    if language not in LANGUAGES:
        raise Invalid(f"{quote(language)} is not offered", f"Choose one of {', '.join(LANGUAGES.values())}.")
    if language != person.language:
        person.language = language
        record(db, PersonChanged(person_id=person.id, fields=["language"]), by=by, at=at)


def ask_address_change(db: Session, email: str, *, address: str, by: Actor, at: datetime) -> None:
    """Ask for mail at another address; the same whether or not it belongs to somebody. The password was confirmed."""
    person = oneself(db, by)
    refuse_of_demonstration(person)
    wanted = address_of(email)
    if wanted == person.email:
        fact = f"{quote(wanted)} is your address already"
        raise Invalid(fact, "Write another one.", fields={"email": "Write another one."})
    link = ask_for_link(db, ADDRESS, wanted, person_id=person.id, address=address, at=at)
    if link is not None:
        record(db, AddressChangeAsked(link_id=link.id), by=by, at=at)


def change_address(db: Session, secret: str, *, by: Actor, keep: UUID | None, at: datetime) -> None:
    """Confirm an address with the link mailed to it; where it is a new one, other sessions end.

    Raises NotFound, Conflict.
    """
    link = open_link(db, secret, ADDRESS, at=at)
    if link.person_id != by.person_id:
        raise NotFound("this link belongs to somebody else", "Sign in as the person who asked for it.")
    person = oneself(db, by)
    mail_reaches(db, person, by=by, at=at)
    if link.email == person.email:
        use_link(db, link.id, at=at)
        return
    taken = Conflict(f"{quote(link.email)} has an account already", "Sign in with it.")
    if db.scalars(select(Person.id).where(Person.email == link.email)).first() is not None:
        raise taken
    used = use_link(db, link.id, at=at)
    used.former_email, person.email = person.email, used.email
    flush_or(db, taken)
    drop_sessions(db, person.id, at=at, keep=keep)
    record(db, AddressChanged(person_id=person.id, link_id=link.id), by=by, at=at)


def disable_person(db: Session, person: Person, *, reason: str, by: Actor, at: datetime) -> None:
    """Let nobody sign in as this person: their sessions and tokens end now. Raises NotAllowed, Conflict."""
    if not is_the_house(by):
        require(by, Permission.OPERATE)
    if person.disabled_at is not None:
        raise Conflict(f"{person.name} is disabled already")
    person.disabled_at = at
    drop_sessions(db, person.id, at=at)
    db.execute(update(Token).where(Token.person_id == person.id, Token.ended_at.is_(None)).values(ended_at=at))
    record(db, PersonDisabled(person_id=person.id, reason=clean_line(reason, 200)), by=by, at=at)


def enable_person(db: Session, person: Person, *, by: Actor, at: datetime) -> None:
    """Let a disabled person sign in again; what ended stays ended."""
    if not is_the_house(by):
        require(by, Permission.OPERATE)
    if person.disabled_at is None:
        raise Conflict(f"{person.name} is not disabled")
    person.disabled_at = None
    record(db, PersonEnabled(person_id=person.id), by=by, at=at)


def refuse_of_demonstration(person: Person) -> None:
    """Raises NotAllowed: whoever enters as a person of the demonstration keeps nobody else out."""
    if person.is_demonstration:
        raise NotAllowed("a person of the demonstration keeps their address, and has no password", "Make an account.")


def oneself(db: Session, by: Actor) -> Person:
    """The person who acts. Raises NotFound for the clock."""
    person = db.get(Person, by.person_id) if by.person_id else None
    if person is None:
        raise NotFound("there is no such person", "Sign in first.")
    return person
