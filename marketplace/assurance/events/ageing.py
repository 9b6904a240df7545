"""What the clock tells of dated answers that stand in no certificate."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class AnswerRunsOut(Event):
    """A dated answer runs out within `days` days; with 0 it did. `counts_in` are the criteria that it goes to.

    `product_id` is None for what is asked of an organisation; `is_local` where a deployer answered of its own use.
    """

    about: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    product_id: UUID | None
    question: str
    label: str
    until: date
    days: int
    counts_in: list[str]
    is_local: bool = False
