"""What the studies of a measure came to, as it was on each day on which it changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class KeptSynthesis(Base):
    """A synthesis of one measure of a product, counted from 1, kept when it changed. Append-only.

    `key` is the measure as rules/telling.py spells it in addresses. `content` is rules.synthesis.Synthesis in plain
    values, empty once no study of it counts any more; `digest` covers it. `because` says in words what made it change,
    `study_id` names the study behind that.
    """

    __tablename__ = "synthesis"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column()
    key: Mapped[str] = mapped_column(String(80))
    measure: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    sentence: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("study.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("product_id", "key", "number"),
        Index("ix_synthesis_by_day", "product_id", "key", "at"),
    )
