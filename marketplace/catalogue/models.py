"""Products, the editions of their descriptions, prices, documents, reviews, claims and imports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.rules.offers import Offer, Tier
from marketplace.identity.models import Organisation
from marketplace.kit.db import Base, Moment


class Product(Base):
    """A product and its listing: `state` is its place on the catalogue (see states.LISTING).

    `organisation_id` is its supplier, None while an imported product is unclaimed; then `source` says where
    it comes from: {"mapping", "external_ref", "document", "publisher", "date", "licence", "supplier", "url"}.
    `touched_at` is when anybody last published or confirmed it.
    """

    __tablename__ = "product"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    skeleton: Mapped[str] = mapped_column(String(200), index=True)
    state: Mapped[str] = mapped_column(String(12))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    live_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id", use_alter=True))
    source_mapping: Mapped[str | None] = mapped_column(String(60))
    external_ref: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    touched_at: Mapped[datetime] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    supplier: Mapped[Organisation | None] = relationship(lazy="raise")
    live_version: Mapped["Version | None"] = relationship(
        lazy="raise", foreign_keys=[live_version_id], post_update=True
    )
    prices: Mapped[list["Price"]] = relationship(lazy="raise", order_by="Price.position")
    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", order_by="Attachment.added_at")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        UniqueConstraint("source_mapping", "external_ref"),
        Index("ix_product_state_id", "state", "id"),
        CheckConstraint("(state != 'live') OR (live_version_id IS NOT NULL)", name="live_shows_something"),
    )

    @property
    def supplier_name(self) -> str:
        """Who supplies it: the organisation, or the name that the source gives while it is unclaimed."""
        return self.supplier.name if self.supplier else str(self.source.get("supplier", ""))

    @property
    def shown_state(self) -> str:
        """The state as the public sees it: what was withdrawn stays so while it is on its way back."""
        return "withdrawn" if self.live_version_id and self.state in ("draft", "submitted") else self.state


class Version(Base):
    """An edition of a product's description: `number` is the supplier's word for the version, `edition` counts from 1.

    `answers` is {question id: answer}, as declared in frameworks/catalogue/description.yaml. `change` is how
    the supplier classes what is new: first, correction, fix, same-model, new-model.
    """

    __tablename__ = "version"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    edition: Mapped[int]
    number: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    change: Mapped[str] = mapped_column(String(12), default="first")
    state: Mapped[str] = mapped_column(String(12))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    superseded_at: Mapped[datetime | None] = mapped_column(Moment)
    row_version: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship(lazy="raise", foreign_keys=[product_id])

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        UniqueConstraint("product_id", "edition"),
        Index(
            "ix_version_one_open", "product_id", unique=True,
            sqlite_where=text("state IN ('draft', 'submitted')"),
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
    )  # fmt: skip


class Price(Base):
    """One way to pay for a product, in whole pence ex VAT, from a day to a day.

    `model` and `period` are those of rules/offers.py. `tiers` is [{"above": n, "pence": p}, ...] in ascending order;
    where it is empty `pence` holds.
    A declared price is never changed: it is replaced, and what was valid on a day can be read.
    """

    __tablename__ = "price"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    position: Mapped[int]
    model: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(10))
    pence: Mapped[int] = mapped_column(BigInteger)
    tiers: Mapped[list[dict[str, int]]] = mapped_column(JSON, default=list)
    minimum_pence: Mapped[int] = mapped_column(BigInteger, default=0)
    optional: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    declared_at: Mapped[datetime] = mapped_column(Moment)
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)

    def is_over(self, day: date) -> bool:
        """Whether it no longer holds, on that day or ever after."""
        return self.valid_until is not None and self.valid_until < day

    @property
    def offer(self) -> Offer:
        """The price as the rules read it."""
        return Offer(
            model=self.model, label=self.label, unit=self.unit, period=self.period, pence=self.pence,
            tiers=tuple(Tier(tier["above"], tier["pence"]) for tier in self.tiers),
            minimum_pence=self.minimum_pence, optional=self.optional,
        )  # fmt: skip

    __table_args__ = (
        CheckConstraint("pence >= 0", name="not_negative"),
        CheckConstraint("minimum_pence >= 0", name="minimum_not_negative"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="ends_after_start"),
    )


class Attachment(Base):
    """A document of a product: its content stands in the files port under `digest`."""

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    access: Mapped[str] = mapped_column(String(12), default="public")
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class DocumentRequest(Base):
    """An organisation that may read a document, or asks to: asked, granted or refused. The latest counts.

    `asked_by_id` is None where the supplier named the organisation of its own accord. `undertaken` is whether it
    undertook to keep the document confidential, which no public body is asked to.
    """

    __tablename__ = "document_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachment.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text, default="")
    undertaken: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_reason: Mapped[str] = mapped_column(Text, default="")

    attachment: Mapped[Attachment] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("attachment_id", "organisation_id"),)


class DocumentView(Base):
    """Somebody opened a document that is not public: who, for which organisation, when, and by what right."""

    __tablename__ = "document_view"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachment.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    ground: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(Moment)


class Review(Base):
    """What a moderator said of a submitted edition: published, or sent back with reasons by question id."""

    __tablename__ = "review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Claim(Base):
    """A supplier's word that an unclaimed product is theirs, settled by an operator."""

    __tablename__ = "claim"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_reason: Mapped[str] = mapped_column(Text, default="")

    product: Mapped[Product] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "ix_claim_one_asked", "product_id", "organisation_id", unique=True,
            sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip


class Import(Base):
    """A file of products on its way in: what was read, how far it got, what failed.

    `organisation_id` owns what it brings; None for the operator's unclaimed listings. `report_digest` is the
    file of failed rows, in the columns of the original with the reason beside each.
    """

    __tablename__ = "import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    mapping: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    file_digest: Mapped[str] = mapped_column(String(64))
    publish: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int | None]
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    report_digest: Mapped[str | None] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    begun_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportFailure(Base):
    """A record of an import that did not hold: which field, which value, what is wrong, and the record as it was."""

    __tablename__ = "import_failure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("import.id"), index=True)
    number: Mapped[int]
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    cells: Mapped[dict[str, Any]] = mapped_column(JSON)
