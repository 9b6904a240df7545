"""Assessor bodies: what each is accredited for and until when, who recognises whom, and whom a buyer trusts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Accreditation(Base):
    """A body may assess under a framework, from a day to a day, both included. It ends earlier with a reason."""

    __tablename__ = "assurance_accreditation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    framework_id: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(60), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    given_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(Moment)
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str] = mapped_column(Text, default="")

    body: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("until >= since", name="ends_after_start"),
        CheckConstraint("(ended_on IS NULL) = (ended_reason = '')", name="ended_for_a_reason"),
    )


class Recognition(Base):
    """An agreement: `body` takes decisions of `of_body` under a framework as its own, until a day."""

    __tablename__ = "assurance_recognition"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    of_body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    framework_id: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    declared_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime] = mapped_column(Moment)
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str] = mapped_column(Text, default="")

    body: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[body_id])
    of_body: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[of_body_id])

    __table_args__ = (
        CheckConstraint("body_id != of_body_id", name="two_bodies"),
        CheckConstraint("until >= since", name="ends_after_start"),
        CheckConstraint("(ended_on IS NULL) = (ended_reason = '')", name="ended_for_a_reason"),
    )


class Competence(Base):
    """An assessor is competent for a framework, as their body keeps it, on grounds that it names."""

    __tablename__ = "assurance_competence"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    framework_id: Mapped[str] = mapped_column(String(40))
    grounds: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None] = mapped_column(Date)
    kept_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])

    __table_args__ = (
        Index(
            "ix_assurance_competence_one_held", "body_id", "person_id", "framework_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip


class Interest(Base):
    """A standing interest of an assessor in a supplier: no case of that supplier goes to them while it lasts."""

    __tablename__ = "assurance_interest"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    supplier: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "ix_assurance_interest_one_lasting", "person_id", "supplier_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip


class TrustPolicy(Base):
    """Whose decisions a buying organisation relies on. Only added to; the latest counts.

    `rule` is any (each accredited body) or named (those of `bodies`, organisation references); `recognised` widens it
    to bodies that a named one recognises. `conditions` is whether certificates with open conditions are relied on.
    """

    __tablename__ = "assurance_trust_policy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    rule: Mapped[str] = mapped_column(String(8))
    bodies: Mapped[list[str]] = mapped_column(JSON, default=list)
    recognised: Mapped[bool]
    conditions: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_assurance_trust_policy_organisation_id_id", "organisation_id", "id"),)
