"""What a supplier claims of a product, and which results speak for and against it."""

from marketplace.evidence.models.appraisals import Appraisal, Certainty, Consensus, StudyCheck
from marketplace.evidence.models.claims import Claim, ClaimResult, Reopening
from marketplace.evidence.models.protocols import NoteReview, Protocol
from marketplace.evidence.models.studies import Correction, Result, Study
from marketplace.evidence.models.syntheses import KeptSynthesis

__all__ = [
    "Appraisal", "Certainty", "Claim", "ClaimResult", "Consensus", "Correction", "KeptSynthesis", "NoteReview",
    "Protocol", "Reopening", "Result", "Study", "StudyCheck",
]  # fmt: skip
