"""What is told of comments. The record says that something was said, for whom and to whom, and never the words."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutRemark(Event):
    about: ClassVar[str] = "remark_id"
    remark_id: UUID
    organisation_id: UUID


class RemarkMade(_AboutRemark):
    """Somebody commented on a thing. `mentioned` are people named in it, `hears` those whom it reaches elsewhere."""

    kind: str
    reach: str
    mentioned: list[UUID]
    hears: list[UUID]
    assigned_to_id: UUID | None = None


class RemarkDone(_AboutRemark):
    """What a comment asked for is done."""
