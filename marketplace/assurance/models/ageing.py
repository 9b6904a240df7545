"""Which dated answers people were told of, once for each step on the way to their end."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class AnswerTurn(Base):
    """A dated answer outside any certificate that runs out soon, or did. `kind` is one of rules.ageing.STEPS."""

    __tablename__ = "answer_turn"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id"))
    kind: Mapped[str] = mapped_column(String(8))
    until: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("answer_id", "kind"),)
