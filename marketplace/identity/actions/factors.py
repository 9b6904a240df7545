"""A second factor: an app that shows one-time codes, and codes on paper for the day on which it is lost."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.people import oneself, refuse_of_demonstration
from marketplace.identity.actions.races import flush_or
from marketplace.identity.events import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorAdded,
    SecondFactorRemoved,
)
from marketplace.identity.models import CodeApp, Passkey, Person, RecoveryCode, SignIn
from marketplace.identity.policies import Actor, Permission, is_the_house, require
from marketplace.identity.queries.factors import code_app_of, has_second_factor, passkeys_of, recovery_codes_left
from marketplace.identity.rules.codes import RECOVERY_CODES, SECRET_BYTES, is_code, plain, recovery_code, step_of
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.secrecy import keyed, opened, sealed
from marketplace.kit.text import clean_line

CODES, OFFERED, PAPER = "one-time codes", "offered one-time codes", "recovery codes"
CODE, RECOVERY, PASSKEY, ELSEWHERE = "code", "recovery", "passkey", "elsewhere"
OFFER_LASTS = timedelta(minutes=30)
WRONG = "this code is not right, or was used already"


def offer_codes(secret: bytes, person_id: UUID) -> tuple[bytes, str]:
    """A new secret to share with an app, and the same sealed, for the form that brings it back with a first code."""
    shared = secrets.token_bytes(SECRET_BYTES)
    return shared, sealed(secret, OFFERED, shared, about=str(person_id))


def offered(secret: bytes, person_id: UUID, text: str) -> bytes | None:
    """The secret that a form brought back; None where it was not offered to this person."""
    return opened(secret, OFFERED, text, about=str(person_id))


def add_code_app(
    db: Session, secret: bytes, *, offer: str, code: str, by: Actor, sign_in_id: UUID, at: datetime
) -> list[str]:
    """Ask for one-time codes from now on, once one was right; returns recovery codes where there were none.

    Raises Invalid for a wrong code, Conflict where there is an app already.
    """
    person = _able(db, by)
    shared = offered(secret, person.id, offer)
    if shared is None:
        raise Conflict("this secret was not offered to you", "Begin again, and scan the new square.")
    step = step_of(shared, plain(code), at=at, after=0)
    if step is None:
        told = "Type the six digits that the app shows now. If they are always refused, set its clock."
        raise Invalid("this code does not belong to the square", told, fields={"code": f"Not this code. {told}"})
    there = Conflict("you have an app for one-time codes already", "Remove it first.")
    if code_app_of(db, person.id) is not None:
        raise there
    kept = sealed(secret, CODES, shared, about=str(person.id))
    app = CodeApp(id=new_id(at), person_id=person.id, sealed=kept, last_step=step, added_at=at)
    db.add(app)
    flush_or(db, there)
    record(db, SecondFactorAdded(person_id=person.id, kind=CODE, factor_id=app.id), by=by, at=at)
    mark_proven(db, sign_in_id, CODE)
    return first_recovery_codes(db, secret, person.id, by=by, at=at)


def remove_code_app(db: Session, *, by: Actor, at: datetime) -> None:
    """Ask for one-time codes no longer. Raises NotFound."""
    app = code_app_of(db, oneself(db, by).id)
    if app is None:
        raise NotFound("you have no app for one-time codes", "Go to the second factor of your account.")
    db.delete(app)
    db.flush()
    record(db, SecondFactorRemoved(person_id=app.person_id, kind=CODE, factor_id=app.id), by=by, at=at)
    forget_paper(db, app.person_id)


def forget_paper(db: Session, person_id: UUID) -> None:
    """Recovery codes stand in for something: where nothing is left, they end too."""
    if not has_second_factor(db, person_id):
        db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def first_recovery_codes(db: Session, secret: bytes, person_id: UUID, *, by: Actor, at: datetime) -> list[str]:
    """Recovery codes for whoever has none yet; nothing for the others."""
    return [] if recovery_codes_left(db, person_id) else make_recovery_codes(db, secret, by=by, at=at)


def make_recovery_codes(db: Session, secret: bytes, *, by: Actor, at: datetime) -> list[str]:
    """Ten codes, shown once; those made before work no longer. Raises Conflict without a second factor."""
    person = _able(db, by)
    if not has_second_factor(db, person.id):
        raise Conflict("there is nothing that recovery codes would stand in for", "Set up a second factor first.")
    db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [recovery_code(secrets.token_bytes(16)) for _ in range(RECOVERY_CODES)]
    db.add_all(
        RecoveryCode(id=new_id(at), person_id=person.id, fingerprint=_fingerprint(secret, person.id, code), made_at=at)
        for code in codes
    )
    record(db, RecoveryCodesMade(person_id=person.id, count=len(codes)), by=by, at=at)
    return codes


def check_code(db: Session, secret: bytes, person_id: UUID, typed: str, *, at: datetime) -> str:
    """Use a code up: which kind it was, code or recovery. Of several who send the same, one is let through.

    Raises Invalid for one that is wrong, or was used.
    """
    if is_code(typed):
        if _use_app(db, secret, person_id, plain(typed), at=at):
            return CODE
    elif _use_paper(db, secret, person_id, typed, at=at):
        return RECOVERY
    hint = "Type the code that the app shows now, or a recovery code that you have not used."
    raise Invalid(WRONG, hint, fields={"code": f"{WRONG.capitalize()}. {hint}"})


def _use_app(db: Session, secret: bytes, person_id: UUID, code: str, *, at: datetime) -> bool:
    app = code_app_of(db, person_id)
    shared = opened(secret, CODES, app.sealed, about=str(person_id)) if app else None
    step = step_of(shared, code, at=at, after=app.last_step) if app and shared else None
    if app is None or step is None:
        return False
    mine = update(CodeApp).where(CodeApp.id == app.id, CodeApp.last_step < step)
    return db.execute(mine.values(last_step=step).returning(CodeApp.id)).first() is not None


def _use_paper(db: Session, secret: bytes, person_id: UUID, typed: str, *, at: datetime) -> bool:
    fingerprint = _fingerprint(secret, person_id, typed)
    mine = (RecoveryCode.person_id == person_id, RecoveryCode.fingerprint == fingerprint)
    unused = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None))
    if db.execute(unused.values(used_at=at).returning(RecoveryCode.id)).first() is None:
        return False
    used = RecoveryCodeUsed(person_id=person_id, left=recovery_codes_left(db, person_id))
    record(db, used, by=Actor(person_id, None, frozenset()), at=at)
    return True


def _fingerprint(secret: bytes, person_id: UUID, code: str) -> str:
    return keyed(secret, PAPER, f"{person_id} {plain(code)}")


def mark_proven(db: Session, sign_in_id: UUID, kind: str) -> None:
    """Note in a session that its owner proved who they are with something besides a password."""
    db.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.second_factor == "").values(second_factor=kind))


def remove_all_factors(db: Session, person: Person, *, reason: str, by: Actor, at: datetime) -> int:
    """Let a person who lost everything sign in with a password alone again; returns how many factors ended.

    For whoever runs the house, who has made sure who asks. Raises NotAllowed, Invalid without a reason.
    """
    if not is_the_house(by):
        require(by, Permission.OPERATE)
    told = clean_line(reason, 200)
    if not told:
        hint = "Write how you made sure who asks."
        raise Invalid("this needs a reason", hint, fields={"reason": hint})
    app = code_app_of(db, person.id)
    ended = [(CODE, app.id)] if app else []
    ended += [(PASSKEY, key.id) for key in passkeys_of(db, person.id)]
    for model in (CodeApp, Passkey, RecoveryCode):
        db.execute(delete(model).where(model.person_id == person.id))
    for kind, factor_id in ended:
        removed = SecondFactorRemoved(person_id=person.id, kind=kind, factor_id=factor_id, reason=told)
        record(db, removed, by=by, at=at)
    return len(ended)


def ways_in(db: Session, person: Person) -> int:
    """In how many ways a person can begin to sign in by themselves: a password, and each passkey."""
    keys = db.scalar(select(func.count()).select_from(Passkey).where(Passkey.person_id == person.id)) or 0
    return keys + (person.password_hash is not None)


def _able(db: Session, by: Actor) -> Person:
    person = oneself(db, by)
    refuse_of_demonstration(person)
    return person
