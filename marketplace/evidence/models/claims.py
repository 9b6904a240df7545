"""What a supplier claims of a product, and which results speak for and against it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.evidence.models.studies import Result, Study
from marketplace.identity.models import Organisation, Person
from marketplace.kit.db import Base, Exact, Moment


class Claim(Base):
    """One sentence about a product, told so that a number can support or contradict it.

    `product_id` names a product of the floor above. `measure`, `unit`, `effect` and `better` are as of models.Result
    and say which results it is held against; `direction` says where the product takes the measure, `size` by how much
    at least, in the unit (a ratio for ratios). `setting` is of taxonomy/care-settings.yaml, `population` of
    taxonomy/patient-groups.yaml, either empty for any; `role` is what the measure tells about.
    """

    __tablename__ = "evidence_claim"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    product_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    words: Mapped[str] = mapped_column(String(300))
    measure: Mapped[str] = mapped_column(String(120))
    measure_id: Mapped[str] = mapped_column(String(60), default="")
    unit: Mapped[str] = mapped_column(String(40), default="")
    effect: Mapped[str] = mapped_column(String(10))
    better: Mapped[str] = mapped_column(String(6))
    direction: Mapped[str] = mapped_column(String(10))
    size: Mapped[Decimal | None] = mapped_column(Exact)
    setting: Mapped[str] = mapped_column(String(40), default="")
    population: Mapped[str] = mapped_column(String(40), default="")
    in_whom: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(String(20), default="effectiveness")
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    touched_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    links: Mapped[list["ClaimResult"]] = relationship(lazy="raise", order_by="ClaimResult.id")
    reopenings: Mapped[list["Reopening"]] = relationship(lazy="raise", order_by="Reopening.id")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        Index("ix_evidence_claim_on_show", "product_id", "state"),
        CheckConstraint("direction IN ('higher', 'lower', 'unchanged')", name="direction_is_known"),
        CheckConstraint("better IN ('higher', 'lower')", name="better_is_known"),
        CheckConstraint("state IN ('draft', 'discarded') OR published_at IS NOT NULL", name="published_with_a_date"),
    )


class ClaimResult(Base):
    """What somebody says a result does for a claim: supports it, contradicts it, or neither; and why.

    Results of the same measure count without anybody naming them; a row here names one more, or says otherwise than
    its numbers. `organisation_id` is whom they spoke for.
    """

    __tablename__ = "claim_result"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_claim.id"))
    result_id: Mapped[UUID] = mapped_column(ForeignKey("result.id", ondelete="CASCADE"), index=True)
    stance: Mapped[str] = mapped_column(String(11))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))

    result: Mapped[Result] = relationship(lazy="raise")
    by: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("claim_id", "result_id"),
        CheckConstraint("stance IN ('supports', 'contradicts', 'neutral')", name="stance_is_known"),
    )


class Reopening(Base):
    """A claim has to be looked at again, because a study that it leans on was retracted or corrected.

    Open until its owner says what they made of it.
    """

    __tablename__ = "reopening"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_claim.id"), index=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    because: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    settled_words: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    study: Mapped[Study] = relationship(lazy="raise")
