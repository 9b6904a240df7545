"""What assurance tells of assessor bodies: accredited until when, recognised by whom, trusted by whom."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutBody(Event):
    about: ClassVar[str] = "body_id"
    body_id: UUID


class BodyAccredited(_AboutBody):
    framework_id: str
    since: date
    until: date


class AccreditationEnded(_AboutBody):
    framework_id: str
    ended_on: date
    reason: str


class RecognitionDeclared(_AboutBody):
    """A body takes decisions of another as its own."""

    of_body_id: UUID
    framework_id: str
    until: date


class RecognitionEnded(_AboutBody):
    of_body_id: UUID
    framework_id: str
    reason: str


class CompetenceKept(_AboutBody):
    person_id: UUID
    framework_id: str
    grounds: str


class CompetenceEnded(_AboutBody):
    person_id: UUID
    framework_id: str


class InterestDeclared(Event):
    about: ClassVar[str] = "person_id"
    person_id: UUID
    supplier_id: UUID


class InterestEnded(Event):
    about: ClassVar[str] = "person_id"
    person_id: UUID
    supplier_id: UUID


class TrustPolicySet(Event):
    """A buying organisation says whose decisions it relies on."""

    about: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    rule: str
    bodies: list[str]
    recognised: bool
    conditions: bool


class RegisterChecked(Event):
    """Somebody looked a supplier up in a register."""

    about: ClassVar[str] = "supplier_id"
    supplier_id: UUID
    product_id: UUID | None = None
    register_id: str
    result: str
