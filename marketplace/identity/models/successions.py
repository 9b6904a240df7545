"""Organisations that joined another or were split, and everything that passed with them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models.people import Organisation, Person
from marketplace.kit.db import Base, Moment


class Succession(Base):
    """What one organisation passes on to another, proposed by an operator and agreed to by a manager of each.

    `kind` is merger (all of it, and the old one joins the other) or split, where `chosen` are keys of the things that
    pass. It is carried out in one step, on `effective_on` or later, and never undone.
    """

    __tablename__ = "succession"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    old_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    new_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    effective_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    chosen: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    old_agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    old_agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    new_agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    new_agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    old: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[old_id])
    new: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[new_id])
    proposed_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[proposed_by_id])
    old_agreed_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[old_agreed_by_id])
    new_agreed_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[new_agreed_by_id])
    done_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[done_by_id])

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        CheckConstraint("old_id <> new_id", name="two_organisations"),
        CheckConstraint("kind IN ('merger', 'split')", name="kind_is_known"),
        CheckConstraint("(old_agreed_by_id IS NULL) = (old_agreed_at IS NULL)", name="old_agreed_by_somebody"),
        CheckConstraint("(new_agreed_by_id IS NULL) = (new_agreed_at IS NULL)", name="new_agreed_by_somebody"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at_a_moment"),
    )


class Passed(Base):
    """One thing that passed in a succession, as it was called then. Never changed, never deleted."""

    __tablename__ = "succession_passed"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    succession_id: Mapped[UUID] = mapped_column(ForeignKey("succession.id"))
    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")

    succession: Mapped[Succession] = relationship(lazy="raise")

    @property
    def key(self) -> str:
        """How a choice names it, as rules.successions.Thing does."""
        return f"{self.kind}:{self.thing_id}"

    __table_args__ = (
        Index("ix_succession_passed_succession_id_id", "succession_id", "id"),
        Index("ix_succession_passed_thing_id", "thing_id"),
    )
