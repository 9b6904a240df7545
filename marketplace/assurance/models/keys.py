"""The keys by which credentials were sealed, from the first one on: old ones stay, so that old credentials hold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.db import Base, Moment


class IssuerKey(Base):
    """One key, by its number. `public` is the 32 bytes in hexadecimal; the private part is never stored.

    Nothing is sealed with it after `expires`, or after `retired_at`; after `revoked_at` nothing that it ever sealed
    counts any more.
    """

    __tablename__ = "issuer_key"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    public: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires: Mapped[datetime] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")

    def seals(self, public: bytes, *, at: datetime) -> bool:
        """Whether something is sealed with it now; `public` is what the house's secret makes of its number."""
        ended = self.retired_at is not None or self.revoked_at is not None
        return not ended and at < self.expires and self.public == public.hex()
