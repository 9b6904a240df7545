"""Which rows of assurance, clinical safety and evidence belong to an organisation that takes everything along.

What others keep to themselves is in no archive but theirs: notes of assessors, what they found before they decided.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from marketplace.assurance import models as assurance
from marketplace.catalogue.models import Product
from marketplace.evidence import models as evidence
from marketplace.identity.models import Membership

Where = ColumnElement[bool]
LEFT_OUT_OF_ASSURANCE = {
    "answer_turn": "what was told of dates, by the house", "certificate_turn": "what was told of dates, by the house",
    "issuer_key": "keys of the house, sealed", "synthesis": "worked out from studies by the house",
    "assurance_basis": "worked out by the house", "assurance_carried": "worked out by the house",
}  # fmt: skip


def of_assurance(organisation_id: UUID) -> Mapping[str, Where]:
    """Answers, cases and certificates: of the supplier, of the body that assessed, of who relies on them."""
    a = assurance
    case = or_(a.Case.supplier_id == organisation_id, a.Case.body_id == organisation_id)
    ours, keeps = a.Case.body_id == organisation_id, a.Competence.body_id == organisation_id
    decided = ours | ((a.Case.supplier_id == organisation_id) & a.Case.ended_at.is_not(None))
    remedy = or_(a.Remedy.supplier_id == organisation_id, _mine(a.Remedy.case_id, a.Case, ours))
    ended = (a.Visit.supplier_id == organisation_id) & a.Visit.ended_at.is_not(None)
    certificate = or_(a.Certificate.supplier_id == organisation_id, a.Certificate.body_id == organisation_id)
    visit = or_(a.Visit.supplier_id == organisation_id, a.Visit.body_id == organisation_id)
    return {
        "answer": a.Answer.organisation_id == organisation_id,
        "assurance_classing": _of(a.Classing.product_id, organisation_id),
        "assurance_confirmation": _of(a.Confirmation.product_id, organisation_id),
        "assurance_case": case,
        "assurance_clarification": _mine(a.Clarification.case_id, a.Case, case),
        "assurance_finding": _mine(a.Finding.case_id, a.Case, decided),
        "assurance_opinion": _mine(a.Opinion.case_id, a.Case, decided),
        "assurance_declaration": _mine(a.Declaration.case_id, a.Case, ours),
        "assurance_note": _mine(a.Note.case_id, a.Case, ours),
        "assurance_sample": a.Sample.body_id == organisation_id,
        "assurance_register_check": a.RegisterCheck.body_id == organisation_id,
        "assurance_interest": _mine(a.Interest.person_id, a.Competence, keeps & _still_here(), "person_id"),
        "assurance_appeal": or_(a.Appeal.supplier_id == organisation_id, a.Appeal.body_id == organisation_id),
        "assurance_remedy": remedy,
        "assurance_remedy_step": _mine(a.RemedyStep.remedy_id, a.Remedy, remedy),
        "certificate": certificate,
        "certificate_renewal": _mine(a.Renewal.certificate_id, a.Certificate, certificate),
        "assurance_visit": visit,
        "assurance_visit_finding": _mine(
            a.VisitFinding.visit_id, a.Visit, (a.Visit.body_id == organisation_id) | ended
        ),
        "reuse": a.Reuse.organisation_id == organisation_id,
        "assurance_trust_policy": a.TrustPolicy.organisation_id == organisation_id,
        "assurance_accreditation": a.Accreditation.body_id == organisation_id,
        "assurance_competence": keeps,
        "assurance_recognition": a.Recognition.body_id == organisation_id,
    }  # fmt: skip


def _still_here() -> Where:
    """Whose competence a body keeps today: what somebody declares after they left is not for it to read."""
    competence, member = assurance.Competence, Membership
    is_there = select(member.id).where(member.organisation_id == competence.body_id, member.ended_at.is_(None))
    return competence.ended_at.is_(None) & is_there.where(member.person_id == competence.person_id).exists()


def of_safety(organisation_id: UUID) -> Mapping[str, Where]:
    """Deployments and their logs of who deploys, incidents of both sides, notices of who sent or received them."""
    a = assurance
    deployment = a.Deployment.organisation_id == organisation_id
    incident = or_(a.Incident.organisation_id == organisation_id, a.Incident.supplier_id == organisation_id)
    sent = a.SafetyNotice.supplier_id == organisation_id
    received = a.Receipt.organisation_id == organisation_id
    return {
        "deployment": deployment,
        "hazard": or_(
            _mine(a.Hazard.deployment_id, a.Deployment, deployment),
            a.Hazard.deployment_id.is_(None) & _of(a.Hazard.product_id, organisation_id),
        ),
        "safety_case": a.SafetyCase.organisation_id == organisation_id,
        "incident": incident,
        "incident_note": _mine(a.IncidentNote.incident_id, a.Incident, incident),
        "safety_notice": or_(sent, a.SafetyNotice.id.in_(select(a.Receipt.notice_id).where(received))),
        "notice_receipt": or_(received, _mine(a.Receipt.notice_id, a.SafetyNotice, sent)),
    }  # fmt: skip


def of_evidence(organisation_id: UUID) -> Mapping[str, Where]:
    """Studies, claims and plans of whoever wrote them, and what appraisers of one's own said of those of others."""
    e = evidence
    study, claim = e.Study.organisation_id == organisation_id, e.Claim.organisation_id == organisation_id
    protocol = e.Protocol.organisation_id == organisation_id
    return {
        "study": study,
        "result": _mine(e.Result.study_id, e.Study, study),
        "correction": _mine(e.Correction.study_id, e.Study, study),
        "study_check": _mine(e.StudyCheck.study_id, e.Study, study),
        "evidence_claim": claim,
        "claim_result": or_(
            e.ClaimResult.organisation_id == organisation_id, _mine(e.ClaimResult.claim_id, e.Claim, claim)
        ),
        "reopening": _mine(e.Reopening.claim_id, e.Claim, claim),
        "appraisal": e.Appraisal.organisation_id == organisation_id,
        "consensus": _mine(e.Consensus.study_id, e.Study, study),
        "certainty": e.Certainty.organisation_id == organisation_id,
        "protocol": protocol,
        "note_review": _mine(e.NoteReview.protocol_id, e.Protocol, protocol),
    }  # fmt: skip


def _mine(column: Any, table: Any, where: Where, named: str = "id") -> Where:
    """The rows whose column names a row of a table that is one's own."""
    found: Where = column.in_(select(getattr(table, named)).where(where))
    return found


def _of(column: Any, organisation_id: UUID) -> Where:
    """The rows that are about a product of one's own."""
    return _mine(column, Product, Product.organisation_id == organisation_id)
