"""How assessors are watched over: blind samples of what they decided, their notes, and what registers said."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.cases import Case
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Sample(Base):
    """A decided case that was drawn to be assessed a second time, by somebody who does not see the first.

    `judgements` is {code: judgement}, complete once `given_at` is set; nothing of it changes the decision.
    """

    __tablename__ = "assurance_sample"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"), unique=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    judgements: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (CheckConstraint("given_at IS NULL OR assessor_id IS NOT NULL", name="given_by_somebody"),)


class Note(Base):
    """What an assessor keeps for themselves and their colleagues about a criterion of a case. Only added to."""

    __tablename__ = "assurance_note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"))
    code: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_assurance_note_case_id_id", "case_id", "id"),)


class RegisterCheck(Base):
    """What a register said of a supplier or a product on a day, as somebody looked it up there. The latest counts.

    `register_id` is one of frameworks/reuse/registers.yaml; `result` is confirmed, differs or not-found.
    """

    __tablename__ = "assurance_register_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product.id"))
    register_id: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80), default="")
    result: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text, default="")
    valid_until: Mapped[date | None] = mapped_column(Date)
    checked_on: Mapped[date] = mapped_column(Date)
    body_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    body: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[body_id])

    __table_args__ = (Index("ix_assurance_register_check_supplier_id_id", "supplier_id", "id"),)
