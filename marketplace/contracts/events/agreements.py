"""What contracts tell of their texts and signatures: each is about one contract."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutContract(Event):
    about: ClassVar[str] = "contract_id"
    contract_id: UUID


class ContractDrafted(_AboutContract):
    procurement_id: UUID
    product_id: UUID
    organisation_id: UUID
    supplier_id: UUID
    template: str
    template_version: int


class ContractChanged(_AboutContract):
    """Parameters of a draft were given other values; `changed` names them."""

    changed: list[str]


class DeviationApproved(_AboutContract):
    """A named person approved that the contract departs from its template."""

    parameter: str
    value_digest: str
    reason: str


class _AboutText(_AboutContract):
    text_id: UUID
    number: int
    digest: str


class ContractIssued(_AboutText):
    """A text was frozen and put before the parties for signature."""


class ContractRead(_AboutText):
    """A person said to have read the text to its end."""


class ContractSigned(_AboutText):
    """One organisation signed; the digest is that of the exact text."""

    organisation_id: UUID
    capacity: str


class ContractCosigned(_AboutText):
    """One of several people who sign for an organisation did; `place` counts from 0, and the last binds it."""

    organisation_id: UUID
    capacity: str
    place: int


class ContractBound(_AboutText):
    """Every party has signed: the text binds from `effective_on` on. `number` above 1 is a variation."""

    procurement_id: UUID
    product_id: UUID
    supplier_id: UUID
    effective_on: date
    starts_on: date
    ends_on: date


class ContractDeclined(_AboutText):
    organisation_id: UUID
    reason: str


class ContractRecalled(_AboutText):
    reason: str


class ContractCancelled(_AboutContract):
    reason: str


class VariationBegun(_AboutText):
    """A changed text was written; it is not issued yet."""

    reason: str
    effective_on: date


class ObligationFinished(_AboutContract):
    obligation_id: UUID
    label: str
    note: str


class SeatPassed(_AboutContract):
    """The party is `organisation_id` from `since` on, in the place of `old_id`; `is_together` where it was one too."""

    organisation_id: UUID
    old_id: UUID
    weight: int
    is_together: bool
    since: date
    reason: str
