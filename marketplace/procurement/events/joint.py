"""What buying together tells. Everybody who takes part may read these, so no internal note is in one."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutProcurement(Event):
    about: ClassVar[str] = "procurement_id"
    procurement_id: UUID


class ProcurementStarted(_AboutProcurement):
    """An organisation began a purchase of a product version, alone so far. `reused` names what a project gave."""

    ref: str
    organisation_id: UUID
    procedure: str
    product_id: UUID
    version_id: UUID
    supplier_id: UUID
    project_id: UUID | None = None
    reused: list[str] = []


class ProcurementDescribed(_AboutProcurement):
    """Its protocol, its ceiling or its dates were written anew; `changed` names which."""

    changed: list[str]
    composition: int


class InvitationsOpened(_AboutProcurement):
    """The organisations named were asked to join; `admits` are the references of all that may."""

    admits: list[str]


class _AboutParty(_AboutProcurement):
    party_id: UUID
    organisation_id: UUID


class SeatPassed(_AboutParty):
    """The party is `organisation_id` now, in the place of `old_id`; `is_together` where it had a seat already."""

    old_id: UUID
    weight: int
    is_together: bool
    reason: str
    composition: int


class PartyInvited(_AboutParty):
    role: str
    composition: int


class PartyJoined(_AboutParty):
    """Its authorised signatory said yes to the terms; `amount_pence` is its share of the ceiling, with VAT."""

    amount_pence: int
    composition: int


class PartyConfirmed(_AboutParty):
    """It said yes again, to terms that had changed."""

    amount_pence: int
    composition: int


class PartyDeclined(_AboutParty):
    reason: str
    composition: int


class PartyWithdrew(_AboutParty):
    """It left before the award: shares and thresholds are worked out again, and the others confirm again."""

    reason: str
    composition: int
    was_settled: bool


class SharesChanged(_AboutProcurement):
    """`weights` by the reference of each party."""

    weights: dict[str, int]
    composition: int


class CallOffChanged(_AboutParty):
    """Its own start, cost code, purchase order or quantities; `changed` names which."""

    changed: list[str]


class _AboutApproval(_AboutParty):
    approval_id: UUID
    kind: str
    composition: int


class ApprovalAsked(_AboutApproval):
    pass


class ApprovalGiven(_AboutApproval):
    amount_pence: int | None = None


class ApprovalRefused(_AboutApproval):
    """The reason stands in the approval, for its own people alone."""


class ReadinessPlanned(_AboutParty):
    """Somebody was given a thing to make ready, with its day."""

    item: str
    label: str
    owner_id: UUID | None
    due_on: date | None


class ReadinessDone(_AboutParty):
    item: str
    label: str
    is_done: bool


class PartyNoteMade(_AboutParty):
    """The words stand in the note, for its own people alone."""

    note_id: UUID


class ProcurementSettled(_AboutProcurement):
    """Everybody said yes, approved and is ready: the contract can be written. `weights` by reference."""

    supplier_id: UUID
    product_id: UUID
    weights: dict[str, int]
    composition: int


class ProcurementReopened(_AboutProcurement):
    reason: str
    composition: int


class ProcurementRunning(_AboutProcurement):
    supplier_id: UUID
    product_id: UUID


class ProcurementClosed(_AboutProcurement):
    """`outcome` is scale, extend, stop or another word of the contract that ended it."""

    outcome: str
    reason: str


class ProcurementCancelled(_AboutProcurement):
    reason: str
    was: str
