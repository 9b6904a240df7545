"""What suppliers answer: each answer once, for one product or for the whole organisation, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class Answer(Base):
    """One answer as it was given: the latest at or before a moment is the one that counts then.

    `product_id` is None for what is asked of the organisation, which then counts for each of its products.
    `version_id` is the edition on show or being written at that time. `value` is None where an answer was taken back.
    `dated` is the day that the question asks for: of a test, a certificate, a registration. `documents` are those
    behind it, as they were: [{"attachment_id", "digest", "name"}].
    """

    __tablename__ = "answer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product.id"))
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON)
    dated: Mapped[date | None] = mapped_column(Date)
    documents: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_answer_product_id_id", "product_id", "id"),
        Index("ix_answer_organisation_id_id", "organisation_id", "id"),
    )
