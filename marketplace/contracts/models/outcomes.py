"""What was measured under a contract, what it came to, who accepted it, and the ledger of what is due."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Exact, Moment


class Measure(Base):
    """A measure of a contract by its `key` in the binding text, with what was found before it went live.

    What the measure is stands in the text alone. `baseline` and `baseline_n` are pooled over the parties when they
    are locked, and `baseline_digest` covers the measurements that they were pooled from.
    """

    __tablename__ = "measure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(60))
    baseline: Mapped[Decimal | None] = mapped_column(Exact)
    baseline_n: Mapped[int | None]
    baseline_digest: Mapped[str] = mapped_column(String(64), default="")
    baseline_locked_at: Mapped[datetime | None] = mapped_column(Moment)
    baseline_locked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        UniqueConstraint("contract_id", "key"),
        CheckConstraint("(baseline IS NULL) = (baseline_locked_at IS NULL)", name="baseline_is_locked"),
    )


class Measurement(Base):
    """What one organisation found of one measure in one period. Only added to: the last turn counts.

    `period` is a month such as 2026-05, and empty where `kind` is baseline. A `value` of None states that there is
    none, and `reason` why. `count` is how many the value was taken from. `source_digest` is of the file it came in.
    """

    __tablename__ = "measurement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measure.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(7), default="")
    turn: Mapped[int] = mapped_column(default=1)
    value: Mapped[Decimal | None] = mapped_column(Exact)
    count: Mapped[int] = mapped_column(default=0)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("measurement.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    source_name: Mapped[str] = mapped_column(String(200), default="")
    source_digest: Mapped[str] = mapped_column(String(64), default="")
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    added_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("measure_id", "organisation_id", "period", "turn"),
        Index("ix_measurement_contract_id_period", "contract_id", "period"),
        CheckConstraint("kind IN ('baseline', 'period')", name="kind_is_known"),
        CheckConstraint("(kind = 'baseline') = (period = '')", name="a_period_has_a_month"),
        CheckConstraint("(turn = 1) = (replaces_id IS NULL)", name="a_correction_names_what_it_replaces"),
        CheckConstraint("count >= 0", name="count_is_a_count"),
    )


class Settlement(Base):
    """What the outcome of one period came to, for all parties together, before VAT. Never changed: the last counts.

    `basis` holds everything needed to compute it again. `number` is 1, and one more each time that late or corrected
    data change it; the one before is then replaced.
    """

    __tablename__ = "settlement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    period: Mapped[str] = mapped_column(String(7))
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    base_pence: Mapped[int] = mapped_column(BigInteger)
    at_risk_pence: Mapped[int] = mapped_column(BigInteger)
    total_pence: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    computed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    computed_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    shares: Mapped[list["Share"]] = relationship(lazy="raise", order_by="Share.position")

    __table_args__ = (
        UniqueConstraint("contract_id", "period", "number"),
        CheckConstraint("total_pence = base_pence + at_risk_pence", name="total_adds_up"),
        CheckConstraint("base_pence >= 0 AND at_risk_pence >= 0", name="nothing_is_below_zero"),
        CheckConstraint("state IN ('computed', 'closed', 'replaced')", name="state_is_known"),
    )


class Share(Base):
    """One organisation's part of a settlement, and what it said of it: nothing yet, accepted or disputed.

    `parts` are the pence at risk that each measure earned: {"time-per-note": 41200}; they add up to `at_risk_pence`.
    `part` is its share of the whole, such as 2/3. `disputed` are keys of measures. `is_carried` where the verdict was
    given on an earlier number of the same period.
    """

    __tablename__ = "settlement_share"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int]
    part: Mapped[str] = mapped_column(String(60), default="")
    base_pence: Mapped[int] = mapped_column(BigInteger)
    at_risk_pence: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    verdict: Mapped[str] = mapped_column(String(8), default="")
    disputed: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_carried: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime | None] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("settlement_id", "organisation_id"),
        CheckConstraint("(verdict = '') = (at IS NULL)", name="verdict_with_a_date"),
        CheckConstraint("verdict IN ('', 'accepted', 'disputed')", name="verdict_is_known"),
    )


class Dispute(Base):
    """What an organisation disputes of a settlement, why, and how it was resolved: withdrawn, or a value agreed."""

    __tablename__ = "dispute"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    period: Mapped[str] = mapped_column(String(7))
    measures: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    outcome_reason: Mapped[str] = mapped_column(Text, default="")
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("(outcome = '') = (resolved_at IS NULL)", name="resolved_with_a_date"),)


class Due(Base):
    """A line of the ledger: what one organisation owes for one period, before VAT; below zero where it goes back.

    Append-only. `kind` is settlement for the first line, release for what was held or disputed and no longer is, and
    correction for what late or corrected data changed. `number` counts the lines of one organisation and period, so
    that no line stands twice. The lines of a period add up to what is due for it now.
    """

    __tablename__ = "due"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement.id"))
    period: Mapped[str] = mapped_column(String(7))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    base_pence: Mapped[int] = mapped_column(BigInteger)
    at_risk_pence: Mapped[int] = mapped_column(BigInteger)
    net_pence: Mapped[int] = mapped_column(BigInteger)
    working: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("contract_id", "period", "organisation_id", "number"),
        CheckConstraint("net_pence = base_pence + at_risk_pence", name="net_adds_up"),
        CheckConstraint("kind IN ('settlement', 'release', 'correction')", name="kind_is_known"),
    )


class Harm(Base):
    """A harm, or a near miss, that may come from the product: while one is open, nothing at risk is paid."""

    __tablename__ = "harm"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    severity: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_reason: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("(closed_at IS NULL) = (closed_reason = '')", name="closed_with_a_reason"),)


class Hold(Base):
    """Why the part at risk of a contract waits: a certificate that is not in force, or an open harm; since when."""

    __tablename__ = "hold"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    harm_id: Mapped[UUID | None] = mapped_column(ForeignKey("harm.id"))
    words: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_words: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("kind IN ('certificate', 'harm')", name="kind_is_known"),
        CheckConstraint("(kind = 'harm') = (harm_id IS NOT NULL)", name="a_harm_is_named"),
        Index(
            "uq_hold_open_contract_id_harm_id", "contract_id", "kind", "harm_id", unique=True,
            sqlite_where=ended_at.is_(None), postgresql_where=ended_at.is_(None),
        ),
    )  # fmt: skip


class PilotDecision(Base):
    """What became of a pilot: scale, extend or stop, why, and the study that its result became. Only added to."""

    __tablename__ = "pilot_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(6))
    reasons: Mapped[str] = mapped_column(Text)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    study_id: Mapped[UUID | None]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("verdict IN ('scale', 'extend', 'stop')", name="verdict_is_known"),
    )
