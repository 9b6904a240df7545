"""Passkeys: added after a proof, used to sign in or as a second factor, taken away by their owner."""

import base64
import logging
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.factors import (
    PASSKEY,
    first_recovery_codes,
    forget_paper,
    mark_proven,
    ways_in,
)
from marketplace.identity.actions.once import spend
from marketplace.identity.actions.people import oneself, refuse_of_demonstration
from marketplace.identity.actions.races import flush_or
from marketplace.identity.events import SecondFactorAdded, SecondFactorRemoved
from marketplace.identity.models import Passkey, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries.factors import known_elsewhere, passkeys_of
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.secrecy import brought_back, given_along
from marketplace.kit.text import clean_line
from marketplace.ports.signin.passkeys import (
    Kept,
    PasskeyRefused,
    Site,
    asked_to_make,
    asked_to_use,
    made,
    named_in,
    used,
)

MAKING, USING = "making a passkey", "using a passkey"
LASTS = timedelta(minutes=10)
MOST = 10
LONGEST_NAME = 80
log = logging.getLogger(__name__)


def ask_for_new(db: Session, secret: bytes, site: Site, *, by: Actor, at: datetime) -> tuple[str, str]:
    """What the browser is asked for a new passkey, and the challenge sealed, for the form that brings it back."""
    person = oneself(db, by)
    challenge = secrets.token_bytes(32)
    known = [key.credential_id for key in passkeys_of(db, person.id)]
    asked = asked_to_make(
        site, challenge, person=person.id.bytes, email=person.email, name=person.name, known=known
    )
    return asked, _sealed(secret, MAKING, challenge, str(person.id), at)


def add_passkey(
    db: Session, secret: bytes, site: Site, *, challenge: str, answer: str, name: str, by: Actor, sign_in_id: UUID,
    at: datetime,
) -> list[str]:  # fmt: skip
    """Keep the public half of a new passkey; returns recovery codes where there were none.

    Raises Invalid for an answer that does not hold, Conflict for a challenge that is too old or was used.
    """
    person = oneself(db, by)
    refuse_of_demonstration(person)
    asked = _brought(db, secret, MAKING, challenge, str(person.id), at=at)
    try:
        new = made(site, asked, answer)
    except PasskeyRefused as wrong:
        log.warning("passkey refused: %s", wrong)
        raise _unproven("this passkey could not be added") from wrong
    if len(passkeys_of(db, person.id)) >= MOST:
        raise Conflict(f"you have {MOST} passkeys already", "Remove one that you no longer use.")
    key = Passkey(
        id=new_id(at), person_id=person.id, credential_id=new.credential_id, public_key=new.public_key, uses=new.uses,
        name=clean_line(name, LONGEST_NAME) or f"Passkey of {at:%-d %B %Y}", added_at=at,
    )  # fmt: skip
    db.add(key)
    flush_or(db, Conflict("this passkey is known already", "Sign in with it."))
    record(db, SecondFactorAdded(person_id=person.id, kind=PASSKEY, factor_id=key.id), by=by, at=at)
    mark_proven(db, sign_in_id, PASSKEY)
    return first_recovery_codes(db, secret, person.id, by=by, at=at)


def remove_passkey(db: Session, key_id: UUID, *, by: Actor, at: datetime) -> str:
    """Let a passkey open nothing any more; returns its name. Raises NotFound; Conflict for the only way in."""
    person = oneself(db, by)
    key = db.scalars(select(Passkey).where(Passkey.id == key_id, Passkey.person_id == person.id)).one_or_none()
    if key is None:
        raise NotFound("you have no such passkey", "Go to the second factor of your account.")
    if ways_in(db, person) == 1 and not known_elsewhere(db, person.id):
        raise Conflict("this passkey is your only way in", "Set a password first: ask for one on the sign-in page.")
    name = key.name
    db.delete(key)
    db.flush()
    record(db, SecondFactorRemoved(person_id=person.id, kind=PASSKEY, factor_id=key_id), by=by, at=at)
    forget_paper(db, person.id)
    return name


def ask_for_proof(
    db: Session, secret: bytes, site: Site, *, about: str, person_id: UUID | None, at: datetime
) -> tuple[str, str]:
    """What the browser is asked for a proof, and the challenge sealed; `about` is what it proves, such as one sign-in.

    Without a person the browser offers whichever passkeys it has for this site.
    """
    challenge = secrets.token_bytes(32)
    known = [key.credential_id for key in passkeys_of(db, person_id)] if person_id else []
    return asked_to_use(site, challenge, known=known), _sealed(secret, USING, challenge, about, at)


def check_passkey(
    db: Session, secret: bytes, site: Site, *, challenge: str, answer: str, about: str, person_id: UUID | None = None,
    at: datetime,
) -> Person:  # fmt: skip
    """Whose passkey answered the challenge. Raises Invalid, in the same words whatever does not hold; Conflict."""
    asked = _brought(db, secret, USING, challenge, about, at=at)
    refused = _unproven("this passkey does not open an account here")
    try:
        named = named_in(answer)
        key = db.scalars(select(Passkey).where(Passkey.credential_id == named)).one_or_none()
        person = db.get(Person, key.person_id) if key else None
        if key is None or person is None or person.disabled_at is not None or person_id not in (None, person.id):
            raise refused
        count = used(site, asked, answer, Kept(key.credential_id, key.public_key, key.uses))
    except PasskeyRefused as wrong:
        log.warning("passkey refused: %s", wrong)
        raise refused from wrong
    db.execute(update(Passkey).where(Passkey.id == key.id).values(uses=count, used_at=at))
    return person


def _unproven(fact: str) -> Invalid:
    hint = "Try again on the device that has it, or take another way."
    return Invalid(fact, hint, fields={"passkey": f"{fact.capitalize()}. {hint}"})


def _sealed(secret: bytes, purpose: str, challenge: bytes, about: str, at: datetime) -> str:
    values = {"challenge": base64.b64encode(challenge).decode(), "about": about}
    return given_along(secret, purpose, values, until=at + LASTS)


def _brought(db: Session, secret: bytes, purpose: str, text: str, about: str, *, at: datetime) -> bytes:
    """The challenge that we set for this, which is spent with it. Raises Conflict."""
    values = brought_back(secret, purpose, text, at=at)
    if values is None or values["about"] != about:
        raise Conflict("the question that this answers is too old, or is another's", "Begin again.")
    spend(db, f"{purpose} {values['challenge']}", until=at + LASTS)
    return base64.b64decode(values["challenge"])
