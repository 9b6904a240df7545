"""Appeals against what a body decided, heard by somebody who had no part in it, with an outcome that all may read."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.cases import Case
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Appeal(Base):
    """An appeal of a supplier. `against` is decision, suspension or withdrawal; `codes` are the criteria contested.

    `state` is its place in states.APPEAL. The hearing body may be another than the one that decided.
    """

    __tablename__ = "assurance_appeal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"), index=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    against: Mapped[str] = mapped_column(String(12))
    grounds: Mapped[str] = mapped_column(Text)
    codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(12))
    assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime | None] = mapped_column(Moment)
    filed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date] = mapped_column(Date)
    reasons: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship(lazy="raise")
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    body: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[body_id])
    assessor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[assessor_id])

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index(
            "ix_assurance_appeal_one_open", "case_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(ended_at IS NULL) = (reasons = '')", name="ended_for_reasons"),
    )  # fmt: skip
