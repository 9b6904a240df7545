"""What the public register leaves out of a contract, why, and until when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class Redaction(Base):
    """A part of a contract that the register does not show until a day, and the reason. Never deleted.

    `part` is one of PARTS in transparency.rules. `lifted_at` is when it was given up before its day.
    """

    __tablename__ = "redaction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    part: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date] = mapped_column(Date)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)
