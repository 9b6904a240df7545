"""Answers, cases with what was found and decided in them, certificates and what became of them."""

from marketplace.assurance.models.ageing import AnswerTurn
from marketplace.assurance.models.answers import Answer
from marketplace.assurance.models.appeals import Appeal
from marketplace.assurance.models.bodies import Accreditation, Competence, Interest, Recognition, TrustPolicy
from marketplace.assurance.models.cases import Case, Clarification, Declaration, Finding, Opinion
from marketplace.assurance.models.certificates import Certificate, Renewal, Reuse, Turn
from marketplace.assurance.models.changes import Basis, Carried, Classing, Confirmation
from marketplace.assurance.models.keys import IssuerKey
from marketplace.assurance.models.notices import Incident, IncidentNote, Receipt, SafetyNotice
from marketplace.assurance.models.remedies import Remedy, RemedyStep
from marketplace.assurance.models.safety import Deployment, Hazard, SafetyCase
from marketplace.assurance.models.surveillance import Visit, VisitFinding
from marketplace.assurance.models.watching import Note, RegisterCheck, Sample

__all__ = [
    "Accreditation", "Answer", "AnswerTurn", "Appeal", "Basis", "Carried", "Case", "Certificate", "Clarification",
    "Classing", "Competence", "Confirmation", "Declaration", "Deployment", "Finding", "Hazard", "Incident",
    "IncidentNote", "Interest", "IssuerKey", "Note", "Opinion", "Receipt", "Recognition", "RegisterCheck", "Remedy",
    "RemedyStep", "Renewal", "Reuse", "SafetyCase", "SafetyNotice", "Sample", "TrustPolicy", "Turn",
    "Visit", "VisitFinding",
]  # fmt: skip
