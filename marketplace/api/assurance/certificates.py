"""Certificates: how one stands, its signed document, checking one, relying on one, and what its body does with it."""

import json
from datetime import date, datetime
from typing import Any, Literal

from marketplace.api.assurance.shapes import (
    CertificateOut,
    ConformityOut,
    CriterionOut,
    certificate_out,
    conformity_out,
    criterion_out,
)
from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, Document, get, post
from marketplace.api.shapes import In, Out, Reason, Text
from marketplace.assurance.actions.certificates import (
    reinstate_certificate,
    suspend_certificate,
    withdraw_certificate,
)
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.assurance.models import Certificate
from marketplace.assurance.policies import may_keep
from marketplace.assurance.queries.certificates import (
    certificates_of,
    conformity_of,
    find_certificate,
    papers_of_certificate,
    reuses_of,
    standing_of,
    verdicts_of,
)
from marketplace.assurance.queries.declared import border
from marketplace.catalogue.queries.products import product_for
from marketplace.faces.sealing import certificate_key, faults_of_certificate
from marketplace.kit.calendar import day_in_london
from marketplace.kit.credentials import SUITE, did_key
from marketplace.kit.errors import NotFound


class StaysOut(Out):
    """What every organisation that uses the product still does itself."""

    id: str
    label: str
    who: str
    meaning: str


class AssuranceOut(Out):
    """How a product conforms today, its dated parts, its certificates, and what stays with each buyer."""

    product: str
    today: ConformityOut
    dated: list[CriterionOut]
    certificates: list[CertificateOut]
    stays: list[StaysOut]


class DecisionIn(In):
    """Whether one's organisation relies on it; a refusal needs a reason, which others read."""

    decision: Literal["accept", "refuse"]
    reason: Text = ""


class ReuseOut(Out):
    certificate: str
    accepted: bool
    reason: str
    at: datetime


class DocumentIn(In):
    """A certificate as it was given out."""

    document: dict[str, Any]


class CheckOut(Out):
    """Whether a document is what Touchstone gave out, why not, and how the certificate stands today."""

    is_genuine: bool
    faults: list[str]
    certificate: CertificateOut | None


class KeyOut(Out):
    """The key by which certificates are signed."""

    suite: str
    did: str
    hex: str


@get("/products/{ref:str}/assurance", who=PUBLIC, is_shared=True)
def show_assurance(ask: Asked, ref: str) -> AssuranceOut:
    """How a product conforms today, and why."""
    product, today, frameworks = product_for(ask.db, ref, by=ask.actor), day_in_london(ask.at), ask.services.frameworks
    if product.live_version is None:
        raise NotFound(f"{product.name} is not on show", "Its supplier finds it under /v1/listings.")
    conformity = conformity_of(ask.db, frameworks, product.id, on=today)
    held = certificates_of(ask.db, product.id)
    shown = next((each for each in held if each.ref == conformity.certificate_ref), None)
    return AssuranceOut(
        product=product.ref, today=conformity_out(conformity), dated=_dated(ask, shown, today) if shown else [],
        certificates=[_whole(ask, each) for each in held],
        stays=[StaysOut.model_validate(each) for each in border(frameworks).local],
    )  # fmt: skip


@get("/certificates/{ref:str}", who=PUBLIC, is_shared=True)
def show_certificate(ask: Asked, ref: str) -> CertificateOut:
    """A certificate as it was given out, and what holds today."""
    return _whole(ask, find_certificate(ask.db, ref))


@get("/certificates/{ref:str}/document", who=PUBLIC, media_type="application/json")
def download_certificate(ask: Asked, ref: str) -> Document:
    """The signed document, as it was given out."""
    certificate = find_certificate(ask.db, ref)
    return Document(json.dumps(certificate.document, ensure_ascii=False).encode(), "application/json")


