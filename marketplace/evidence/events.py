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
