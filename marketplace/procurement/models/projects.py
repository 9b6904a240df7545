"""Projects, what is asked of products in them, what was searched, who was considered, and what people said."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.models import Product
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Moment


class Project(Base):
    """A purchase in the making of one organisation: what is needed, how much of it, and for how long.

    `volumes` counts by unit for one year: {"users": 400, "uses": 90000, "sites": 3}. `ground` is the condition of a
    direct award that the decision relies on; `chosen` the references of the products decided for.
    """

    __tablename__ = "project"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    need: Mapped[str] = mapped_column(Text)
    volumes: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    term_years: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[str] = mapped_column(String(40), default="")
    chosen: Mapped[list[str]] = mapped_column(JSON, default=list)
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (CheckConstraint("term_years BETWEEN 1 AND 15", name="term_is_a_term"),)


class Colleague(Base):
    """A person named on a project, acting for one organisation: `access` is read or write. Never deleted."""

    __tablename__ = "colleague"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    access: Mapped[str] = mapped_column(String(5))
    since: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("project_id", "person_id", "organisation_id"),
        CheckConstraint("access IN ('read', 'write')", name="access_is_known"),
    )


class Requirement(Base):
    """One thing asked of a product: a declared question with the answers wanted, or words for people to judge."""

    __tablename__ = "requirement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    wording: Mapped[str] = mapped_column(String(300))
    weight: Mapped[str] = mapped_column(String(6))
    question_id: Mapped[str | None] = mapped_column(String(60))
    test: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[list[str]] = mapped_column(JSON, default=list)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_reason: Mapped[str] = mapped_column(Text, default="")


class Judgement(Base):
    """What a person said of a product's fit, of one edition of its description. Only added to: the last one counts."""

    __tablename__ = "judgement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"))
    candidate_id: Mapped[UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    edition: Mapped[int]
    fit: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise")


class Step(Base):
    """A search made in a project, counted from 1. `chosen` is {facet: [values]}; `notice` what the engine said.

    `with_stale` also finds what nobody touched for 36 months.
    """

    __tablename__ = "step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    words: Mapped[str] = mapped_column(String(400))
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    sort: Mapped[str] = mapped_column(String(20))
    with_stale: Mapped[bool] = mapped_column(default=False)
    found: Mapped[int]
    notice: Mapped[str] = mapped_column(Text, default="")
    engine: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    locked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    locked_at: Mapped[datetime | None] = mapped_column(Moment)

    by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[by_id])
    results: Mapped[list["LockedResult"]] = relationship(lazy="raise", order_by="LockedResult.position")

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked_with_a_date"),
    )


class LockedResult(Base):
    """A product as a locked search found it: its edition, state and prices then, whatever became of it since."""

    __tablename__ = "locked_result"

    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    ref: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    supplier: Mapped[str] = mapped_column(String(200))
    standing: Mapped[dict[str, Any]] = mapped_column(JSON)


class Candidate(Base):
    """A product considered in a project. `known` is its standing as last told to people; `turns` counts decisions."""

    __tablename__ = "candidate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    step_id: Mapped[UUID | None] = mapped_column(ForeignKey("step.id"))
    known: Mapped[dict[str, Any]] = mapped_column(JSON)
    turns: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship(lazy="raise")
    decisions: Mapped[list["Decision"]] = relationship(lazy="raise", order_by="Decision.turn")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (UniqueConstraint("project_id", "product_id"),)


class Decision(Base):
    """What somebody decided about a candidate, with its standing then. Only added to: the last turn counts."""

    __tablename__ = "decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    candidate_id: Mapped[UUID] = mapped_column(ForeignKey("candidate.id"))
    turn: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(8))
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    standing: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    candidate: Mapped[Candidate] = relationship(lazy="raise", overlaps="decisions")
    by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("candidate_id", "turn"),)


class Comment(Base):
    """Something said about a project or one of its products: for one organisation alone, or for all who see it."""

    __tablename__ = "comment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    is_private: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    assigned_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    assigned_to: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[assigned_to_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    product: Mapped[Product | None] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),)


class SavedSearch(Base):
    """A search whose owner is told when it finds something new. `seen` are references already told or known."""

    __tablename__ = "saved_search"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(String(400))
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    with_stale: Mapped[bool] = mapped_column(default=False)
    seen: Mapped[list[str]] = mapped_column(JSON, default=list)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    checked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_saved_search_person_id_id", "person_id", "id"),
        Index("ix_saved_search_due_at", "due_at"),
    )


class Follow(Base):
    """A person who wants to hear of a product, or of all that a supplier offers."""

    __tablename__ = "follow"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product.id"), index=True)
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    product: Mapped[Product | None] = relationship(lazy="raise")
    supplier: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[supplier_id])

    __table_args__ = (
        UniqueConstraint("person_id", "product_id"),
        UniqueConstraint("person_id", "supplier_id"),
        CheckConstraint("(product_id IS NULL) != (supplier_id IS NULL)", name="follows_one_thing"),
    )