@get("/certificate-key", who=PUBLIC, is_shared=True)
def show_key(ask: Asked) -> KeyOut:
    """The public key of certificates, with which anybody checks one offline."""
    key = certificate_key(ask.services)
    return KeyOut(suite=SUITE, did=did_key(key), hex=key.hex())


@post("/certificate-checks", who=PUBLIC)
def check_certificate(ask: Asked, body: DocumentIn) -> CheckOut:
    """Say whether a document is a certificate as it was given out, and what became of it since."""
    faults = faults_of_certificate(body.document, ask.services)
    try:
        found = find_certificate(ask.db, str(body.document.get("reference", "")))
    except NotFound:
        return CheckOut(is_genuine=False, faults=faults or ["it names no certificate"], certificate=None)
    return CheckOut(is_genuine=not faults, faults=faults, certificate=_whole(ask, found))


@post("/certificates/{ref:str}/reuse", who=ANYBODY_SIGNED_IN, status=201)
def decide_reuse(ask: Asked, ref: str, body: DecisionIn) -> ReuseOut:
    """Rely on a certificate for one's organisation, or say why not."""
    certificate, frameworks = find_certificate(ask.db, ref), ask.services.frameworks
    if body.decision == "accept":
        made = accept_assurance(ask.db, certificate, reason=body.reason, frameworks=frameworks, by=ask.by, at=ask.at)
    else:
        made = refuse_assurance(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return ReuseOut(certificate=certificate.ref, accepted=made.accepted, reason=made.reason, at=made.at)


@post("/certificates/{ref:str}/suspension", who=ANYBODY_SIGNED_IN)
def suspend(ask: Asked, ref: str, body: Reason) -> CertificateOut:
    """Suspend it, with the reason that everybody reads."""
    certificate = _kept(ask, ref)
    suspend_certificate(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return _whole(ask, find_certificate(ask.db, ref))


@post("/certificates/{ref:str}/reinstatement", who=ANYBODY_SIGNED_IN)
def reinstate(ask: Asked, ref: str, body: Reason) -> CertificateOut:
    """Put a suspended certificate in force again."""
    certificate = _kept(ask, ref)
    reinstate_certificate(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return _whole(ask, find_certificate(ask.db, ref))


@post("/certificates/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN)
def withdraw(ask: Asked, ref: str, body: Reason) -> CertificateOut:
    """End it for good; it stays to be found, and says so."""
    certificate = _kept(ask, ref)
    withdraw_certificate(ask.db, certificate, reason=body.reason, by=ask.by, at=ask.at)
    return _whole(ask, find_certificate(ask.db, ref))


def _kept(ask: Asked, ref: str) -> Certificate:
    certificate = find_certificate(ask.db, ref)
    if not may_keep(ask.by, certificate):
        raise NotFound("there is nothing for you to do with this certificate", "Its page says how it stands.")
    return certificate


def _dated(ask: Asked, certificate: Certificate, today: date) -> list[CriterionOut]:
    """The dated parts without anybody's answers: what ends first ahead."""
    verdict = verdicts_of(ask.db, ask.services.frameworks, [certificate], on=today)[certificate.id]
    papers = papers_of_certificate(ask.db, ask.services.frameworks, certificate, on=today)
    dated = sorted((each for each in verdict.criteria if each.counts and each.until), key=lambda each: str(each.until))
    closed: dict[str, Any] = {"value": None, "documents": [], "note": "", "judgement": ""}
    return [criterion_out(each, papers).model_copy(update=closed) for each in dated]


def _whole(ask: Asked, certificate: Certificate) -> CertificateOut:
    today = standing_of(ask.db, ask.services.frameworks, certificate, on=day_in_london(ask.at))
    accepted = [each.organisation.name for each in reuses_of(ask.db, certificate.id) if each.accepted]
    return certificate_out(certificate, today, accepted)


CALLS = [
    show_assurance, show_certificate, download_certificate, show_key, check_certificate, decide_reuse, suspend,
    reinstate, withdraw,
]  # fmt: skip
