"""Dated parts of a certificate renewed: asked for by the supplier, looked at and confirmed by its body."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from marketplace.assurance.actions.renewing import ask_renewal, settle_renewal
from marketplace.assurance.models import Certificate, Renewal
from marketplace.assurance.policies import may_settle_renewal
from marketplace.assurance.queries.certificates import (
    find_certificate,
    framework_of,
    papers_of_certificate,
    renewals_of,
    renewals_waiting,
)
from marketplace.assurance.queries.papers import kept_documents
from marketplace.catalogue.actions.requests import note_view
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.criteria import Criterion
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.ports.files.downloads import download_headers
from marketplace.web.assurance.answering import own
from marketplace.web.assurance.applying import show_assurance
from marketplace.web.assurance.papers import facts_of_documents
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.catalogue.products import chunks
from marketplace.web.edge import Download, Goto, Page, page, post


@post("/listings/{ref:str}/assurance/renewals", who=Permission.CATALOGUE_WRITE, again=show_assurance)
def send_renewal(ask: Ask, ref: str) -> Goto:
    """Ask that the newest answer to a dated part counts for the certificate."""
    product, _ = own(ask, ref)
    certificate = find_certificate(ask.db, ask.form.one("certificate"))
    if certificate.product_id != product.id:
        raise NotFound(f"{product.name} has no such certificate", "Its page lists them.")
    asked = ask_renewal(
        ask.db, certificate, ask.form.one("code"), frameworks=ask.services.frameworks, by=ask.by, at=ask.at
    )
    told = f"{certificate.body.name} is asked to confirm {asked.code}. Until then the earlier date counts."
    return Goto(f"/listings/{product.ref}/assurance", told=told)


@page("/certificates/{ref:str}/renewals", who=Permission.ASSURANCE_ASSESS)
def show_renewals(ask: Ask, ref: str, refusal: Refusal | None = None, renewal: UUID | None = None) -> Page:
    """What was answered anew: the date that counts and the one that is asked to, with the documents behind it."""
    certificate = own_certificate(ask, ref)
    counted = papers_of_certificate(ask.db, ask.services.frameworks, certificate, on=day_in_london(ask.at)).answers
    framework = framework_of(ask.services.frameworks, certificate)
    rows = [
        _row(ask, certificate, each, framework.by_code[each.code], counted)
        for each in renewals_of(ask.db, certificate.id)
    ]
    values = {
        "certificate": {"ref": certificate.ref, "name": certificate.version.name, "number": certificate.version.number,
                        "supplier": certificate.supplier.name},
        "waiting": [each for each in rows if each["state"] == "asked"],
        "settled": [each for each in rows if each["state"] != "asked"],
        "here": str(renewal or ""),
        "typed": {"reason": ask.form.one("reason"), "declared": ask.form.one("declared")},
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/renewals.html", values)


@post("/certificates/{ref:str}/renewals/{renewal:uuid}", who=Permission.ASSURANCE_ASSESS, again=show_renewals)
def send_settled(ask: Ask, ref: str, renewal: UUID) -> Goto:
    """Say whether it counts."""
    certificate = own_certificate(ask, ref)
    found = next((each for each in renewals_of(ask.db, certificate.id) if each.id == renewal), None)
    if found is None:
        raise NotFound("there is no such renewal", "The page lists them.")
    decision = ask.form.one("decision")
    if decision not in ("accept", "refuse"):
        raise Invalid("nothing was decided", "Say whether it counts.", fields={"reason": "Decide."})
    settle_renewal(
        ask.db, certificate, found, accepted=decision == "accept", reason=ask.form.one("reason"),
        has_no_conflict=ask.form.one("declared") == "yes", frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    word = "counts from now on" if decision == "accept" else "does not count"
    return Goto(f"/certificates/{certificate.ref}/renewals", told=f"{found.code} {word}. The supplier is told.")


@page("/certificates/{ref:str}/papers/{digest:str}", who=Permission.ASSURANCE_ASSESS)
def open_renewal_paper(ask: Ask, ref: str, digest: str) -> Download:
    """A document behind a renewal, by its digest."""
    certificate = own_certificate(ask, ref)
    named = {each["digest"] for one in renewals_of(ask.db, certificate.id) for each in one.answer.documents}
    found = kept_documents(ask.db, certificate.supplier_id, [digest]).get(digest)
    if found is None or digest not in named:
        raise NotFound("no renewal points at such a document", "The page of the renewals lists them.")
    with ask.services.database.writing() as db:
        note_view(db, found, "assessing", by=ask.by, at=ask.at)
    headers = download_headers(found.name, found.media_type)
    return Download(chunks(ask.services.files.open(found.digest)), headers["content-type"], headers)


def own_certificate(ask: Ask, ref: str) -> Certificate:
    """A certificate of the actor's body. Raises NotFound."""
    certificate = find_certificate(ask.db, ref)
    if not may_settle_renewal(ask.by, certificate):
        raise NotFound("this certificate is not of your body", "Its page says how it stands.")
    return certificate


def confirming(ask: Ask) -> Iterator[dict[str, Any]]:
    """Renewals that wait for the body of the person at the desk."""
    if not ask.may(Permission.ASSURANCE_ASSESS) or ask.by.organisation_id is None:
        return
    for renewal, certificate in renewals_waiting(ask.db, ask.by.organisation_id):
        yield {
            "title": f"Confirm a new date: {renewal.code} of {certificate.version.name}",
            "url": f"/certificates/{certificate.ref}/renewals", "text": certificate.supplier.name,
            "due": renewal.asked_at, "kind": "Certificate",
        }  # fmt: skip


def _row(ask: Ask, certificate: Certificate, renewal: Renewal, criterion: Criterion, counted: Any) -> dict[str, Any]:
    before = counted.get(criterion.question_id)
    documents = facts_of_documents(
        ask, certificate.supplier_id, renewal.answer.documents, f"/certificates/{certificate.ref}/papers/"
    )
    return {
        "id": str(renewal.id), "state": renewal.state, "code": renewal.code, "label": criterion.label,
        "dated": criterion.dated, "before": before.dated if before else None, "after": renewal.answer.dated,
        "asked_at": renewal.asked_at, "settled_at": renewal.settled_at, "reason": renewal.reason,
        "documents": documents,
    }  # fmt: skip


ROUTES = [send_renewal, show_renewals, send_settled, open_renewal_paper]
