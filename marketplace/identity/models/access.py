"""How people and programs get in: sessions, mailed links, tokens, and what was tried."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class SignIn(Base):
    """A session on the server. The cookie holds a random token; here stands its hash alone.

    `confirmed_at`: when its owner proved again who they are. `second_factor`: what they proved it with besides a
    password (code, recovery, passkey, elsewhere); empty where nothing was asked.
    """

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    csrf_secret: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    network: Mapped[str] = mapped_column(String(45), default="")
    authenticated_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    second_factor: Mapped[str] = mapped_column(String(20), default="", server_default="")
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class OneTimeLink(Base):
    """A mailed link that works once, for an hour: to sign up, reset a password or confirm an address.

    A row is written for whatever address was typed, so that asking tells nothing; only the mail knows more.
    `former_email` is what the address was before it was changed, for as long as the row is kept. `language` is the one
    in which it was asked for, where nobody has an account yet.
    """

    __tablename__ = "one_time_link"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), default="")
    former_email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2), default="en", server_default="en")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Token(Base):
    """A key for programs: of a person acting for an organisation, with scopes, shown once."""

    __tablename__ = "token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Attempts(Base):
    """How often something was tried in a window: sign-ins per account, per address, everywhere."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
