"""The house as an issuer of credentials: what it seals with, what it publishes, what it trusts."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.actions.issuing import seal_renewed
from marketplace.assurance.actions.keys import Seal, sealed_with
from marketplace.assurance.events import RenewalSettled
from marketplace.assurance.models import Certificate, IssuerKey
from marketplace.assurance.queries.certificates import LOADED, verdicts_of
from marketplace.assurance.queries.keys import indexes_in, issuer_keys
from marketplace.assurance.rules.bitstrings import encoded
from marketplace.assurance.rules.checking import Trusted, keys_of
from marketplace.assurance.rules.credentials import PURPOSES, House, moment, status_list_of
from marketplace.faces.services import Services
from marketplace.kit.calendar import day_in_london
from marketplace.kit.credentials import multikey
from marketplace.kit.errors import NotFound
from marketplace.kit.jobs import Heard, Subscriber
from marketplace.kit.signing import public_key, sign_with

CERTIFICATES = "touchstone certificate"
"""What the keys of certificates are derived for, with their number: others than the one that signs the record."""


def sealing(services: Services) -> Seal:
    """What seals certificates: keys made of the house's secret, under names that follow from its address."""
    secret = services.secret
    return Seal(
        House(services.base_url),
        lambda number: public_key(secret, purpose=_purpose(number)),
        lambda number, data: base64.b64decode(sign_with(secret, purpose=_purpose(number))(data)),
    )


def did_document(db: Session, services: Services) -> dict[str, Any]:
    """Who the issuer is and every key that it ever sealed with, as did:web publishes it."""
    seal = sealing(services)
    methods = [_method(seal, each) for each in issuer_keys(db)] or [
        {"id": seal.house.method(1), "type": "Multikey", "controller": seal.house.did,
         "publicKeyMultibase": multikey(seal.public(1))},
    ]  # fmt: skip
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": seal.house.did,
        "verificationMethod": methods,
        "assertionMethod": [each["id"] for each in methods if "revoked" not in each],
    }


def status_list(db: Session, services: Services, purpose: str, *, at: datetime) -> dict[str, Any]:
    """The sealed list of what was withdrawn or suspended, as it is now. Raises NotFound for another purpose."""
    states = {named: state for state, named in PURPOSES.items()}
    if purpose not in states:
        raise NotFound(f"there is no list for {purpose}", f"There are {' and '.join(states)}.")
    seal = sealing(services)
    said = status_list_of(encoded(indexes_in(db, states[purpose])), purpose, seal.house, at=at)
    return sealed_with(_own_number(db, seal), seal, said, at=at)


def trusted(db: Session, services: Services, *, at: datetime) -> Trusted:
    """What a check here goes by: our own keys, and both lists as they are now."""
    lists = [status_list(db, services, purpose, at=at) for purpose in PURPOSES.values()]
    return Trusted(keys_of(did_document(db, services)), {each["id"]: each for each in lists})


def seals_renewed(services: Services) -> Subscriber:
    """A subscriber by which the credential follows what was renewed."""

    def hear(db: Session, heard: Heard) -> None:
        event = heard.event
        if isinstance(event, RenewalSettled) and event.accepted:
            certificate = db.get_one(Certificate, event.certificate_id, options=LOADED)
            on = day_in_london(heard.at)
            verdict = verdicts_of(db, services.frameworks, [certificate], on=on)[certificate.id]
            seal_renewed(db, certificate, verdict, seal=sealing(services), at=services.clock())

    return hear


def _own_number(db: Session, seal: Seal) -> int:
    """The newest key that the house's secret still makes, and that was not given up."""
    keys = [each for each in issuer_keys(db) if each.revoked_at is None]
    own = [each.number for each in keys if each.public == seal.public(each.number).hex()]
    return own[-1] if own else len(keys) or 1


def _method(seal: Seal, key: IssuerKey) -> Mapping[str, str]:
    revoked = {"revoked": moment(key.revoked_at)} if key.revoked_at else {}
    ends = min(key.expires, key.retired_at) if key.retired_at else key.expires
    return {
        "id": seal.house.method(key.number), "type": "Multikey", "controller": seal.house.did,
        "publicKeyMultibase": multikey(bytes.fromhex(key.public)), "expires": moment(ends), **revoked,
    }  # fmt: skip


def _purpose(number: int) -> bytes:
    return f"{CERTIFICATES} {number}".encode()
