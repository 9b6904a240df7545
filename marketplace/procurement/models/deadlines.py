"""The days by which something of a project has to be done, as its buyers set them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import Person
from marketplace.kit.db import Base, Moment
from marketplace.procurement.models.projects import Project


class Deadline(Base):
    """Something of a project that is due on a day, or at the moment `due_at`, whose day in London is `due_on`.

    `owner_id` is who sees to it, where one person does. Never deleted: one that was removed says why.
    """

    __tablename__ = "project_deadline"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    label: Mapped[str] = mapped_column(String(160))
    note: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date] = mapped_column(Date)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    set_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_reason: Mapped[str] = mapped_column(Text, default="")

    project: Mapped[Project] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[owner_id])
    done_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[done_by_id])

    __table_args__ = (
        Index("ix_project_deadline_project_id_due_on", "project_id", "due_on"),
        CheckConstraint("(removed_at IS NULL) = (removed_reason = '')", name="removed_for_a_reason"),
        CheckConstraint("done_at IS NULL OR removed_at IS NULL", name="done_or_removed"),
    )

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.removed_at is None
