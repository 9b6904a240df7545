"""What a supplier claims of a product, and which results speak for and against it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class StudyCheck(Base):
    """Somebody looked a DOI or a registration up and says what they saw. Append-only: the latest of a kind counts."""

    __tablename__ = "study_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    what: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    looked_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("what IN ('doi', 'registration')", name="what_is_known"),
        CheckConstraint("outcome IN ('found', 'differs', 'not-found')", name="outcome_is_known"),
    )


class Appraisal(Base):
    """One person's reading of a study by one tool of frameworks/evidence: a reporting checklist or a risk of bias.

    `judgements` has for each item or domain {"answer": ..., "reason": ...}; `by_result` the same for the domains that
    are judged otherwise for one result, by its id. `overall` is empty for checklists, which give no score. The other
    appraiser sees it once both are given.
    """

    __tablename__ = "appraisal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    tool: Mapped[str] = mapped_column(String(40))
    tool_version: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    about: Mapped[str] = mapped_column(String(120), default="")
    judgements: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    by_result: Mapped[dict[str, dict[str, dict[str, str]]]] = mapped_column(JSON, default=dict, server_default="{}")
    overall: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[datetime] = mapped_column(Moment)
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    by: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (UniqueConstraint("study_id", "tool", "by_id"),)


class Consensus(Base):
    """What two appraisers of a study agree on, with what each had said before kept beside it.

    It holds from `agreed_at`, when the other of the two said yes; where both had said the same, from the start.
    """

    __tablename__ = "consensus"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    tool: Mapped[str] = mapped_column(String(40))
    tool_version: Mapped[int]
    judgements: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    by_result: Mapped[dict[str, dict[str, dict[str, str]]]] = mapped_column(JSON, default=dict, server_default="{}")
    overall: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (UniqueConstraint("study_id", "tool"),)


class Certainty(Base):
    """How certain the body of results behind a claim is, by GRADE, as somebody judged it. Append-only: the last counts.

    `start` is "randomised", "not-randomised" or "not-randomised-robins". `judgements` has for each domain
    {"steps": -2 to 2, "reason": ...}; `level` 1 to 4 is worked out from them. `basis` are the studies that were read,
    each {"ref", "digest"}: where one has changed since, or there are others, it has to be judged again.
    """

    __tablename__ = "certainty"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_claim.id"), index=True)
    start: Mapped[str] = mapped_column(String(24))
    judgements: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    level: Mapped[int]
    basis: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 4", name="level_is_one_of_four"),)
