"""What the register tells: what it leaves out, and what it shows again."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class PartRedacted(Event):
    """A part of a contract is left out of the register until a day, for a reason that everybody reads."""

    about: ClassVar[str] = "contract_id"
    contract_id: UUID
    redaction_id: UUID
    part: str
    ground: str
    reason: str
    until: date


class RedactionLifted(Event):
    about: ClassVar[str] = "contract_id"
    contract_id: UUID
    redaction_id: UUID
    part: str
