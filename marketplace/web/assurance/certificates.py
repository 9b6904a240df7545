"""A certificate as anybody reads it, and as anybody checks it; and what its body does with it."""

import json
from datetime import date
from typing import Any

from marketplace.assurance.actions.certificates import (
    reinstate_certificate,
    suspend_certificate,
    withdraw_certificate,
)
from marketplace.assurance.models import Certificate
from marketplace.assurance.policies import may_keep, may_rely
from marketplace.assurance.queries.cases import framework_of
from marketplace.assurance.queries.certificates import (
    find_certificate,
    open_conditions,
    reuse_of,
    reuses_of,
    standing_of,
    verdicts_of,
)
from marketplace.assurance.queries.history import certificate_history
from marketplace.assurance.queries.surveillance import visits_of
from marketplace.assurance.states import CERTIFICATE, OUTCOMES
from marketplace.faces.ask import Ask
from marketplace.faces.certificates import certificate_pdf
from marketplace.faces.sealing import sealing
from marketplace.identity.policies import Permission, owns
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound, Refusal
from marketplace.web.assurance.showing import conditions_of, conformity_status, dated_of, parts_of
from marketplace.web.assurance.surveying import visit_rows
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Download, Goto, Page, page, post

MOVES = {
    "suspend": ("suspension", suspend_certificate),
    "reinstate": ("reinstatement", reinstate_certificate),
    "withdraw": ("withdrawal", withdraw_certificate),
}


@page("/certificates/{ref:str}", who=PUBLIC)
def show_certificate(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What holds today in plain words, and why; what it is of, its dated parts, who relies on it."""
    certificate = find_certificate(ask.db, ref)
    values = {
        **certificate_values(ask, certificate, on=day_in_london(ask.at)),
        "moves": moves_of(ask, certificate),
        "history": certificate_history(ask.db, certificate),
        "typed": {"reason": ask.form.one("reason")},
        "errors": errors_of(refusal),
        "issuer": sealing(ask.services).house.did,
        **surveillance_values(ask, certificate),
    }
    return Page("assurance/certificate.html", values)


@page("/certificates/{ref:str}/credential.json", who=PUBLIC)
def download_credential(ask: Ask, ref: str) -> Download:
    """The sealed credential, as it was given out."""
    certificate = find_certificate(ask.db, ref)
    content = json.dumps(certificate.document, ensure_ascii=False, indent=2)
    return Download(content.encode(), "application/vc", saved_as(f"{certificate.ref}.json"))


@page("/certificates/{ref:str}/certificate.pdf", who=PUBLIC)
def download_pdf(ask: Ask, ref: str) -> Download:
    """The certificate on paper: its credential inside, and a square code that leads to its check."""
    certificate = find_certificate(ask.db, ref)
    content = certificate_pdf(certificate, ask.services)
    return Download(content, "application/pdf", saved_as(f"{certificate.ref}.pdf"))


@post("/certificates/{ref:str}/suspension", who=ANYBODY_SIGNED_IN, again=show_certificate)
def send_suspension(ask: Ask, ref: str) -> Goto:
    """Suspend it, with the reason that everybody reads."""
    return _moved(ask, ref, "suspend", "is suspended. Everybody who relies on it is told.")


@post("/certificates/{ref:str}/reinstatement", who=ANYBODY_SIGNED_IN, again=show_certificate)
def send_reinstatement(ask: Ask, ref: str) -> Goto:
    """Put it in force again."""
    return _moved(ask, ref, "reinstate", "is in force again.")


@post("/certificates/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, again=show_certificate)
def send_end(ask: Ask, ref: str) -> Goto:
    """Withdraw it for good."""
    return _moved(ask, ref, "withdraw", "is withdrawn. It stays to be found, and says so.")


def certificate_values(ask: Ask, certificate: Certificate, *, on: date) -> dict[str, Any]:
    """What the page of a certificate, its check and its reuse have in common."""
    frameworks = ask.services.frameworks
    framework = framework_of(frameworks, certificate.case)
    standing = standing_of(ask.db, frameworks, certificate, on=on)
    verdict = verdicts_of(ask.db, frameworks, [certificate], on=on)[certificate.id]
    reuses = reuses_of(ask.db, certificate.id)
    organisation_id = ask.actor.organisation_id if ask.actor else None
    mine = reuse_of(ask.db, organisation_id, certificate.id) if organisation_id else None
    return {
        "certificate": {
            "ref": certificate.ref, "name": certificate.version.name, "number": certificate.version.number,
            "edition": certificate.version.edition, "product_ref": certificate.product.ref, "state": certificate.state,
            "supplier": certificate.supplier.name, "body": certificate.body.name, "issued_on": certificate.issued_on,
            "scope": certificate.scope, "outcome": OUTCOMES[certificate.outcome],
            "is_demonstration": certificate.is_demonstration,
            "seen": certificate.document.get("credentialSubject", {}).get("seen", ""),
        },
        "framework": {"id": framework.id, "label": framework.label, "version": framework.version},
        "standing": {"status": conformity_status(standing), "cause": standing.cause, "holds": standing.holds,
                     "until": standing.until, "until_cause": standing.until_cause},
        "conditions": conditions_of(open_conditions(certificate, on=on)),
        "dated": dated_of(verdict),
        "parts": parts_of(framework, verdict),
        "accepted": [each.organisation.name for each in reuses if each.accepted],
        "refused": [{"by": each.organisation.name, "reason": each.reason, "at": each.at}
                    for each in reuses if not each.accepted] if _reads_refusals(ask, certificate) else [],
        "reuse": {"accepted": mine.accepted, "reason": mine.reason, "at": mine.at} if mine else None,
        "may_rely": ask.actor is not None and may_rely(ask.actor),
    }  # fmt: skip


def surveillance_values(ask: Ask, certificate: Certificate) -> dict[str, Any]:
    """When it is looked at again, and what was found when it was."""
    visits = visits_of(ask.db, certificate.id)
    ahead = next((each for each in visits if each.ended_at is None), None)
    return {
        "visits": visit_rows(ask, certificate, visits),
        "next_visit": (ahead.planned_on or ahead.due_on) if ahead else None,
        "is_appointed": ahead is not None and ahead.planned_on is not None,
    }


def moves_of(ask: Ask, certificate: Certificate) -> list[dict[str, str]]:
    """What the body that gave it can do now."""
    if ask.actor is None or not may_keep(ask.actor, certificate):
        return []
    return [
        {"label": move.label, "url": f"/certificates/{certificate.ref}/{MOVES[move.name][0]}"}
        for move in CERTIFICATE.moves_from(certificate.state)
    ]


def saved_as(name: str) -> dict[str, str]:
    """The headers of a file to keep under this name."""
    return {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}


def _moved(ask: Ask, ref: str, move: str, told: str) -> Goto:
    certificate = find_certificate(ask.db, ref)
    if not may_keep(ask.by, certificate):
        raise NotFound("there is nothing for you to do with this certificate", "Its page says how it stands.")
    MOVES[move][1](ask.db, certificate, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/certificates/{certificate.ref}", told=f"{certificate.ref} {told}")


def _reads_refusals(ask: Ask, certificate: Certificate) -> bool:
    """Who reads why somebody does not rely on it: the supplier, the body, and organisations that buy."""
    if ask.actor is None:
        return False
    inside = owns(ask.actor, certificate.supplier_id) or owns(ask.actor, certificate.body_id)
    return inside or ask.actor.is_buyer or ask.actor.may(Permission.OPERATE)


ROUTES = [show_certificate, download_credential, download_pdf, send_suspension, send_reinstatement, send_end]
