"""Incidents of a product, and the notices that reach every organisation that holds it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.assurance.models.safety import Deployment, Hazard
from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Incident(Base):
    """Something that went wrong, or nearly did, with a product. Told without naming a patient.

    `severity` is what the reporter said, `judged` what the supplier found; the latter counts once it is there.
    `numbers` are references of other systems by their id: {"lfpse": "..."}. `late` are the limits that ran out and were
    told of.
    """

    __tablename__ = "incident"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    deployment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deployment.id"))
    hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazard.id"))
    state: Mapped[str] = mapped_column(String(10), index=True)
    severity: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text, default="")
    happened_on: Mapped[date] = mapped_column(Date)
    reported_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime] = mapped_column(Moment)
    judged: Mapped[str] = mapped_column(String(20), default="")
    is_device: Mapped[bool] = mapped_column(default=False)
    assessment: Mapped[str] = mapped_column(Text, default="")
    triaged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    triaged_at: Mapped[datetime | None] = mapped_column(Moment)
    made_safe: Mapped[str] = mapped_column(Text, default="")
    made_safe_at: Mapped[datetime | None] = mapped_column(Moment)
    cause: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    numbers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    late: Mapped[list[str]] = mapped_column(JSON, default=list)
    row_version: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship(lazy="raise")
    version: Mapped[Version | None] = relationship(lazy="raise")
    supplier: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[supplier_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    deployment: Mapped[Deployment | None] = relationship(lazy="raise")
    hazard: Mapped[Hazard | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}


class IncidentNote(Base):
    """A line of the journal of an incident. Only added to."""

    __tablename__ = "incident_note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (Index("ix_incident_note_incident_id_id", "incident_id", "id"),)


class SafetyNotice(Base):
    """What a supplier tells every organisation that holds its product: a danger, or a change to come.

    `kind` is safety or change. `affects` are the numbers of the versions that it is about; empty for all. A change
    names its kind, and `lapses` are the criteria that it reopens: [{"framework", "code", "label"}].
    """

    __tablename__ = "safety_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"))
    state: Mapped[str] = mapped_column(String(10))
    urgency: Mapped[str] = mapped_column(String(12), default="")
    change: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(150))
    what: Mapped[str] = mapped_column(Text)
    risk: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(Text, default="")
    affects: Mapped[list[str]] = mapped_column(JSON, default=list)
    lapses: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    new_version: Mapped[str] = mapped_column(String(40), default="")
    takes_effect_on: Mapped[date | None] = mapped_column(Date)
    acknowledge_by: Mapped[date | None] = mapped_column(Date)
    act_by: Mapped[date | None] = mapped_column(Date)
    written_at: Mapped[datetime] = mapped_column(Moment)
    issued_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_words: Mapped[str] = mapped_column(Text, default="")
    row_version: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship(lazy="raise")
    supplier: Mapped[Organisation] = relationship(lazy="raise")
    incident: Mapped[Incident | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        CheckConstraint("kind IN ('safety', 'change')", name="kind_is_known"),
        CheckConstraint("state = 'draft' OR state = 'discarded' OR issued_at IS NOT NULL", name="issued_at_a_moment"),
    )


class Receipt(Base):
    """One organisation that a notice reached: why it was sent there, what it answered, and how often it was reminded.

    `grounds` say in words by what it holds the product. `answer` is an id of frameworks/safety/clocks.yaml.
    """

    __tablename__ = "notice_receipt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("safety_notice.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    grounds: Mapped[list[str]] = mapped_column(JSON, default=list)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    acknowledged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(String(16), default="")
    answer_words: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    chased: Mapped[int] = mapped_column(default=0)
    chased_on: Mapped[date | None] = mapped_column(Date)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    acknowledged_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[acknowledged_by_id])
    notice: Mapped[SafetyNotice] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        UniqueConstraint("notice_id", "organisation_id"),
        CheckConstraint("answer = '' OR acknowledged_at IS NOT NULL", name="acknowledged_before_it_is_answered"),
    )
