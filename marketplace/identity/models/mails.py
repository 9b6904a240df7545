"""Every mail that went out: to whom, about what, when, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models.people import Person
from marketplace.kit.db import Base, Moment


class SentMail(Base):
    """One mail to one address. `fingerprint` is what its Message-ID begins with; reports name it by that.

    `kind` is the kind of the notice that it carried, empty for what no notice is: an invitation, a link. `asked_by_id`
    is who caused it, where somebody did. `reason` says why it did not arrive, or was not sent.
    """

    __tablename__ = "sent_mail"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(40), unique=True)
    letter: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    state_at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    asked_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[asked_by_id])

    __table_args__ = (Index("ix_sent_mail_organisation_id_id", "organisation_id", "id"),)
