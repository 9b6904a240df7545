"""What is sent in about buying together."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from marketplace.api.shapes import File, Form, In, Line, Text
from marketplace.kit.money import Money
from marketplace.procurement.schemas import Protocol, read_protocol

Count = Annotated[int, Field(ge=0, le=10**9)]


class ProcurementIn(In):
    """A product by its reference; with `project`, what its decision knows is reused."""

    product: Line
    name: Line = ""
    project: Line = ""


class ProtocolIn(In):
    """The whole protocol. What is left empty is asked for before it opens."""

    name: Line
    question: Text = ""
    exit_criteria: Text = ""
    stop_rule: Text = ""
    starts_on: Line = Field("", description="2027-01-04")
    ends_on: Line = Field("", description="2027-09-30")
    price_afterwards: Text = ""
    fee_ceiling_pence: Annotated[int, Field(gt=0, le=10**13)] | None = None
    fewest: Annotated[int, Field(ge=1, le=100)] = 1
    route: Line = ""
    framework: Line = ""
    lot: Line = ""
    agreement: Line = ""
    longest_until: Line = ""

    def protocol(self, routes: list[str]) -> Protocol:
        """Raises Invalid by field."""
        sent = {name: value for name, value in self.model_dump().items() if isinstance(value, str)}
        ceiling = {} if self.fee_ceiling_pence is None else {"fee_ceiling": str(Money(self.fee_ceiling_pence))}
        return read_protocol({**sent, "fewest": str(self.fewest), **ceiling}, routes)


class InvitationIn(In):
    """An organisation by reference or by its whole name; `later` only names it, before opening."""

    organisation: Line
    later: bool = False


class SharesIn(In):
    """As per cent that make 100 exactly, or as parts; by the reference of each party, as text."""

    way: Literal["percent", "parts"]
    shares: Annotated[dict[str, Line], Field(max_length=100)]


class SeenIn(In):
    """The digest of the terms that were read: `terms` of the procurement."""

    terms: Line


class CallOffIn(In):
    """One's own call-off."""

    starts_on: Line = ""
    users: Count | None = None
    uses: Count | None = None
    sites: Count | None = None
    cost_code: Line = ""
    purchase_order: Line = ""


class NoteIn(In):
    """Words for one's own people alone."""

    note: Text = ""


class WordsIn(In):
    words: Text


class LabelIn(In):
    label: Line


class PlanIn(In):
    """Who makes it ready, and by when."""

    owner: UUID | None = None
    due_on: Line = ""


class TickIn(In):
    is_done: bool


class ApprovalForm(Form):
    """An approval on the terms of that digest: the amount in pence with VAT; `file` is the document behind it."""

    terms: Line
    note: Text = ""
    amount_pence: Annotated[int, Field(gt=0, le=10**13)] | None = None
    valid_until: Line = ""
    file: File | None = None
