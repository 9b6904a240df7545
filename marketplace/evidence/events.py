"""What evidence tells: ids and plain values, in the past tense. Each names its product, whose page it changes."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutStudy(Event):
    about: ClassVar[str] = "study_id"
    study_id: UUID
    product_id: UUID


class StudyAdded(_AboutStudy):
    """Somebody began to write a study down; nobody else sees it yet."""

    organisation_id: UUID
    title: str


class StudyChanged(_AboutStudy):
    """A draft was written on; `changed` names the fields."""

    changed: list[str]


class StudyDiscarded(_AboutStudy):
    """A draft that nobody else had seen was thrown away."""


class StudyPublished(_AboutStudy):
    """A study is part of the product's evidence; `digest` covers every field and result as published."""

    title: str
    version_number: str
    supplier_funded: bool
    supplier_run: bool
    digest: str


class StudyCorrected(_AboutStudy):
    """A published study was changed, for a reason that everybody reads; what it said before is kept."""

    changed: list[str]
    reason: str
    digest: str


class StudyRetracted(_AboutStudy):
    """A study no longer counts. It stays readable, marked, with the reason."""

    title: str
    reason: str


class PilotResultRecorded(_AboutStudy):
    """What a pilot under contract came to entered the evidence by itself, good or bad."""

    title: str
    version_number: str
    contract_ref: str
    digest: str


class _AboutClaim(Event):
    about: ClassVar[str] = "claim_id"
    claim_id: UUID
    product_id: UUID


class ClaimAdded(_AboutClaim):
    """Somebody began to write a claim; nobody else sees it yet."""

    organisation_id: UUID
    words: str


class ClaimChanged(_AboutClaim):
    """A draft of a claim was written anew."""


class ClaimDiscarded(_AboutClaim):
    """A draft that nobody else had seen was thrown away."""


class ClaimPublished(_AboutClaim):
    """A supplier claims this of its product in front of everybody."""

    words: str


class ClaimWithdrawn(_AboutClaim):
    """A supplier claims this no longer. It stays readable, marked, with the reason."""

    words: str
    reason: str


class ResultWeighed(_AboutClaim):
    """Somebody said what a result does for a claim, and why."""

    study_ref: str
    stance: str
    reason: str


class ClaimReopened(_AboutClaim):
    """A study that a claim leans on was retracted or corrected: its owner has to look at it again."""

    organisation_id: UUID
    claim_ref: str
    words: str
    study_ref: str
    because: str


class ReopeningSettled(_AboutClaim):
    """The owner of a claim said what they made of the change beneath it."""

    words: str


class CertaintyJudged(_AboutClaim):
    """Somebody judged how certain the results behind a claim are, by GRADE; `level` 1 to 4."""

    level: int


class StudyLookedUp(_AboutStudy):
    """Somebody looked the DOI or the registration of a study up, and says what they saw."""

    what: str
    outcome: str


class AppraisalGiven(_AboutStudy):
    """An appraiser's reading of a study by one tool is in; the other's is seen once both are."""

    tool: str


class ConsensusProposed(_AboutStudy):
    """One of two appraisers wrote down what both could say; it waits for the other."""

    tool: str


class ConsensusReached(_AboutStudy):
    """Two appraisers of a study agree by one tool."""

    tool: str
    overall: str


class SynthesisChanged(Event):
    """What the studies of a measure come to is another than before, or is known for the first time.

    `turned` says that the conclusion changed, and not its digits alone; `digest` covers the synthesis as kept.
    """

    about: ClassVar[str] = "synthesis_id"
    synthesis_id: UUID
    product_id: UUID
    key: str
    measure: str
    sentence: str
    digest: str
    because: str
    turned: bool


class _AboutProtocol(Event):
    about: ClassVar[str] = "protocol_id"
    protocol_id: UUID
    product_id: UUID
    organisation_id: UUID


class ProtocolAdded(_AboutProtocol):
    """Somebody began to plan an evaluation; nobody else sees it yet."""

    title: str


class ProtocolChanged(_AboutProtocol):
    """A plan that nobody else had seen was written on."""


class ProtocolDiscarded(_AboutProtocol):
    """A plan that nobody else had seen was thrown away."""


class ProtocolStamped(_AboutProtocol):
    """A plan stands as it is, before any data: `digest` covers every word of it."""

    title: str
    template: str
    version_number: str
    digest: str


class NotesReviewed(_AboutProtocol):
    """Judgements of notes came in under a stamped protocol; `digest` covers every one of them."""

    number: int
    notes: int
    reviewers: int
    digest: str


class ReviewPublished(_AboutProtocol):
    """The rates of a review stand in the evidence of the product, as a study, good or bad."""

    number: int
    study_id: UUID
