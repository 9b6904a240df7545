"""Certificates: how one stands, its credential, checking one, relying on one, and what its body does with it."""

import json
from datetime import datetime
from typing import Any, Literal

from marketplace.api.assurance.shapes import (
    CertificateOut,
    certificate_out,
)
from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, Document, get, post
from marketplace.api.shapes import In, Line, Out, Reason, Text
from marketplace.assurance.actions.certificates import (
    reinstate_certificate,
    suspend_certificate,
    withdraw_certificate,
)
from marketplace.assurance.actions.keys import revoke_newest, rotate_key
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.assurance.models import Certificate
from marketplace.assurance.policies import may_keep
from marketplace.assurance.queries.certificates import (
    find_certificate,
    reuses_of,
    standing_of,
)
from marketplace.assurance.rules.checking import check, facts_of
from marketplace.faces.certificates import certificate_pdf
from marketplace.faces.credentials import product_in
from marketplace.faces.sealing import did_document, sealing, trusted
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.credentials import SUITE
from marketplace.kit.errors import NotFound


class DecisionIn(In):
    """Whether one's organisation relies on it; a refusal needs a reason, which others read."""

    decision: Literal["accept", "refuse"]
    reason: Text = ""
    ground: Line = "other"


class ReuseOut(Out):
    certificate: str
    accepted: bool
    reason: str
    at: datetime


class DocumentIn(In):
    """A credential as it was given out; `product` is the reference of the product in hand, where it is known."""

    document: dict[str, Any]
    product: Text = ""


class LookedAtOut(Out):
    """One question of a check; `holds` is null where it could not be looked at."""

    question: str
    holds: bool | None
    told: str


class CheckOut(Out):
    """Whether a document is what Touchstone gave out and holds, why not, and how the certificate stands today."""

    is_genuine: bool
    holds: bool
    reasons: list[str]
    faults: list[str]
    looked_at: list[LookedAtOut]
    certificate: CertificateOut | None


class KeyOut(Out):
    """A key by which certificates were sealed. `expires` is when it stopped sealing, `revoked` when it was given up."""

    id: str
    public_key: str
    expires: str
    revoked: str


class IssuerOut(Out):
    """Who gives credentials out, and every key that it ever sealed with."""

    suite: str
    did: str
    keys: list[KeyOut]


@get("/certificates/{ref:str}", who=PUBLIC, is_shared=True)
def show_certificate(ask: Asked, ref: str) -> CertificateOut:
    """A certificate as it was given out, and what holds today."""
    return whole(ask, find_certificate(ask.db, ref))


@get("/certificates/{ref:str}/credential", who=PUBLIC, media_type="application/vc")
def download_credential(ask: Asked, ref: str) -> Document:
    """The sealed credential, as it was given out."""
    certificate = find_certificate(ask.db, ref)
    return Document(json.dumps(certificate.document, ensure_ascii=False).encode(), "application/vc")


@get("/certificates/{ref:str}/pdf", who=PUBLIC, media_type="application/pdf")
def download_pdf(ask: Asked, ref: str) -> Document:
    """The certificate on paper, with its credential inside."""
    return Document(certificate_pdf(find_certificate(ask.db, ref), ask.services), "application/pdf")


@get("/issuer", who=PUBLIC, is_shared=True)
def show_issuer(ask: Asked) -> IssuerOut:
    """Who gives credentials out, and the keys with which anybody checks one offline."""
    return _issuer(ask)


def _issuer(ask: Asked) -> IssuerOut:
    document = did_document(ask.db, ask.services)
    keys = [
        KeyOut(id=each["id"], public_key=each["publicKeyMultibase"], expires=each.get("expires", ""),
               revoked=each.get("revoked", "")) for each in document["verificationMethod"]
    ]  # fmt: skip
    return IssuerOut(suite=SUITE, did=document["id"], keys=keys)


@post("/issuer/keys", who=Permission.OPERATE, status=201)
def make_key(ask: Asked, body: Reason) -> IssuerOut:
    """Seal with a next key from now on."""
    rotate_key(ask.db, reason=body.reason, seal=sealing(ask.services), by=ask.by, at=ask.at)
    return _issuer(ask)


