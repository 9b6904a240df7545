"""Mailed links that work once, for an hour. Their secret is made when the mail is written: no queue ever holds one."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.attempts import count, is_within
from marketplace.identity.actions.secrets import hash_of, new_secret, nobodys_hash
from marketplace.identity.models import OneTimeLink, Person
from marketplace.identity.rules.attempts import MAILED_FROM, MAILED_LINKS, network_of
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import new_id

LASTS = timedelta(hours=1)
SIGN_UP, RESET, ADDRESS = "sign-up", "reset", "address"


def ask_for_link(
    db: Session, purpose: str, email: str, *, person_id: UUID | None, address: str, at: datetime
) -> OneTimeLink | None:
    """A link of that purpose to an address; None where enough were mailed there in this hour, which nobody is told.

    Raises TooMany where one network asks for many.
    """
    count(db, MAILED_FROM, network_of(address), at=at)
    if not is_within(db, MAILED_LINKS, f"{purpose} {email}", at=at):
        return None
    link = OneTimeLink(
        id=new_id(at),
        token_hash=nobodys_hash(),
        person_id=person_id,
        purpose=purpose,
        email=email,
        asked_at=at,
        expires_at=at + LASTS,
    )
    db.add(link)
    return link


def person_at(db: Session, email: str) -> UUID | None:
    """Whose address that is, among those who may sign in with a password."""
    known = select(Person.id).where(Person.email == email, Person.disabled_at.is_(None), ~Person.is_demonstration)
    return db.scalars(known).one_or_none()


def give_secret(link: OneTimeLink) -> str:
    """Make the secret of a link, for its mail; one made before for the same link works no longer."""
    secret = new_secret()
    link.token_hash = hash_of(secret)
    return secret


def open_link(db: Session, secret: str, purpose: str, *, at: datetime) -> OneTimeLink:
    """The link that this secret opens. Raises NotFound for one that is unknown, used or too old."""
    usable = select(OneTimeLink).where(
        OneTimeLink.token_hash == hash_of(secret),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > at,
    )
    link = db.scalars(usable).one_or_none()
    if link is None:
        raise dead_link()
    return link


def use_link(db: Session, link_id: UUID, *, at: datetime) -> OneTimeLink:
    """Use a link up: of several who try at once, one succeeds. Raises NotFound for the others."""
    mine = update(OneTimeLink).where(
        OneTimeLink.id == link_id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at
    )
    if db.execute(mine.values(used_at=at).returning(OneTimeLink.id)).first() is None:
        raise dead_link()
    return db.get_one(OneTimeLink, link_id, populate_existing=True)


def void_links(db: Session, person_id: UUID, *, at: datetime) -> None:
    """Make every open link of a person useless."""
    open_ones = update(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
    db.execute(open_ones.values(used_at=at))


def dead_link() -> NotFound:
    return NotFound("this link was used or is too old", "Ask for a new one: a link works once, within an hour.")
