"""What a new version brings with it: how a change is classed, what is confirmed again, what a case leans on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.cases import Case
from marketplace.kit.db import Base, Moment


class Classing(Base):
    """A supplier says after publication how a version differs from the one before it. The latest counts.

    `kinds` are kinds of change of frameworks/reuse/changes.yaml that no class and no answer shows.
    """

    __tablename__ = "assurance_classing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"), index=True)
    change: Mapped[str] = mapped_column(String(12))
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Confirmation(Base):
    """A supplier says that an answer, as its digest `seen` has it, is true of a version too."""

    __tablename__ = "assurance_confirmation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    seen: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_assurance_confirmation_version_id_id", "version_id", "id"),)


class Basis(Base):
    """The earlier case that a case goes on from: of an earlier version, or the one that was appealed against.

    `changes` are the ids of the kinds of change that were declared; `reopened` is {code: why it is looked at again}.
    What is not reopened is carried forward with what was found of it.
    """

    __tablename__ = "assurance_basis"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"), primary_key=True)
    earlier_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"))
    kind: Mapped[str] = mapped_column(String(8))
    changes: Mapped[list[str]] = mapped_column(JSON, default=list)
    reopened: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    appeal_id: Mapped[UUID | None] = mapped_column(ForeignKey("assurance_appeal.id"))

    earlier: Mapped[Case] = relationship(lazy="raise", foreign_keys=[earlier_id])

    __table_args__ = (CheckConstraint("kind IN ('version', 'appeal')", name="kind_known"),)


class Carried(Base):
    """A finding that was carried forward from an earlier case, on an answer that is the same to the digest."""

    __tablename__ = "assurance_carried"

    finding_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_finding.id"), primary_key=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_finding.id"))
