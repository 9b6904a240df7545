"""Tables of what is owed and paid: invoices and their numbers, payments, bank lines, and the gateway's word."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models import Contract
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class BillingDetails(Base):
    """How an organisation is named, addressed and paid on invoices, beside what everybody knows of it.

    `gateway_account` is the supplier's own account at the gateway; without one the money comes to the operator's.
    """

    __tablename__ = "billing_details"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    legal_name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text)
    vat_number: Mapped[str] = mapped_column(String(20), default="")
    company_number: Mapped[str] = mapped_column(String(20), default="")
    invoice_email: Mapped[str] = mapped_column(String(254), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    sort_code: Mapped[str] = mapped_column(String(8), default="")
    account_number: Mapped[str] = mapped_column(String(12), default="")
    gateway_account: Mapped[str] = mapped_column(String(60), default="")
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PurchaseOrder(Base):
    """The number under which a buyer takes invoices of a contract. Only added to: the last one counts."""

    __tablename__ = "purchase_order"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[str] = mapped_column(String(40))
    cost_code: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        Index("ix_purchase_order_contract_id_organisation_id_id", "contract_id", "organisation_id", "id"),
    )


class Series(Base):
    """The numbers of one supplier: QUIL-000001, QUIL-000002. A number is taken in the transaction that uses it."""

    __tablename__ = "invoice_series"

    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    next: Mapped[int] = mapped_column(default=1)


class Invoice(Base):
    """An invoice, or a credit note with negative amounts, for one amount due. Once issued its content never changes.

    `ref` names it before it has its `number`. `net_pence`, `vat_pence` and `gross_pence` always add up; `vat_rate` is
    a percentage as text. `parties` are supplier and buyer as they were called on the day of issue; `basis` is all that
    is needed to work the amount out again. `credits_id` is the invoice that a credit note corrects.
    """

    __tablename__ = "invoice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    due_id: Mapped[UUID] = mapped_column(ForeignKey("due.id"), unique=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    credits_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    period: Mapped[str] = mapped_column(String(7))
    net_pence: Mapped[int] = mapped_column(BigInteger)
    vat_pence: Mapped[int] = mapped_column(BigInteger)
    gross_pence: Mapped[int] = mapped_column(BigInteger)
    vat_rate: Mapped[str] = mapped_column(String(10))
    purchase_order: Mapped[str] = mapped_column(String(40), default="")
    cost_code: Mapped[str] = mapped_column(String(40), default="")
    description: Mapped[str] = mapped_column(Text)
    parties: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    basis: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10))
    hold_reason: Mapped[str] = mapped_column(String(20), default="")
    raised_at: Mapped[datetime] = mapped_column(Moment)
    issued_at: Mapped[datetime | None] = mapped_column(Moment)
    issued_on: Mapped[date | None] = mapped_column(Date)
    tax_point: Mapped[date | None] = mapped_column(Date)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    due_on: Mapped[date | None] = mapped_column(Date)
    gateway_ref: Mapped[str] = mapped_column(String(60), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    contract: Mapped[Contract] = relationship(lazy="raise")
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    payments: Mapped[list["Payment"]] = relationship(lazy="raise", order_by="Payment.id")
    credits: Mapped["Invoice | None"] = relationship(lazy="raise", remote_side="Invoice.id")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        CheckConstraint("net_pence + vat_pence = gross_pence", name="amounts_add_up"),
        CheckConstraint("(kind = 'invoice') = (gross_pence >= 0)", name="a_credit_note_takes_away"),
        CheckConstraint("(state = 'held') = (number IS NULL)", name="numbered_when_issued"),
        CheckConstraint("(number IS NULL) = (issued_on IS NULL)", name="issued_with_a_date"),
        Index("ix_invoice_contract_id_organisation_id_id", "contract_id", "organisation_id", "id"),
        Index("ix_invoice_supplier_id_id", "supplier_id", "id"),
        Index("ix_invoice_organisation_id_id", "organisation_id", "id"),
        Index("ix_invoice_gateway_ref", "gateway_ref"),
    )


class Payment(Base):
    """Money set against an invoice: by the gateway, from a bank line, out of a credit note, or paid back.

    A credit note set against an invoice is two rows that cancel out: the invoice's above 0, the note's below.
    """

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    external_ref: Mapped[str] = mapped_column(String(120), unique=True)
    pence: Mapped[int] = mapped_column(BigInteger)
    received_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint("kind IN ('gateway', 'bank', 'credit', 'refund')", name="kind_is_known"),
        CheckConstraint("pence <> 0", name="something_was_paid"),
    )


class BankLine(Base):
    """A line of a supplier's bank statement: what came in, from whom, with which words. Never changed.

    `over_pence` is what came in above what the matched invoice still needed. `source` is typed, csv, or gateway for
    what the gateway took above what was owed.
    """

    __tablename__ = "bank_line"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    external_ref: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(10))
    received_on: Mapped[date] = mapped_column(Date)
    pence: Mapped[int] = mapped_column(BigInteger)
    payer: Mapped[str] = mapped_column(String(120), default="")
    words: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    over_pence: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    invoice: Mapped[Invoice | None] = relationship(lazy="raise")
    by: Mapped[Person | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        UniqueConstraint("organisation_id", "external_ref"),
        CheckConstraint("(state = 'matched') = (invoice_id IS NOT NULL)", name="matched_with_an_invoice"),
        CheckConstraint("pence > 0 AND over_pence BETWEEN 0 AND pence", name="money_came_in"),
        Index("ix_bank_line_organisation_id_state_id", "organisation_id", "state", "id"),
    )


class GatewayCustomer(Base):
    """A buyer as the gateway knows it, in the account of one supplier."""

    __tablename__ = "gateway_customer"

    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    external_ref: Mapped[str] = mapped_column(String(60))


class GatewayEvent(Base):
    """What the gateway sent, word for word, once by its id. `about` is the invoice there, `outcome` what came of it."""

    __tablename__ = "gateway_event"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    account: Mapped[str] = mapped_column(String(60), default="")
    about: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(200), default="")


class Errand(Base):
    """Something to do at the gateway: leased, fenced, tried again under the same key, parked where nothing helps.

    `subject_id` is an invoice for send and settle, a payment for credit, a gateway event for look. `turn` counts the
    keys that the gateway has spent on an error of its own.
    """

    __tablename__ = "gateway_errand"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=1)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    parked_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("kind IN ('send', 'settle', 'credit', 'look')", name="kind_is_known"),
        Index("ix_gateway_errand_due", "due_at", sqlite_where=done_at.is_(None), postgresql_where=done_at.is_(None)),
    )


class Reconciliation(Base):
    """Our invoices against the gateway's list on one day; `differences` are sentences with amounts."""

    __tablename__ = "reconciliation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    compared: Mapped[int]
    difference_pence: Mapped[int] = mapped_column(BigInteger)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
