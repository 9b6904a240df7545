"""Proving again who one is, before what a stolen session must not do: it holds for a few minutes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.identity.actions.factors import PASSKEY, check_code, mark_proven
from marketplace.identity.actions.passkeys import check_passkey
from marketplace.identity.actions.people import oneself
from marketplace.identity.actions.second_step import count_try, forgive_try
from marketplace.identity.actions.signing_in import confirm_password
from marketplace.identity.events import IdentityConfirmed
from marketplace.identity.models import SignIn
from marketplace.identity.policies import Actor
from marketplace.identity.queries.factors import code_app_of
from marketplace.identity.rules.attempts import network_of
from marketplace.kit.db import Database
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.record import record
from marketplace.ports.signin.passkeys import Site


def confirm_by_typing(
    database: Database, key: bytes, *, password: str, code: str, sign_in_id: UUID, address: str, by: Actor, at: datetime
) -> None:
    """Prove it with whatever can be typed: the password, and the code where there is an app. Raises Invalid, TooMany.

    Raises NotAllowed for whoever has neither, and has to take another way.
    """
    with database.reading() as db:
        person = oneself(db, by)
        asks_code = code_app_of(db, person.id) is not None
        has_password = person.password_hash is not None
    if not (has_password or asks_code):
        raise NotAllowed("you have neither a password nor an app for codes", "Prove it with your passkey.")
    if has_password:
        confirm_password(database, password, by=by, at=at)
    kind = _code(database, key, person.id, code, network_of(address), at=at) if asks_code else ""
    with database.writing() as db:
        note_confirmed(db, sign_in_id, how=kind or "password", by=by, at=at)
        if kind:
            mark_proven(db, sign_in_id, kind)


def confirm_by_passkey(
    db: Session, key: bytes, site: Site, *, challenge: str, answer: str, sign_in_id: UUID, by: Actor, at: datetime
) -> None:
    """Prove it with a passkey of one's own. Raises Invalid, Conflict."""
    check_passkey(
        db, key, site, challenge=challenge, answer=answer, about=str(sign_in_id), person_id=oneself(db, by).id, at=at
    )
    note_confirmed(db, sign_in_id, how=PASSKEY, by=by, at=at)
    mark_proven(db, sign_in_id, PASSKEY)


def note_confirmed(db: Session, sign_in_id: UUID, *, how: str, by: Actor, at: datetime) -> None:
    """Note in the session that its owner was here at this moment."""
    mine = (SignIn.id == sign_in_id, SignIn.person_id == by.person_id, SignIn.ended_at.is_(None))
    noted = update(SignIn).where(*mine).values(confirmed_at=at).returning(SignIn.id)
    if by.person_id is None or db.execute(noted).first() is None:
        raise NotAllowed("this session has ended", "Sign in again.")
    record(db, IdentityConfirmed(person_id=by.person_id, sign_in_id=sign_in_id, how=how), by=by, at=at)


def _code(database: Database, key: bytes, person_id: UUID, code: str, network: str, *, at: datetime) -> str:
    if not code.strip():
        told = "Type the code that the app shows now."
        raise Invalid("the code is missing", told, fields={"code": told})
    count_try(database, person_id, network, at=at)
    with database.writing() as db:
        kind = check_code(db, key, person_id, code, at=at)
        forgive_try(db, person_id, network, at=at)
        return kind
