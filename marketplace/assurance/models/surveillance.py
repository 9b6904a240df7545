"""Visits: when a certificate is looked at again, by whom, what was found, and what that came to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.cases import Case
from marketplace.assurance.models.certificates import Certificate
from marketplace.identity.models import Person
from marketplace.kit.db import Base, Moment


class Visit(Base):
    """One look at what a certificate says, on paper or on site. A certificate has at most one that is still to end.

    `state` is its place in states.VISIT; `way` one of frameworks/reuse/surveillance.yaml; `outcome` one of
    states.VISIT_OUTCOMES once it has ended. `told_at` and `late_told_at` are when its people were told that it is due.
    """

    __tablename__ = "assurance_visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"), index=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    due_on: Mapped[date] = mapped_column(Date)
    planned_on: Mapped[date | None] = mapped_column(Date)
    way: Mapped[str] = mapped_column(String(20), default="")
    assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    late_told_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    certificate: Mapped[Certificate] = relationship(lazy="raise")
    case: Mapped[Case] = relationship(lazy="raise")
    assessor: Mapped[Person | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index("ix_assurance_visit_body_id_state", "body_id", "state"),
        Index(
            "ix_assurance_visit_one_open", "certificate_id", unique=True, sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(state = 'ended') = (outcome != '')", name="ended_with_an_outcome"),
    )  # fmt: skip


class VisitFinding(Base):
    """What a visit found of one criterion. The latest counts; it weighs on the certificate once the visit has ended."""

    __tablename__ = "assurance_visit_finding"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_visit.id"))
    code: Mapped[str] = mapped_column(String(20))
    judgement: Mapped[str] = mapped_column(String(24))
    severity: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_assurance_visit_finding_visit_id_id", "visit_id", "id"),)
