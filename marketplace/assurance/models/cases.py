"""Cases: who works on them, what was asked, found and said in them. All but the case itself is only added to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Case(Base):
    """An application for a certificate of one version of a product, under one version of a framework.

    `state` is its place in states.CASE; `outcome` is empty until it is decided. `answers_at` is the moment whose
    answers are assessed: the application, or the last reply to a clarification. What comes later waits for the next.
    """

    __tablename__ = "assurance_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    framework_id: Mapped[str] = mapped_column(String(40))
    framework_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(24), default="")
    scope: Mapped[str] = mapped_column(Text, default="")
    applied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[datetime] = mapped_column(Moment)
    answers_at: Mapped[datetime] = mapped_column(Moment)
    first_assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    second_assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    third_assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    body: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[body_id])
    first_assessor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[first_assessor_id])
    second_assessor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[second_assessor_id])
    third_assessor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[third_assessor_id])

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index("ix_assurance_case_body_id_state", "body_id", "state"),
        Index(
            "ix_assurance_case_one_open", "product_id", "framework_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("first_assessor_id IS NULL OR first_assessor_id != second_assessor_id", name="two_people"),
        CheckConstraint("(state = 'decided') = (outcome != '')", name="decided_with_an_outcome"),
    )  # fmt: skip


class Declaration(Base):
    """What an assessor says of their own interests before the papers of a case open to them."""

    __tablename__ = "assurance_declaration"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    has_conflict: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("ix_assurance_declaration_case_id_id", "case_id", "id"),)


class Clarification(Base):
    """A question of an assessor about one criterion. While one is open the assessor's clock stands still."""

    __tablename__ = "assurance_clarification"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date] = mapped_column(Date)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("(reply = '') = (replied_at IS NULL)", name="replied_with_words"),)


class Finding(Base):
    """What an assessor judged of one criterion, on the answer whose digest is `seen`. The latest counts.

    `judgement` is met, met-with-conditions or not-met. A condition has its words and may have a day. `severity` is
    one of states.SEVERITIES, empty where it is met.
    """

    __tablename__ = "assurance_finding"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"))
    code: Mapped[str] = mapped_column(String(20))
    judgement: Mapped[str] = mapped_column(String(24))
    severity: Mapped[str] = mapped_column(String(12), default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    seen: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_assurance_finding_case_id_id", "case_id", "id"),)


class Opinion(Base):
    """What one assessor says the outcome is, with reasons, over the digest of everything that was seen.

    `stage` is first (a proposal), second (agrees or disagrees) or third (settles a disagreement).
    """

    __tablename__ = "assurance_opinion"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    stage: Mapped[str] = mapped_column(String(6))
    outcome: Mapped[str] = mapped_column(String(24))
    reasons: Mapped[str] = mapped_column(Text)
    seen: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("case_id", "stage"), UniqueConstraint("case_id", "person_id"))
