"""What a supplier claims of a product, and which results speak for and against it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Exact, Moment


class Study(Base):
    """A study, evaluation or pilot of one version of a product.

    `product_id` names a product of the floor above. `version_number` is the supplier's word for the version that was
    studied, `edition` its edition on the catalogue where it is known. `design` is of taxonomy/study-designs.yaml,
    `country` of taxonomy/countries.yaml. `contract_ref` is set where the result of a contract made it. `touched_at`
    is when anything of it last changed. `blinding` and `funder_kind` are of rules/effects.py; `protocol` is an address;
    `estimand` has the five parts of ICH E9(R1) in words. `settings` are of taxonomy/care-settings.yaml, `populations`
    of taxonomy/patient-groups.yaml: what `setting` and `population` say in words.
    """

    __tablename__ = "study"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    product_id: Mapped[UUID] = mapped_column(index=True)
    version_number: Mapped[str] = mapped_column(String(30))
    edition: Mapped[int | None]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    design: Mapped[str] = mapped_column(String(40))
    setting: Mapped[str] = mapped_column(Text, default="")
    settings: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    country: Mapped[str] = mapped_column(String(40), default="")
    population: Mapped[str] = mapped_column(Text, default="")
    populations: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    comparator: Mapped[str] = mapped_column(Text, default="")
    participants: Mapped[int | None]
    sites: Mapped[int | None]
    site_names: Mapped[str] = mapped_column(Text, default="", server_default="")
    clusters: Mapped[int | None]
    blinding: Mapped[str] = mapped_column(String(20), default="", server_default="")
    estimand: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    began_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    funder: Mapped[str] = mapped_column(String(200), default="")
    funder_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    supplier_funded: Mapped[bool]
    supplier_run: Mapped[bool]
    conflicts: Mapped[str] = mapped_column(Text, default="")
    registration: Mapped[str] = mapped_column(String(60), default="")
    protocol: Mapped[str] = mapped_column(String(500), default="", server_default="")
    peer_reviewed: Mapped[bool | None]
    doi: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    plain_summary: Mapped[str] = mapped_column(Text, default="")
    document_digest: Mapped[str] = mapped_column(String(64), default="")
    document_name: Mapped[str] = mapped_column(String(200), default="")
    contract_ref: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    touched_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    retracted_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    results: Mapped[list["Result"]] = relationship(
        lazy="raise", order_by="Result.position", cascade="all, delete-orphan"
    )
    corrections: Mapped[list["Correction"]] = relationship(lazy="raise", order_by="Correction.number")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index(
            "ix_study_one_of_a_contract", "contract_ref", unique=True, sqlite_where=text("contract_ref != ''"),
            postgresql_where=text("contract_ref != ''"),
        ),
        CheckConstraint("participants IS NULL OR participants >= 0", name="participants_not_negative"),
        CheckConstraint("sites IS NULL OR sites >= 0", name="sites_not_negative"),
        CheckConstraint("ended_on IS NULL OR began_on IS NULL OR ended_on >= began_on", name="ends_after_start"),
        CheckConstraint("state IN ('draft', 'discarded') OR published_at IS NOT NULL", name="published_with_a_date"),
    )  # fmt: skip


class Result(Base):
    """What a study found for one measure, in all who took part or in one subgroup of them.

    `effect` says what `estimate` is: a difference or a ratio between the groups compared, or a proportion or mean in
    one group. `low` and `high` bound the 95 % interval. `role` is what the measure tells about; `subgroup` is
    "<group>: <words>", such as "sex: women", empty for all. `measure_id` is of the list of measures where it is one of
    them. `standard_error` is of the estimate (of its logarithm for a ratio). `arms` are the groups compared, each with
    `label`, `n` and, where known, `events`, `mean`, `sd` as text.
    """

    __tablename__ = "result"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    position: Mapped[int]
    measure: Mapped[str] = mapped_column(String(120))
    measure_id: Mapped[str] = mapped_column(String(60), default="", server_default="")
    role: Mapped[str] = mapped_column(String(20), default="effectiveness")
    unit: Mapped[str] = mapped_column(String(40), default="")
    better: Mapped[str] = mapped_column(String(6))
    effect: Mapped[str] = mapped_column(String(10))
    estimate: Mapped[Decimal] = mapped_column(Exact)
    low: Mapped[Decimal | None] = mapped_column(Exact)
    high: Mapped[Decimal | None] = mapped_column(Exact)
    standard_error: Mapped[Decimal | None] = mapped_column(Exact)
    arms: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    participants: Mapped[int | None]
    at_time: Mapped[str] = mapped_column(String(80), default="")
    subgroup: Mapped[str] = mapped_column(String(120), default="")
    interpretation: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("study_id", "position"),
        CheckConstraint("better IN ('higher', 'lower')", name="better_is_known"),
        CheckConstraint("(low IS NULL) = (high IS NULL)", name="interval_has_two_ends"),
        CheckConstraint("participants IS NULL OR participants >= 0", name="participants_not_negative"),
    )


class Correction(Base):
    """A change of a published study, counted from 1. `before` is every field and result as they were. Append-only."""

    __tablename__ = "correction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    changed: Mapped[list[str]] = mapped_column(JSON)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("study_id", "number"),)
