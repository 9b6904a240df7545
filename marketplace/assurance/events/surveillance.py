"""What assurance tells of visits: due, appointed, begun, and what they came to."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutVisit(Event):
    about: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    visit_id: UUID
    case_id: UUID
    product_id: UUID
    supplier_id: UUID


class VisitDue(_AboutVisit):
    """A certificate is to be looked at again by `due_on`, which is near."""

    due_on: date


class VisitOverdue(_AboutVisit):
    """The day has passed and nobody has looked."""

    due_on: date


class VisitAppointed(_AboutVisit):
    """`person_id` looks at it on `planned_on`, in this way."""

    planned_on: date
    way: str
    person_id: UUID


class VisitOpened(_AboutVisit):
    person_id: UUID


class VisitEnded(_AboutVisit):
    """What a visit came to: continues, with-conditions, in-remediation or suspended."""

    outcome: str
    reasons: str
