"""What assurance tells of what goes on from a case: appeals, remedies, samples, and what a version brings with it."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutAppeal(Event):
    about: ClassVar[str] = "appeal_id"
    appeal_id: UUID
    case_id: UUID
    product_id: UUID
    supplier_id: UUID


class AppealFiled(_AboutAppeal):
    """A supplier appeals; `due_on` is by when it is to be heard."""

    body_id: UUID
    against: str
    grounds: str
    codes: list[str]
    due_on: date


class AppealAssigned(_AboutAppeal):
    person_id: UUID


class AppealReleased(_AboutAppeal):
    """Whoever was named has a conflict of interest; somebody else is needed."""

    person_id: UUID
    words: str


class AppealOpened(_AboutAppeal):
    person_id: UUID


class AppealUpheld(_AboutAppeal):
    """Upheld. `reopened` is the case in which it is assessed anew, None where a certificate was restored."""

    reasons: str
    reopened: UUID | None = None


class AppealDismissed(_AboutAppeal):
    reasons: str


class AppealWithdrawn(_AboutAppeal):
    reasons: str


class _AboutRemedy(Event):
    about: ClassVar[str] = "remedy_id"
    remedy_id: UUID
    case_id: UUID
    product_id: UUID
    supplier_id: UUID
    code: str


class RemedyOpened(_AboutRemedy):
    words: str
    due_on: date | None = None


class RemedyPlanned(_AboutRemedy):
    owner_id: UUID | None = None
    planned_on: date | None = None


class RemedyOffered(_AboutRemedy):
    words: str


class RemedyReturned(_AboutRemedy):
    words: str


class RemedyClosed(_AboutRemedy):
    words: str


class RemedyOverdue(_AboutRemedy):
    """The day of the condition has passed and it is not closed."""

    due_on: date


class SampleDrawn(Event):
    """A decided case was drawn to be assessed a second time, blind."""

    about: ClassVar[str] = "sample_id"
    sample_id: UUID
    case_id: UUID
    body_id: UUID


class SampleGiven(Event):
    about: ClassVar[str] = "sample_id"
    sample_id: UUID
    case_id: UUID
    agreed: int
    judged: int


class FindingsCarried(Event):
    """A case goes on from an earlier one: what was carried forward, and what is looked at again, and why."""

    about: ClassVar[str] = "case_id"
    case_id: UUID
    product_id: UUID
    earlier_id: UUID
    carried: list[str]
    reopened: dict[str, str]


class _AboutProduct(Event):
    about: ClassVar[str] = "product_id"
    product_id: UUID
    version_id: UUID


class AnswersConfirmed(_AboutProduct):
    """The supplier says that these answers are true of a new version too."""

    questions: list[str]


class ChangeClassed(_AboutProduct):
    """The supplier says how a version on show differs from the one before it."""

    change: str
    words: str


class ModelChangeUnclassed(_AboutProduct):
    """A version went on show whose models differ, and the supplier did not say so: the listing is flagged."""

    supplier_id: UUID
    questions: list[str]
