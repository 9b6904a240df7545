"""A certificate as a W3C Verifiable Credential 2.0, shaped as a UNTP Digital Conformity Credential; who gives it out.

UNTP sorts criteria by topics of sustainability, the nearest of which is compliance. What it has no word for stands
under our own context: outcome, conditions, seen, case, demonstration.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from marketplace.assurance.states import OUTCOMES
from marketplace.kit.calendar import ONE_DAY, hours_of_london
from marketplace.kit.values import Value

W3C = "https://www.w3.org/ns/credentials/v2"
UNTP = "https://test.uncefact.org/vocabulary/untp/dcc/0.6.0/"
UNTP_SCHEMA = "https://test.uncefact.org/vocabulary/untp/dcc/untp-dcc-schema-0.6.0.json"
OWN = "/credentials/context/v1"
TOPIC = "governance.compliance"
COMPANIES_HOUSE = "https://find-and-update.company-information.service.gov.uk/company/"
PURPOSES = {"withdrawn": "revocation", "suspended": "suspension"}
"""The state of a certificate -> the list in which its bit is set."""
TERMS = ("outcome", "conditions", "seen", "case", "demonstration", "code", "condition", "dueOn", "edition")


class House(Value):
    """Who gives credentials out: its base address, and the did:web that follows from it."""

    base_url: str
    name: str = "Touchstone"

    @property
    def did(self) -> str:
        """did:web of the address: a port is written %3A, a folder follows a colon."""
        parts = urlsplit(self.base_url)
        folders = [quote(each, safe="") for each in parts.path.split("/") if each]
        return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *folders])

    def method(self, number: int) -> str:
        """Under which name the key of this number is published."""
        return f"{self.did}#key-{number}"


class Section(Value):
    """A section as it was assessed: each criterion that was asked, with how it stood."""

    id: str
    label: str
    criteria: tuple[tuple[str, str, str], ...]
    """(code, label, word of its status)"""


class Certified(Value, kw_only=True):
    """What a credential says. `until` is the last day on which every dated part holds, as known on the day of issue."""

    ref: str
    case_ref: str
    product_ref: str
    product_name: str
    version: str
    edition: int
    supplier_ref: str
    supplier_name: str
    company_number: str
    body_ref: str
    body_name: str
    framework_id: str
    framework_version: int
    framework_label: str
    framework_about: str
    framework_date: date
    publisher: str
    outcome: str
    scope: str
    conditions: Sequence[Mapping[str, str]]
    sections: Sequence[Section]
    issued_at: datetime
    issued_on: date
    until: date | None
    seen: str
    status_index: int
    is_demonstration: bool


def credential_of(what: Certified, house: House) -> dict[str, Any]:
    """The credential without its proof."""
    subject = _subject(what, house)
    until = {"validUntil": end_of(what.until)} if what.until else {}
    return {
        "@context": [W3C, UNTP, f"{house.base_url}{OWN}"],
        "type": ["VerifiableCredential", "DigitalConformityCredential"],
        "id": f"{house.base_url}/certificates/{what.ref}/credential.json",
        "name": f"Certificate {what.ref}",
        "issuer": {"type": ["CredentialIssuer"], "id": house.did, "name": house.name},
        "validFrom": moment(what.issued_at), **until,
        "credentialSubject": subject,
        "credentialStatus": [_status(house, purpose, what.status_index) for purpose in PURPOSES.values()],
        "credentialSchema": {"id": UNTP_SCHEMA, "type": "JsonSchema"},
    }  # fmt: skip


def _subject(what: Certified, house: House) -> dict[str, Any]:
    number = {"registeredId": what.company_number} if what.company_number else {}
    supplier = {"id": f"{house.base_url}/organisations/{what.supplier_ref}", "name": what.supplier_name, **number}
    return {
        "type": ["ConformityAttestation", "Attestation"],
        "id": f"{house.base_url}/certificates/{what.ref}",
        "name": f"{what.product_name}, version {what.version}, under {what.framework_label}",
        "assessorLevel": "3rdParty", "assessmentLevel": "Validated", "attestationType": "certification",
        "description": what.scope,
        "issuedToParty": supplier,
        "scope": {
            "type": ["ConformityScheme"], "id": _framework(what, house), "name": what.framework_label,
            "description": what.framework_about, "version": str(what.framework_version),
            "validFrom": what.framework_date.isoformat(),
            "owner": {"id": _framework(what, house), "name": what.publisher},
        },
        "assessment": [_assessment(section, what, supplier, house) for section in what.sections],
        "case": what.case_ref, "outcome": what.outcome,
        "conditions": [
            {"code": each["code"], "condition": each["condition"], "dueOn": each["due_on"]} for each in what.conditions
        ],
        "edition": what.edition, "seen": f"sha256:{what.seen}", "demonstration": what.is_demonstration,
    }  # fmt: skip


def _assessment(section: Section, what: Certified, supplier: Mapping[str, Any], house: House) -> dict[str, Any]:
    product = {
        "id": f"{house.base_url}/products/{what.product_ref}", "name": f"{what.product_name} {what.version}",
        "registeredId": what.product_ref, "batchNumber": what.version,
    }  # fmt: skip
    return {
        "type": ["ConformityAssessment", "Declaration"],
        "id": f"{house.base_url}/certificates/{what.ref}#{section.id}",
        "name": section.label, "description": OUTCOMES[what.outcome], "assessmentDate": what.issued_on.isoformat(),
        "conformityTopic": TOPIC, "conformance": True,
        "assessmentCriteria": [
            {
                "type": ["Criterion"], "id": f"{_framework(what, house)}#{code}", "name": label,
                "description": f"{what.framework_label}, {code}", "conformityTopic": TOPIC, "status": "active",
                "performanceLevel": word,
            } for code, label, word in section.criteria
        ],
        "assessedProduct": [{"product": product, "IDverifiedByCAB": True}],
        "assessedOrganisation": dict(supplier),
        "auditor": {"id": f"{house.base_url}/organisations/{what.body_ref}", "name": what.body_name},
    }  # fmt: skip


def _framework(what: Certified, house: House) -> str:
    return f"{house.base_url}/frameworks/{what.framework_id}"


def _status(house: House, purpose: str, index: int) -> dict[str, str]:
    listed = f"{house.base_url}/credentials/status/{purpose}"
    return {
        "id": f"{listed}#{index}", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": str(index), "statusListCredential": listed,
    }  # fmt: skip


def status_list_of(encoded: str, purpose: str, house: House, *, at: datetime) -> dict[str, Any]:
    """The credential that says which certificates are withdrawn or suspended, without its proof; good for a day."""
    listed = f"{house.base_url}/credentials/status/{purpose}"
    return {
        "@context": [W3C],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "id": listed,
        "issuer": house.did,
        "validFrom": moment(at), "validUntil": moment(at + ONE_DAY),
        "credentialSubject": {
            "id": f"{listed}#list", "type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": encoded,
        },
    }  # fmt: skip


def own_context(house: House) -> dict[str, Any]:
    """The words of ours that a credential uses, for readers of linked data."""
    base = f"{house.base_url}{OWN}#"
    return {"@context": {"@version": 1.1, "@protected": True, **{term: f"{base}{term}" for term in TERMS}}}


def end_of(day: date) -> str:
    """The last second of a day in London."""
    return moment(datetime.fromtimestamp(hours_of_london(day)[1].timestamp() - 1, UTC))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
