"""What payments tell. No event carries bank details, an address or the name of a person."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutInvoice(Event):
    about: ClassVar[str] = "invoice_id"
    invoice_id: UUID


class _OfContract(_AboutInvoice):
    contract_id: UUID
    organisation_id: UUID
    supplier_id: UUID
    kind: str
    period: str


class InvoiceRaised(_OfContract):
    """An amount due became an invoice or a credit note that waits for its number. Amounts before VAT."""

    due_id: UUID
    net_pence: int


class InvoiceHeld(_OfContract):
    """It cannot be issued yet; `reason` says what is missing."""

    reason: str


class InvoiceIssued(_OfContract):
    """It has its number and is never changed again."""

    number: str
    net_pence: int
    vat_pence: int
    gross_pence: int
    issued_on: date


class InvoiceSent(_OfContract):
    number: str
    due_on: date


class PaymentReceived(_OfContract):
    """Money came in for an invoice; `is_paid` says whether that was the last of it."""

    payment_id: UUID
    number: str
    paid_by: str
    pence: int
    received_on: date
    is_paid: bool


class CreditSet(_AboutInvoice):
    """A credit note was set against an invoice, in part or whole."""

    credit_note_id: UUID
    payment_id: UUID
    pence: int


class CreditPaidBack(_AboutInvoice):
    """What a credit note still held went back to the buyer's bank."""

    payment_id: UUID
    pence: int
    paid_on: date


class GatewayRefused(_AboutInvoice):
    """The gateway would not take an invoice, and trying again will not help; somebody has to look."""

    errand: str
    reason: str


class PurchaseOrderSet(Event):
    about: ClassVar[str] = "contract_id"
    contract_id: UUID
    organisation_id: UUID
    number: str
    cost_code: str


class BillingDescribed(Event):
    """An organisation said how it is named, addressed and paid on invoices; `changed` names the fields."""

    about: ClassVar[str] = "organisation_id"
    organisation_id: UUID
    changed: list[str]


class BankLineAdded(Event):
    about: ClassVar[str] = "bank_line_id"
    bank_line_id: UUID
    organisation_id: UUID
    received_on: date
    pence: int


class BankLineMatched(Event):
    """A bank transfer was matched with an invoice; `over_pence` is what the invoice had no use for."""

    about: ClassVar[str] = "bank_line_id"
    bank_line_id: UUID
    invoice_id: UUID
    pence: int
    over_pence: int


class BankLineSetAside(Event):
    about: ClassVar[str] = "bank_line_id"
    bank_line_id: UUID
    reason: str


class BankLineTakenUp(Event):
    about: ClassVar[str] = "bank_line_id"
    bank_line_id: UUID


class GatewayTold(Event):
    """The gateway sent an event whose signature held; it is stored once, and looked into by the worker."""

    about: ClassVar[str] = "gateway_event_id"
    gateway_event_id: UUID
    external_id: str
    type: str


class Reconciled(Event):
    """Our invoices were compared with the gateway's list; `differences` counts those that do not agree."""

    about: ClassVar[str] = "reconciliation_id"
    reconciliation_id: UUID
    compared: int
    differences: int
    difference_pence: int
