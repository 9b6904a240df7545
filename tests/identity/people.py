"""What the tests of identity share: quick passwords, a post that keeps its mails, and people who can sign in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.actions import passwords
from marketplace.identity.actions.credentials import ask_reset
from marketplace.identity.actions.people import add_person
from marketplace.identity.actions.sessions import Device
from marketplace.identity.models import Grant, Membership, Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.identity.subscribers import (
    mails_address_changed,
    mails_address_confirmation,
    mails_reset,
    mails_sign_up,
)
from marketplace.kit.db import Database
from marketplace.kit.jobs import drain
from marketplace.ports.mail.port import Message
from marketplace.ports.mail.post import Letter, Post

NIA = "nia.rees@ashdown.nhs.uk"
PASSWORD = "quiet heron borrows Tuesday"
OTHER_PASSWORD = "seven lanterns under gravel"
HERE = Device("Firefox on Linux", "203.0.113.7")
ELSEWHERE = Device("curl", "198.51.100.9")
QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
COMMON = frozenset({"password", "correct horse battery staple"})


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same functions at a cost that tests can pay."""
    monkeypatch.setattr(passwords, "HASH", QUICK)
    monkeypatch.setattr(passwords, "NOBODYS_HASH", QUICK.hash("nobody's password, which nobody knows"))


@dataclass
class Box:
    """A way of sending that keeps what it was given."""

    name: str = "box"
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.sent.append(message)


def plainly(name: str, values: Mapping[str, Any], *, language: str) -> Letter:
    """Words without a template: each value on a line of its own."""
    text = "\n".join(f"{key}: {value}" for key, value in sorted(values.items()))
    return Letter(name, text, f"<pre>{text}</pre>")


def a_post(box: Box) -> Post:
    return Post(box, plainly, "https://touchstone.example")


def link_in(message: Message) -> str:
    """The secret at the end of the link of a mail."""
    line = next(line for line in message.text.splitlines() if line.startswith("link: "))
    return line.rpartition("/")[2]


def with_password(db: Session, person_id: object, password: str = PASSWORD) -> Person:
    person = db.get_one(Person, person_id)
    person.password_hash = QUICK.hash(password)
    db.flush()
    return person


def somebody(
    database: Database, email: str, *, at: datetime, password: str = PASSWORD, name: str = "Nia Rees"
) -> Actor:
    """A person with a password and no organisation, committed."""
    with database.writing() as db:
        person = add_person(db, name=name, email=email, password_hash=QUICK.hash(password), at=at)
        return Actor(person.id, None, frozenset(), person.name)


def membership(db: Session, actor: Actor) -> Membership:
    both = (Membership.person_id == actor.person_id, Membership.organisation_id == actor.organisation_id)
    return db.scalars(select(Membership).where(*both)).one()


def ashdown(db: Session, buyer: Actor) -> Organisation:
    return db.get_one(Organisation, buyer.organisation_id)


def roles_of(db: Session, actor: Actor) -> list[str]:
    mine = select(Grant.role).join(Membership).where(Membership.person_id == actor.person_id)
    return sorted(db.scalars(mine))


def acting(db: Session, actor: Actor, *, on: date) -> Actor:
    """The actor as a request made now would see them."""
    body = db.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    return actor_for(db, db.get_one(Person, actor.person_id), body, on=on)


def deliver(database: Database, box: Box, *, at: datetime) -> None:
    """Send the mails that wait, as the worker does."""
    post = a_post(box)
    subscribers = {
        "identity.SignUpAsked": [("mails", mails_sign_up(post))],
        "identity.PasswordResetAsked": [("mails", mails_reset(post))],
        "identity.AddressChangeAsked": [("mails", mails_address_confirmation(post))],
        "identity.AddressChanged": [("mails", mails_address_changed(post))],
    }
    drain(database, subscribers, clock=lambda: at)


def a_reset_link(database: Database, *, at: datetime, email: str = NIA) -> str:
    box = Box()
    with database.writing() as db:
        ask_reset(db, email, address=HERE.address, at=at)
    deliver(database, box, at=at)
    return link_in(box.sent[-1])
