"""A purchase that several organisations make together: who takes part, who approved what, what is ready."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment

TAKING_PART = ("invited", "joined")
"""Party states that count: an invited organisation has a share before it joins."""


class Procurement(Base):
    """One purchase of one product version under a declared procedure; `organisation_id` is the lead.

    `fee_ceiling_pence` is the most that all pay together before VAT, `vat_percent` what planning adds to it. `route`
    names the route to market: {"kind", "framework", "lot", "agreement", "longest_until"}. `admits` are references of
    the organisations that were named when it was opened, and `fewest` have to take part. `composition` counts the terms
    that parties say yes to: it grows whenever one of them changes. `awarded_at` is when its contract became binding.
    """

    __tablename__ = "procurement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    procedure: Mapped[str] = mapped_column(String(40))
    procedure_version: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    question: Mapped[str] = mapped_column(Text, default="")
    exit_criteria: Mapped[str] = mapped_column(Text, default="")
    stop_rule: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    price_afterwards: Mapped[str] = mapped_column(Text, default="")
    fee_ceiling_pence: Mapped[int | None] = mapped_column(BigInteger)
    vat_percent: Mapped[int] = mapped_column(default=0)
    fewest: Mapped[int] = mapped_column(default=1)
    route: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    admits: Mapped[list[str]] = mapped_column(JSON, default=list)
    composition: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    awarded_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")
    parties: Mapped[list["Party"]] = relationship(lazy="raise", order_by="Party.position")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="ends_after_it_starts"),
        CheckConstraint("fee_ceiling_pence IS NULL OR fee_ceiling_pence > 0", name="ceiling_is_above_nothing"),
    )


class Party(Base):
    """An organisation in a procurement: its weight among the shares, its own call-off, and where it stands.

    A weight of 0 is a share not given yet. `quantities` counts by unit: {"users": 40}. `confirmed` are the terms that
    its signatory said yes to last, laid out as rules.joint.Terms, and `confirmed_composition` their number.
    """

    __tablename__ = "party"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    procurement_id: Mapped[UUID] = mapped_column(ForeignKey("procurement.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[int] = mapped_column(default=0)
    quantities: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    starts_on: Mapped[date | None] = mapped_column(Date)
    cost_code: Mapped[str] = mapped_column(String(40), default="")
    purchase_order: Mapped[str] = mapped_column(String(40), default="")
    confirmed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    confirmed_composition: Mapped[int | None]
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(Moment)
    answer_by: Mapped[date | None] = mapped_column(Date)
    joined_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    joined_at: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    left_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    procurement: Mapped[Procurement] = relationship(lazy="raise", overlaps="parties")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        UniqueConstraint("procurement_id", "organisation_id"),
        CheckConstraint("weight >= 0", name="weight_is_a_weight"),
        CheckConstraint("role IN ('lead', 'participant')", name="role_is_known"),
    )

    @property
    def takes_part(self) -> bool:
        return self.state in TAKING_PART


class Approval(Base):
    """One turn of a local approval: asked, approved or refused. Only added to: the last turn of a kind counts.

    `basis` are the terms that were approved, laid out as rules.joint.Terms, and `again_when` what makes it lapse:
    whether it still holds is computed from both. `needs` is the permission that gives it. `amount_pence` is what was
    approved, with VAT. `note` is for the party's own people alone.
    """

    __tablename__ = "approval"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(40))
    turn: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    needs: Mapped[str] = mapped_column(String(40))
    again_when: Mapped[list[str]] = mapped_column(JSON, default=list)
    amount_pence: Mapped[int | None] = mapped_column(BigInteger)
    basis: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    composition: Mapped[int]
    document_digest: Mapped[str] = mapped_column(String(64), default="")
    document_name: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    valid_until: Mapped[date | None] = mapped_column(Date)
    role: Mapped[str] = mapped_column(String(40), default="")
    deputy_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[by_id])
    deputy_for: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[deputy_for_id])

    __table_args__ = (UniqueConstraint("party_id", "kind", "turn"),)


class Readiness(Base):
    """One thing that has to be ready at one site before it starts there, with its owner and its day."""

    __tablename__ = "readiness"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    item: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[owner_id])
    done_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[done_by_id])

    __table_args__ = (
        UniqueConstraint("party_id", "item"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),
    )


class PartyNote(Base):
    """Something that one party's people say to each other about the procurement: nobody else reads it."""

    __tablename__ = "party_note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("ix_party_note_party_id_id", "party_id", "id"),)
