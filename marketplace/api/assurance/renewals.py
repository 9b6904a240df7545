"""Dated parts of a certificate renewed: asked for by the supplier, confirmed by its body."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from marketplace.api.calls import Asked, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.assurance.actions.renewing import ask_renewal, settle_renewal
from marketplace.assurance.models import Certificate, Renewal
from marketplace.assurance.policies import may_settle_renewal
from marketplace.assurance.queries.certificates import find_certificate, renewals_of
from marketplace.catalogue.queries.products import own_product
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound

ASSESS = Permission.ASSURANCE_ASSESS


class RenewalIn(In):
    """Which dated part of which certificate the newest answer is to count for."""

    certificate: Line
    code: Line


class SettledIn(In):
    """Whether it counts, and that there is no conflict of interest; a refusal needs a reason."""

    decision: Literal["accept", "refuse"]
    has_no_conflict: bool
    reason: Text = ""


class RenewalOut(Out):
    id: UUID
    certificate: str
    code: str
    state: str
    dated: date | None
    asked_at: datetime
    settled_at: datetime | None
    reason: str


@post("/listings/{ref:str}/assurance/renewals", who=Permission.CATALOGUE_WRITE, status=201)
def send_renewal(ask: Asked, ref: str, body: RenewalIn) -> RenewalOut:
    """Ask that the newest answer to a dated part counts."""
    product, certificate = own_product(ask.db, ref, by=ask.by), find_certificate(ask.db, body.certificate)
    if certificate.product_id != product.id:
        raise NotFound(f"{product.name} has no such certificate", "Its page lists them.")
    asked = ask_renewal(ask.db, certificate, body.code, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return _one(ask, certificate, asked.id)


@get("/certificates/{ref:str}/renewals", who=ASSESS)
def list_renewals(ask: Asked, ref: str) -> Listed[RenewalOut]:
    """What was asked to count for a certificate of one's body, the newest first."""
    certificate = own_certificate(ask, ref)
    return all_of(_out(certificate, each) for each in renewals_of(ask.db, certificate.id))


@post("/certificates/{ref:str}/renewals/{renewal:str}", who=ASSESS)
def send_settled(ask: Asked, ref: str, renewal: UUID, body: SettledIn) -> RenewalOut:
    """Say whether a newer answer counts."""
    certificate = own_certificate(ask, ref)
    found = next((each for each in renewals_of(ask.db, certificate.id) if each.id == renewal), None)
    if found is None:
        raise NotFound("there is no such renewal", f"They are listed at /v1/certificates/{certificate.ref}/renewals.")
    settle_renewal(
        ask.db, certificate, found, accepted=body.decision == "accept", reason=body.reason,
        has_no_conflict=body.has_no_conflict, frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _one(ask, certificate, found.id)


def own_certificate(ask: Asked, ref: str) -> Certificate:
    """A certificate of one's body. Raises NotFound."""
    certificate = find_certificate(ask.db, ref)
    if not may_settle_renewal(ask.by, certificate):
        raise NotFound("this certificate is not of your body", "Its page says how it stands.")
    return certificate


def _one(ask: Asked, certificate: Certificate, renewal_id: UUID) -> RenewalOut:
    return _out(certificate, next(each for each in renewals_of(ask.db, certificate.id) if each.id == renewal_id))


def _out(certificate: Certificate, renewal: Renewal) -> RenewalOut:
    return RenewalOut(
        id=renewal.id, certificate=certificate.ref, code=renewal.code, state=renewal.state,
        dated=renewal.answer.dated, asked_at=renewal.asked_at, settled_at=renewal.settled_at, reason=renewal.reason,
    )  # fmt: skip


CALLS = [send_renewal, list_renewals, send_settled]
