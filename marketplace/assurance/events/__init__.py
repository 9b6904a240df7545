"""What assurance tells. Events of a case are its audit trail; those of a certificate reach every buyer."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class AnswersGiven(Event):
    """A supplier answered; `questions` are those whose answers are new."""

    about: ClassVar[str] = "product_id"
    product_id: UUID
    organisation_id: UUID
    questions: list[str]


class _AboutCase(Event):
    about: ClassVar[str] = "case_id"
    case_id: UUID
    product_id: UUID


class CaseApplied(_AboutCase):
    version_id: UUID
    supplier_id: UUID
    body_id: UUID
    framework_id: str
    framework_version: int


class CaseAssigned(_AboutCase):
    """Somebody was named to assess; `stage` is first, second or third."""

    person_id: UUID
    stage: str = "first"


class ConflictDeclared(_AboutCase):
    """An assessor said whether they have a conflict of interest; with one they are off the case."""

    person_id: UUID
    has_conflict: bool
    words: str = ""


class CaseStarted(_AboutCase):
    """The papers were opened to the first assessor, who declared no conflict."""


class ClarificationAsked(_AboutCase):
    """The clock stops, and the supplier has until `due_on`."""

    clarification_id: UUID
    supplier_id: UUID
    code: str
    words: str
    due_on: date


class ClarificationReplied(_AboutCase):
    """The supplier replied; the clock goes on where nothing else is open (`resumed`)."""

    clarification_id: UUID
    code: str
    words: str
    resumed: bool


class CriterionFound(_AboutCase):
    code: str
    judgement: str
    seen: str


class OutcomeProposed(_AboutCase):
    outcome: str
    reasons: str
    seen: str


class OutcomeDisagreed(_AboutCase):
    outcome: str
    reasons: str
    seen: str


class CaseDecided(_AboutCase):
    """Two assessors agree, or a third settled it. `seen` is the digest of what they saw."""

    supplier_id: UUID
    outcome: str
    reasons: str
    seen: str
    stage: str


class CaseWithdrawn(_AboutCase):
    reason: str


class _AboutCertificate(Event):
    about: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    product_id: UUID
    version_id: UUID
    supplier_id: UUID


class CertificateIssued(_AboutCertificate):
    outcome: str


class CertificateSuspended(_AboutCertificate):
    reason: str


class CertificateReinstated(_AboutCertificate):
    reason: str


class CertificateWithdrawn(_AboutCertificate):
    reason: str


class CertificateLapsed(_AboutCertificate):
    """A dated part ran out: from the day after `until` the certificate does not hold, because of `cause`."""

    until: date
    cause: str


class CertificateRunsOut(_AboutCertificate):
    """A dated part runs out within `days` days: its supplier is told, and whoever relies on it."""

    until: date
    cause: str
    days: int = 30


class RenewalAsked(_AboutCertificate):
    """A supplier asks that a newer answer to the dated part `code` counts."""

    code: str
    until: date


class RenewalSettled(_AboutCertificate):
    """The body said whether it counts. `restored`: the certificate did not hold before, and does now."""

    code: str
    accepted: bool
    restored: bool = False
    reason: str = ""


class AssuranceReused(_AboutCertificate):
    """An organisation relies on a certificate instead of asking everything again."""

    organisation_id: UUID
    reason: str = ""


class AssuranceRefused(_AboutCertificate):
    """An organisation does not rely on it; the reason is read by the supplier and by other organisations."""

    organisation_id: UUID
    reason: str
