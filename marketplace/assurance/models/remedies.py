"""What is still to be put right: each item with its owner, its day, its evidence, and an assessor who closes it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.cases import Case
from marketplace.identity.models import Person
from marketplace.kit.db import Base, Moment


class Remedy(Base):
    """An item of the remediation plan of a case: a condition of its certificate, or what was not met.

    `state` is its place in states.REMEDY. `due_on` is the assessor's day, `planned_on` the supplier's own.
    """

    __tablename__ = "assurance_remedy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    severity: Mapped[str] = mapped_column(String(12), default="")
    words: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    planned_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (UniqueConstraint("case_id", "code"),)


class RemedyStep(Base):
    """What was said and shown about an item: planned, offered with documents, returned, closed. Only added to."""

    __tablename__ = "assurance_remedy_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    remedy_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_remedy.id"))
    move: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text, default="")
    documents: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_assurance_remedy_step_remedy_id_id", "remedy_id", "id"),)
