"""How people prove who they are besides a password: one-time codes, passkeys, and other houses that know them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class CodeApp(Base):
    """The secret that a person shares with an app for one-time codes, sealed; and the last step whose code was used."""

    __tablename__ = "code_app"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    sealed: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(Moment)


class RecoveryCode(Base):
    """A code on paper that stands in for a lost device, once. Here stands its fingerprint alone."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Passkey(Base):
    """A key pair on a device of a person's, of which the public half stands here. The id is the authenticator's."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    uses: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class KnownElsewhere(Base):
    """Another house that knows a person, and by which name: issuer and subject together, never an address.

    `is_strong`: the last time, it said that it had asked for a second factor.
    """

    __tablename__ = "known_elsewhere"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(254))
    is_strong: Mapped[bool] = mapped_column(default=False)
    linked_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("person_id", "issuer"))


class HalfSignIn(Base):
    """A sign-in whose first factor was right and whose second is awaited. It opens nothing, and lasts ten minutes."""

    __tablename__ = "half_sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class Spent(Base):
    """What may be shown once and was: a challenge, the state of a journey to another house. Kept until too old."""

    __tablename__ = "spent"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment)
