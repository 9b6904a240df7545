"""The key by which certificates are signed, and what makes of one a document that anybody can check offline."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

from marketplace.faces.services import Services
from marketplace.kit.credentials import did_key, faults_of_document, seal_document
from marketplace.kit.signing import public_key, sign_with

CERTIFICATES = b"touchstone certificate"
"""What the key of certificates is derived for: another than the one that signs the record."""


def sealing(services: Services) -> Callable[[dict[str, Any], datetime], dict[str, Any]]:
    """Signs a document with the house's key for certificates, under the address where it stands."""
    public, sign = certificate_key(services), sign_with(services.secret, purpose=CERTIFICATES)

    def seal(document: dict[str, Any], at: datetime) -> dict[str, Any]:
        whole = {
            "id": f"{services.base_url}/certificates/{document['reference']}", "issuer": did_key(public), **document,
        }  # fmt: skip
        return seal_document(whole, public=public, sign=lambda data: base64.b64decode(sign(data)), at=at)

    return seal


def certificate_key(services: Services) -> bytes:
    """The 32 bytes with which anybody checks a certificate."""
    return public_key(services.secret, purpose=CERTIFICATES)


def faults_of_certificate(document: dict[str, Any], services: Services) -> list[str]:
    """Why a certificate is not one that Touchstone gave out as it stands; empty where it is."""
    public = certificate_key(services)
    if document.get("issuer") != did_key(public):
        return ["it names another issuer than Touchstone"]
    return faults_of_document(document, public=public)
