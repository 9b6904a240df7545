"""A contract: its parties, its numbered texts, who read and signed them, and what it obliges whom to do."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Contract(Base):
    """What a lead organisation, its partners and a supplier agree for one procurement.

    `parameters` are what the template is filled with; once issued, the numbered texts keep their own.
    `text_number` is the text that binds, 0 before the first does. `starts_on` and `ends_on` follow the binding text.
    """

    __tablename__ = "contract"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    procurement_id: Mapped[UUID] = mapped_column(ForeignKey("procurement.id"))
    template_id: Mapped[str] = mapped_column(String(60))
    template_version: Mapped[int]
    name: Mapped[str] = mapped_column(String(160))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    text_number: Mapped[int] = mapped_column(default=0)
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    live_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str] = mapped_column(String(10), default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index(
            "uq_contract_open_procurement_id", "procurement_id", unique=True,
            sqlite_where=state.notin_(("cancelled", "ended")), postgresql_where=state.notin_(("cancelled", "ended")),
        ),
        Index("ix_contract_supplier_id_id", "supplier_id", "id"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_it_starts"),
    )  # fmt: skip


class ContractParty(Base):
    """An organisation bound by a contract: lead, participant or supplier. `weight` is its share, 0 for the supplier.

    It counts from `joined_on` to `left_on`, both included. `position` is the order in which parties are named.
    `earlier` are smaller shares that it had before it took another party's place, the oldest first:
    [{"weight": 2, "until": "2027-03-31"}].
    """

    __tablename__ = "contract_party"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]
    weight: Mapped[int] = mapped_column(default=0)
    cost_code: Mapped[str] = mapped_column(String(40), default="")
    purchase_order: Mapped[str] = mapped_column(String(40), default="")
    joined_on: Mapped[date | None] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    earlier: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id"),
        CheckConstraint("role IN ('lead', 'participant', 'supplier')", name="role_is_known"),
        CheckConstraint("(role = 'supplier') = (weight = 0)", name="buyers_have_a_share"),
    )


class ContractText(Base):
    """A numbered text of a contract, frozen when it is written: text 1, then one for each variation.

    `body` is the clause tree with parties and parameters; `digest` the SHA-256, in hexadecimal, of its canonical JSON.
    Signatures stand over the digest. The terms of a day are the last text in force with `effective_on` not after it.
    """

    __tablename__ = "contract_text"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    effective_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    bound_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("contract_id", "number", "attempt"),
        CheckConstraint("(state IN ('binding', 'replaced')) = (bound_at IS NOT NULL)", name="bound_with_a_date"),
    )


class Signature(Base):
    """A person signed a text for an organisation, over its digest. Never changed, never deleted."""

    __tablename__ = "contract_signature"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    text_id: Mapped[UUID] = mapped_column(ForeignKey("contract_text.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("text_id", "organisation_id"),)


class Cosignature(Base):
    """One of several people who sign for a party, before the last of them, whose `Signature` binds it. Never changed.

    `place` counts from 0 in the order in which the text names the party's signatories.
    """

    __tablename__ = "contract_cosignature"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    text_id: Mapped[UUID] = mapped_column(ForeignKey("contract_text.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    place: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("text_id", "organisation_id", "place"),
        UniqueConstraint("text_id", "organisation_id", "person_id"),
    )


class Reading(Base):
    """A person said to have read a text to its end: needed before signing it."""

    __tablename__ = "contract_reading"

    text_id: Mapped[UUID] = mapped_column(ForeignKey("contract_text.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Declined(Base):
    """An organisation would not sign a text, and why."""

    __tablename__ = "contract_declined"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    text_id: Mapped[UUID] = mapped_column(ForeignKey("contract_text.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Deviation(Base):
    """A named person approved that a contract departs from its template at one parameter.

    `value_digest` is of the value approved: another value needs another approval.
    """

    __tablename__ = "contract_deviation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    parameter: Mapped[str] = mapped_column(String(60))
    value_digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise")


class Obligation(Base):
    """Something that a signed contract obliges an organisation to do by a day. `key` names it in the template."""

    __tablename__ = "contract_obligation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(200))
    clause: Mapped[str] = mapped_column(String(60), default="")
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    due_on: Mapped[date] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("contract_id", "key", "organisation_id", "due_on"),
        Index("ix_contract_obligation_organisation_id_due_on", "organisation_id", "due_on"),
    )
