"""Certificates, who relies on them, and the turns of their dated parts that people were told of."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.answers import Answer
from marketplace.assurance.models.cases import Case
from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation
from marketplace.kit.db import Base, Moment


class Certificate(Base):
    """What two assessors agreed on, signed. `until` is what its dated parts came to on the day of issue.

    `document` is the signed credential as it is given out; nothing in it changes when the state does. `status_index` is
    its place in the public lists of what was withdrawn and suspended. `conditions` are
    [{"code", "condition", "due_on"}], `closed` those that an assessor closed since: [{"code", "on"}].
    """

    __tablename__ = "certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("assurance_case.id"), unique=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    framework_id: Mapped[str] = mapped_column(String(40))
    framework_version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(24))
    scope: Mapped[str] = mapped_column(Text)
    conditions: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    closed: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(12))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    state_at: Mapped[datetime] = mapped_column(Moment)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    status_index: Mapped[int | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship(lazy="raise")
    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    body: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[body_id])

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (Index("ix_certificate_status_index", "status_index", unique=True),)


class Renewal(Base):
    """A newer answer to a dated part of a certificate, asked to count in place of the one that was assessed.

    `state` is asked, accepted or refused; accepted it counts from the day on which that was settled.
    """

    __tablename__ = "certificate_renewal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id"))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)

    answer: Mapped[Answer] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "ix_certificate_renewal_one_asked", "certificate_id", "code", unique=True,
            sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip


class Reuse(Base):
    """An organisation's decision to rely on a certificate, or not to, with its reason. The latest counts.

    `ground` is one of frameworks/reuse/grounds.yaml where it does not.
    """

    __tablename__ = "reuse"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[str] = mapped_column(String(40), default="", server_default="")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (Index("ix_reuse_certificate_id_id", "certificate_id", "id"),)


class Turn(Base):
    """A dated part of a certificate that ran out, or is about to: told once. `kind` is one of rules.ageing.STEPS."""

    __tablename__ = "certificate_turn"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"))
    kind: Mapped[str] = mapped_column(String(8))
    until: Mapped[date] = mapped_column(Date)
    cause: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("certificate_id", "kind", "until"),)
