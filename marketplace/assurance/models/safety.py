"""Clinical safety: where a product is used, the hazards of it, and the safety case reports given out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Deployment(Base):
    """One organisation's use of a product, on one version at a time. At most one for each product is not ended.

    `procurement_id` is the purchase that it came from, where it came from one. `record` are the organisation's own
    fields of its transparency record, by their code.
    """

    __tablename__ = "deployment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    procurement_id: Mapped[UUID | None]
    record: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    planned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    planned_at: Mapped[datetime] = mapped_column(Moment)
    live_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str] = mapped_column(Text, default="")
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index(
            "ix_deployment_one_open", "organisation_id", "product_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at_a_moment"),
    )  # fmt: skip


class Hazard(Base):
    """A line of a hazard log: the manufacturer's of its product, or that of a deployment.

    Severities and likelihoods are ids of frameworks/safety/matrix.yaml, empty until somebody rated them; what they come
    to is looked up and never kept. `added` are the added controls by their kind. `handed_over` is what the deploying
    organisation has to do. `origin_id` is the manufacturer's hazard that a deployment took over, and `disposition` what
    was decided of it there.
    """

    __tablename__ = "hazard"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    deployment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deployment.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    causes: Mapped[str] = mapped_column(Text, default="")
    controls: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[str] = mapped_column(String(20), default="")
    likelihood: Mapped[str] = mapped_column(String(20), default="")
    added: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    residual_severity: Mapped[str] = mapped_column(String(20), default="")
    residual_likelihood: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12))
    handed_over: Mapped[str] = mapped_column(Text, default="")
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    disposition: Mapped[str] = mapped_column(String(16), default="")
    disposition_reason: Mapped[str] = mapped_column(Text, default="")
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index("ix_hazard_product_id_number", "product_id", "number"),
        UniqueConstraint("deployment_id", "number"),
        UniqueConstraint("deployment_id", "origin_id"),
        Index(
            "ix_hazard_one_number", "product_id", "number", unique=True,
            sqlite_where=text("deployment_id IS NULL"), postgresql_where=text("deployment_id IS NULL"),
        ),
    )  # fmt: skip


class SafetyCase(Base):
    """A clinical safety case report as it was given out: `document` holds every word of it, and never changes.

    Without `deployment_id` it is the manufacturer's (DCB0129), with it the deploying organisation's (DCB0160).
    """

    __tablename__ = "safety_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    deployment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deployment.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    phase: Mapped[str] = mapped_column(String(20))
    officer: Mapped[str] = mapped_column(String(120))
    registration: Mapped[str] = mapped_column(String(120))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    log_digest: Mapped[str] = mapped_column(String(64))
    issued_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime] = mapped_column(Moment)
    issued_on: Mapped[date] = mapped_column(Date)

    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    deployment: Mapped[Deployment | None] = relationship(lazy="raise")
    issued_by: Mapped[Person | None] = relationship(lazy="raise")
