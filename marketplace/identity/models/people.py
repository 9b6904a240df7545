"""People, organisations, and what ties them together."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kit.db import Base, Moment


class Person(Base):
    """Somebody who can sign in. The address is stored as it is compared: in lower case.

    `mail_failed_at` is when mail to it did not arrive, until its owner confirms it or has another.
    """

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(2), default="en")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    mail_failed_at: Mapped[datetime | None] = mapped_column(Moment)
    mail_failed_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class Organisation(Base):
    """A body that people act for. Codes are unique: an organisation of a register stands here once.

    `joined_to_id` is the one that it joined, on `joined_on`; `predecessors` are the ids of those that joined it.
    """

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    skeleton: Mapped[str] = mapped_column(String(200), index=True)
    ods_code: Mapped[str | None] = mapped_column(String(8), unique=True)
    companies_house_number: Mapped[str | None] = mapped_column(String(8), unique=True)
    ror_id: Mapped[str | None] = mapped_column(String(30), unique=True)
    town: Mapped[str] = mapped_column(String(80), default="")
    nation: Mapped[str] = mapped_column(String(20), default="")
    size: Mapped[str] = mapped_column(String(20), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    email_domains: Mapped[list[str]] = mapped_column(JSON, default=list)
    second_factor_from: Mapped[date | None] = mapped_column(Date)
    joined_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    joined_on: Mapped[date | None] = mapped_column(Date)
    predecessors: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Membership(Base):
    """A person in an organisation: asked to join, active, or ended. Never deleted."""

    __tablename__ = "membership"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(String(500), default="")
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    grants: Mapped[list["Grant"]] = relationship(lazy="raise", order_by="Grant.role")

    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_with_a_date"),
    )


class Grant(Base):
    """A role held in a membership, from whom and until when; with a limit in pence where the role signs or approves."""

    __tablename__ = "grant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    limit_pence: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[date | None] = mapped_column(Date)
    given_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(Moment)
    deputy_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (UniqueConstraint("membership_id", "role"),)


class Invitation(Base):
    """An offer, mailed as a one-time link, to join an organisation with certain roles."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    roles: Mapped[list[str]] = mapped_column(JSON)
    invited_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    def is_open(self, at: datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and at < self.expires_at
