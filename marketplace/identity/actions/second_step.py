"""Between a right password and a session: whoever has a second factor is asked for it first."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.attempts import TooMany, counted, forgive
from marketplace.identity.actions.factors import PASSKEY, check_code
from marketplace.identity.actions.passkeys import check_passkey
from marketplace.identity.actions.secrets import hash_of, new_secret
from marketplace.identity.actions.sessions import Device, leave_session, start_session
from marketplace.identity.events import SecondFactorMissed
from marketplace.identity.models import HalfSignIn, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries.factors import has_second_factor
from marketplace.identity.rules.attempts import SECOND_FACTOR, SECOND_FACTOR_EVERYWHERE, network_of
from marketplace.kit.db import Database
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value
from marketplace.ports.signin.passkeys import Site

LASTS = timedelta(minutes=10)
SUSPICIOUS = 5
"""After so many misses in a quarter of an hour the owner is told: a right password came before each."""
NOBODY = "whoever it is"
"""What a passkey proves on the page where nobody said yet who they are."""
log = logging.getLogger(__name__)


class Half(Value):
    """The secret of a sign-in that waits for its second factor, for a cookie of its own."""

    secret: str


def let_in(
    db: Session,
    person: Person,
    *,
    how: str,
    device: Device,
    leaving: UUID | None,
    second_factor: str = "",
    at: datetime,
) -> str | Half:
    """The secret of a new session; or of half a sign-in, where a second factor is set up and was not given yet."""
    if not second_factor and has_second_factor(db, person.id):
        secret = new_secret()
        db.add(HalfSignIn(id=new_id(at), token_hash=hash_of(secret), person_id=person.id, how=how, begun_at=at))
        return Half(secret)
    if leaving is not None:
        leave_session(db, leaving, at=at)
    return start_session(db, person, how=how, device=device, at=at, second_factor=second_factor)


def half_of(db: Session, secret: str, *, at: datetime) -> HalfSignIn:
    """The sign-in that this secret is half of. Raises NotFound where it is over, or was never begun."""
    waiting = (HalfSignIn.token_hash == hash_of(secret), HalfSignIn.done_at.is_(None), HalfSignIn.begun_at > at - LASTS)
    half = db.scalars(select(HalfSignIn).where(*waiting)).one_or_none()
    if half is None:
        raise _over()
    return half


def finish_with_code(
    database: Database, key: bytes, secret: str, typed: str, *, device: Device, leaving: UUID | None, at: datetime
) -> str:
    """The secret of a session, for a code that is right. Raises Invalid, TooMany, NotFound."""
    return _finish(
        database, secret, lambda db, half: check_code(db, key, half.person_id, typed, at=at),
        device=device, leaving=leaving, at=at,
    )  # fmt: skip


def finish_with_passkey(
    database: Database, key: bytes, site: Site, secret: str, *, challenge: str, answer: str, device: Device,
    leaving: UUID | None, at: datetime,
) -> str:  # fmt: skip
    """The secret of a session, for a passkey of the person whose password was right."""

    def check(db: Session, half: HalfSignIn) -> str:
        about, owner = str(half.id), half.person_id
        check_passkey(db, key, site, challenge=challenge, answer=answer, about=about, person_id=owner, at=at)
        return PASSKEY

    return _finish(database, secret, check, device=device, leaving=leaving, at=at)


def sign_in_with_passkey(
    database: Database, key: bytes, site: Site, *, challenge: str, answer: str, device: Device, leaving: UUID | None,
    at: datetime,
) -> str:  # fmt: skip
    """The secret of a session, for a passkey alone: a device and what unlocks it are two factors. Raises Invalid."""
    with database.writing() as db:
        person = check_passkey(db, key, site, challenge=challenge, answer=answer, about=NOBODY, at=at)
        if leaving is not None:
            leave_session(db, leaving, at=at)
        return start_session(db, person, how=PASSKEY, device=device, at=at, second_factor=PASSKEY)


def count_try(database: Database, person_id: UUID, network: str, *, at: datetime) -> None:
    """Count a try before it is looked at. Raises TooMany."""
    with database.writing() as db:
        tries = counted(db, SECOND_FACTOR, f"{person_id} {network}", at=at)
        everywhere = counted(db, SECOND_FACTOR_EVERYWHERE, str(person_id), at=at)
        if tries == SUSPICIOUS + 1:
            missed = SecondFactorMissed(person_id=person_id, misses=SUSPICIOUS)
            record(db, missed, by=Actor(person_id, None, frozenset()), at=at)
    for limit, so_many in ((SECOND_FACTOR, tries), (SECOND_FACTOR_EVERYWHERE, everywhere)):
        if so_many > limit.most:
            raise TooMany(limit, at)


def forgive_try(db: Session, person_id: UUID, network: str, *, at: datetime) -> None:
    forgive(db, SECOND_FACTOR_EVERYWHERE, str(person_id), at=at)
    forgive(db, SECOND_FACTOR, f"{person_id} {network}", at=at)


def _finish(
    database: Database, secret: str, check: Callable[[Session, HalfSignIn], str], *, device: Device,
    leaving: UUID | None, at: datetime,
) -> str:  # fmt: skip
    network = network_of(device.address)
    with database.reading() as db:
        person_id = half_of(db, secret, at=at).person_id
    count_try(database, person_id, network, at=at)
    try:
        with database.writing() as db:
            half = half_of(db, secret, at=at)
            kind = check(db, half)
            person = _use(db, half, at=at)
            forgive_try(db, person_id, network, at=at)
            if leaving is not None:
                leave_session(db, leaving, at=at)
            return start_session(db, person, how=half.how, device=device, at=at, second_factor=kind)
    except Invalid:
        log.warning("second factor refused from %s", network)
        raise


def _use(db: Session, half: HalfSignIn, *, at: datetime) -> Person:
    """End the half sign-in: of several who finish it at once, one succeeds. Raises NotFound for the others."""
    mine = update(HalfSignIn).where(HalfSignIn.id == half.id, HalfSignIn.done_at.is_(None)).values(done_at=at)
    person = db.get_one(Person, half.person_id)
    if db.execute(mine.returning(HalfSignIn.id)).first() is None or person.disabled_at is not None:
        raise _over()
    return person


def drop_halves(db: Session, person_id: UUID, *, at: datetime) -> None:
    """Let no half sign-in of a person be finished: their password is another one now."""
    open_ones = update(HalfSignIn).where(HalfSignIn.person_id == person_id, HalfSignIn.done_at.is_(None))
    db.execute(open_ones.values(done_at=at))


def _over() -> NotFound:
    return NotFound("this sign-in is over", "Begin again with your address and your password.")

