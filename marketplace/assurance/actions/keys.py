"""Sealing credentials: with the newest key, a next one in good time, and a compromised one given up for good."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.events.keys import IssuerKeyMade, IssuerKeyRevoked
from marketplace.assurance.models import Certificate, IssuerKey
from marketplace.assurance.policies import may_keep_keys
from marketplace.assurance.queries.keys import newest_key
from marketplace.assurance.rules.credentials import House
from marketplace.assurance.schemas import text_of
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.calendar import add_months
from marketplace.kit.credentials import seal_document
from marketplace.kit.errors import Conflict, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value

LASTS = 24
"""Months that a key is good for."""


class Seal(Value):
    """Who gives credentials out, and what its secret makes of the number of a key: the public part, a signature."""

    house: House
    public: Callable[[int], bytes]
    sign: Callable[[int, bytes], bytes]


def sealed(db: Session, seal: Seal, document: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """The document with its proof, by the newest key; a next key is made where that one is at its end."""
    key = key_to_seal_with(db, seal, at=at)
    return sealed_with(key.number, seal, document, at=at)


def sealed_with(number: int, seal: Seal, document: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """The document with a proof by the key of this number."""
    method = seal.house.method(number)
    return seal_document(document, method=method, sign=lambda data: seal.sign(number, data), at=at)


def key_to_seal_with(db: Session, seal: Seal, *, at: datetime) -> IssuerKey:
    """The newest key, or the next one where that expired, was given up, or belongs to another secret."""
    key = newest_key(db)
    if key is not None and key.seals(seal.public(key.number), at=at):
        return key
    reason = "The first key." if key is None else "The key before it was at its end."
    return _make(db, key, seal, reason=reason, by=CLOCK, at=at)


def rotate_key(db: Session, *, reason: str, seal: Seal, by: Actor, at: datetime) -> IssuerKey:
    """Seal with a next key from now on; what the one before it sealed still holds. Raises NotAllowed, Invalid."""
    allow_keeping_keys(by)
    given = text_of("reason", reason, needed="Say why; the history of the keys is public.")
    return _make(db, newest_key(db), seal, reason=given, by=by, at=at)


def revoke_key(db: Session, number: int, *, reason: str, seal: Seal, by: Actor, at: datetime) -> int:
    """Give a key up because others may have it: nothing that it sealed counts, and certificates are sealed anew.

    Returns how many were. Raises NotAllowed, NotFound, Conflict, Invalid.
    """
    allow_keeping_keys(by)
    given = text_of("reason", reason, needed="Say why; the history of the keys is public.")
    key = db.scalars(select(IssuerKey).where(IssuerKey.number == number).with_for_update()).one_or_none()
    if key is None:
        raise NotFound(f"there is no key {number}", "The page of the keys lists them.")
    if key.revoked_at is not None:
        raise Conflict(f"key {number} was given up already", key.reason)
    key.revoked_at, key.reason = at, given
    record(db, IssuerKeyRevoked(key_id=key.id, number=number, reason=given), by=by, at=at)
    db.flush()
    touched = [each for each in db.scalars(select(Certificate)) if _method(each) == seal.house.method(number)]
    for certificate in touched:
        seal_anew(db, certificate, seal, at=at)
    key_to_seal_with(db, seal, at=at)
    return len(touched)


def revoke_newest(db: Session, *, reason: str, seal: Seal, by: Actor, at: datetime) -> tuple[int, int]:
    """Give the newest key up: its number, and how many certificates were sealed anew. Raises as `revoke_key`."""
    newest = newest_key(db)
    number = newest.number if newest else 0
    return number, revoke_key(db, number, reason=reason, seal=seal, by=by, at=at)


def seal_anew(
    db: Session, certificate: Certificate, seal: Seal, *, changed: dict[str, Any] | None = None, at: datetime
) -> None:
    """Give the credential of a certificate a new proof, with what `changed` in it."""
    unsealed = {name: value for name, value in certificate.document.items() if name != "proof"}
    certificate.document = sealed(db, seal, {**unsealed, **(changed or {})}, at=at)
    db.flush()


def allow_keeping_keys(by: Actor) -> None:
    """Raises NotAllowed for anybody but an operator."""
    if not may_keep_keys(by):
        raise NotAllowed("only an operator of Touchstone keeps its keys", "Ask the operators.")


def _make(db: Session, before: IssuerKey | None, seal: Seal, *, reason: str, by: Actor, at: datetime) -> IssuerKey:
    number = before.number + 1 if before else 1
    ends = datetime.combine(add_months(at.date(), LASTS), at.timetz())
    key = IssuerKey(
        id=new_id(at), number=number, public=seal.public(number).hex(), made_at=at, expires=ends, reason=reason
    )
    db.add(key)
    if before is not None and before.retired_at is None:
        before.retired_at = at
    record(db, IssuerKeyMade(key_id=key.id, number=number, reason=reason), by=by, at=at)
    db.flush()
    return key


def _method(certificate: Certificate) -> str:
    proof = certificate.document.get("proof")
    return str(proof.get("verificationMethod")) if isinstance(proof, dict) else ""
