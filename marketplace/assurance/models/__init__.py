"""Answers, cases with what was found and decided in them, certificates and what became of them."""

from marketplace.assurance.models.answers import Answer
from marketplace.assurance.models.appeals import Appeal
from marketplace.assurance.models.bodies import Accreditation, Competence, Interest, Recognition, TrustPolicy
from marketplace.assurance.models.cases import Case, Clarification, Declaration, Finding, Opinion
from marketplace.assurance.models.certificates import Certificate, Renewal, Reuse, Turn
from marketplace.assurance.models.changes import Basis, Carried, Classing, Confirmation
from marketplace.assurance.models.remedies import Remedy, RemedyStep
from marketplace.assurance.models.watching import Note, RegisterCheck, Sample

__all__ = [
    "Accreditation", "Answer", "Appeal", "Basis", "Carried", "Case", "Certificate", "Clarification", "Classing",
    "Competence", "Confirmation", "Declaration", "Finding", "Interest", "Note", "Opinion", "Recognition",
    "RegisterCheck", "Remedy", "RemedyStep", "Renewal", "Reuse", "Sample", "TrustPolicy", "Turn",
]  # fmt: skip