@post("/issuer/keys/revocation", who=Permission.OPERATE)
def give_key_up(ask: Asked, body: Reason) -> IssuerOut:
    """Give the newest key up: nothing that it sealed counts, and certificates are sealed anew."""
    revoke_newest(ask.db, reason=body.reason, seal=sealing(ask.services), by=ask.by, at=ask.at)
    return _issuer(ask)


@post("/certificate-checks", who=PUBLIC)
def check_certificate(ask: Asked, body: DocumentIn) -> CheckOut:
    """Say whether a document is a certificate as it was given out, and what became of it since."""
    checked = check(
        body.document, trusted(ask.db, ask.services, at=ask.at), product=product_in(body.product), at=ask.at
    )
    found = None
    if checked.is_genuine:
        try:
            found = find_certificate(ask.db, facts_of(body.document)["reference"])
        except NotFound:
            found = None
    return CheckOut(
        is_genuine=checked.is_genuine, holds=checked.holds, reasons=list(checked.reasons), faults=checked.faults,
        looked_at=[LookedAtOut(question=each.question, holds=each.holds, told=each.told) for each in checked.checks],
        certificate=whole(ask, found) if found else None,
    )  # fmt: skip


@post("/certificates/{ref:str}/reuse", who=ANYBODY_SIGNED_IN, status=201)
def decide_reuse(ask: Asked, ref: str, body: DecisionIn) -> ReuseOut:
    """Rely on a certificate for one's organisation, or say why not."""
    certificate, frameworks = find_certificate(ask.db, ref), ask.services.frameworks
    if body.decision == "accept":
        made = accept_assurance(ask.db, certificate, reason=body.reason, frameworks=frameworks, by=ask.by, at=ask.at)
    else:
        made = refuse_assurance(
            ask.db, certificate, reason=body.reason, ground=body.ground, frameworks=frameworks, by=ask.by, at=ask.at
        )
    return ReuseOut(certificate=certificate.ref, accepted=made.accepted, reason=made.reason, at=made.at)


@post("/certificates/{ref:str}/suspension", who=ANYBODY_SIGNED_IN)
def suspend(ask: Asked, ref: str, body: Reason) -> CertificateOut:
    """Suspend it, with the reason that everybody reads."""
    certificate = _kept(ask, ref)
    suspend_certificate(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return whole(ask, find_certificate(ask.db, ref))


@post("/certificates/{ref:str}/reinstatement", who=ANYBODY_SIGNED_IN)
def reinstate(ask: Asked, ref: str, body: Reason) -> CertificateOut:
    """Put a suspended certificate in force again."""
    certificate = _kept(ask, ref)
    reinstate_certificate(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return whole(ask, find_certificate(ask.db, ref))


@post("/certificates/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN)
def withdraw(ask: Asked, ref: str, body: Reason) -> CertificateOut:
    """End it for good; it stays to be found, and says so."""
    certificate = _kept(ask, ref)
    withdraw_certificate(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return whole(ask, find_certificate(ask.db, ref))


def _kept(ask: Asked, ref: str) -> Certificate:
    certificate = find_certificate(ask.db, ref)
    if not may_keep(ask.by, certificate):
        raise NotFound("there is nothing for you to do with this certificate", "Its page says how it stands.")
    return certificate


def whole(ask: Asked, certificate: Certificate) -> CertificateOut:
    """A certificate with how it stands today and who relies on it."""
    today = standing_of(ask.db, ask.services.frameworks, certificate, on=day_in_london(ask.at))
    accepted = [each.organisation.name for each in reuses_of(ask.db, certificate.id) if each.accepted]
    return certificate_out(certificate, today, accepted)


CALLS = [
    show_certificate, download_credential, download_pdf, show_issuer, make_key, give_key_up,
    check_certificate, decide_reuse, suspend, reinstate, withdraw,
]  # fmt: skip
