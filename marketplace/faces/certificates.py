"""A certificate on paper: a PDF with its credential inside, and a square code that leads to its check."""

import json
from io import BytesIO
from typing import Any

from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.declared import border
from marketplace.assurance.states import OUTCOMES
from marketplace.faces.documents import pdf
from marketplace.faces.services import Services
from marketplace.kit.calendar import in_words, parse_day
from marketplace.kit.starting import read_later

segno = read_later("segno")
"""Read when somebody first asks for a square code."""


def certificate_pdf(certificate: Certificate, services: Services) -> bytes:
    """The certificate as it was sealed, to print, to keep and to check without us: the same bytes each time."""
    return pdf("certificate", _data(certificate, services), at=certificate.issued_at)


def check_link(reference: str, services: Services) -> str:
    """The address behind the square code."""
    return f"{services.base_url}/verify?reference={reference}"


def square_code(text: str) -> str:
    """A QR code as a drawing."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=2)
    return drawn.getvalue().decode()


def _data(certificate: Certificate, services: Services) -> dict[str, Any]:
    """What the paper says. The credential goes in as ASCII, so that no missing letter of a font touches it."""
    link = check_link(certificate.ref, services)
    subject = certificate.document.get("credentialSubject", {})
    framework = services.frameworks.assurance_versions[certificate.framework_id, certificate.framework_version]
    return {
        "ref": certificate.ref, "product": certificate.version.name, "version": certificate.version.number,
        "supplier": certificate.supplier.name, "body": certificate.body.name, "framework": framework.label,
        "outcome": OUTCOMES[certificate.outcome], "scope": certificate.scope,
        "issued_on": in_words(certificate.issued_on),
        "until": in_words(certificate.until) if certificate.until else "No part of it has a date",
        "conditions": [_condition(each) for each in certificate.conditions],
        "sections": [
            {"label": each["name"], "count": str(len(each["assessmentCriteria"]))}
            for each in subject.get("assessment", [])
        ],
        "stays": [{"label": each.label, "meaning": each.meaning} for each in border(services.frameworks).local],
        "link": link, "code": square_code(link), "credential": json.dumps(certificate.document),
        "issuer": str(certificate.document.get("issuer", {}).get("id", "")),
        "is_demonstration": certificate.is_demonstration,
    }  # fmt: skip


def _condition(each: dict[str, str]) -> dict[str, str]:
    due = f"by {in_words(parse_day(each['due_on']))}" if each["due_on"] else ""
    return {"code": each["code"], "text": each["condition"], "due": due}
