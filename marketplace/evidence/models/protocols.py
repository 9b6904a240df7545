"""Protocols of evaluations, stamped before data come, and what reviewers judged under them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.evidence.models.studies import Study
from marketplace.identity.models import Organisation
from marketplace.kit.db import Base, Moment


class Protocol(Base):
    """The plan of an evaluation of one version of a product, out of a template of frameworks/evidence/protocols.yaml.

    `answers` has a text for each section. Once stamped, nothing of it changes; `digest` covers it as stamped and stands
    on the record. `is_suppliers` says that whoever evaluates offers the product; `supplier_funded` that it pays.
    """

    __tablename__ = "protocol"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    product_id: Mapped[UUID] = mapped_column(index=True)
    version_number: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    template: Mapped[str] = mapped_column(String(40))
    template_version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    supplier_funded: Mapped[bool]
    is_suppliers: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    stamped_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    reviews: Mapped[list["NoteReview"]] = relationship(lazy="raise", order_by="NoteReview.number")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (CheckConstraint("(state = 'stamped') = (stamped_at IS NOT NULL)", name="stamped_with_a_moment"),)


class NoteReview(Base):
    """Judgements of drafted notes, imported under a stamped protocol, with the rates that they come to.

    `judgements` are as rules/review.py reads them and `digest` covers them; `study_id` is set once the rates stand in
    the evidence of the product.
    """

    __tablename__ = "note_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"))
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(200), default="")
    judgements: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    began_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    study_id: Mapped[UUID | None] = mapped_column(ForeignKey("study.id"))

    study: Mapped[Study | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("protocol_id", "number"),)
