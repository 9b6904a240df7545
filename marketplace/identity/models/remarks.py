"""What people say about things, to their own organisation or to others, and what they ask of one another."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models.people import Organisation, Person
from marketplace.kit.db import Base, Moment


class Remark(Base):
    """A comment on a thing of any room. `kind` and `about_id` name the thing, `title` and `path` are those of that day.

    `reach` is private, shared or everybody; shared it is for the organisation `with_id` besides one's own. Words are
    never changed. One that asks somebody for something is done once, by `due_on` where a day is given.
    """

    __tablename__ = "remark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[UUID]
    ref: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    reach: Mapped[str] = mapped_column(String(10))
    with_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    assigned_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    shared_with: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[with_id])
    assigned_to: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[assigned_to_id])

    __table_args__ = (
        Index("ix_remark_kind_about_id_id", "kind", "about_id", "id"),
        Index(
            "ix_remark_asked", "assigned_to_id", sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        CheckConstraint("reach IN ('private', 'shared', 'everybody')", name="reach_is_known"),
        CheckConstraint("(reach = 'shared') = (with_id IS NOT NULL)", name="shared_with_somebody"),
        CheckConstraint("done_at IS NULL OR assigned_to_id IS NOT NULL", name="done_what_was_asked"),
    )  # fmt: skip
