"""Answers kept under the key of the call that got them: who sends a call again gets the first answer, and nothing
happens twice.

The key is taken and the answer kept in the transaction of the change itself, so that there is never one without the
other, whatever became of the connection after the commit. A form carries no key: of each person the one that they sent
last is kept.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kit.db import Base, Moment, insert_into
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

KEPT = timedelta(days=3)
LONGEST_KEY = 255
NO_KEY = ""
"""What the form that somebody sent last is kept under."""


class KeptAnswer(Base):
    """What a person, acting for an organisation, was answered under a key. `status` is 0 until there is an answer."""

    __tablename__ = "kept_answer"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    body: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_kept_answer_at", "at"),)


def take_key(db: Session, key: str, *, organisation_id: UUID, person_id: UUID, asked: str, at: datetime) -> KeptAnswer:
    """The row of a key: with the first answer, or with status 0 where this is the first call under it.

    `asked` is a digest of all that was sent. Of two calls at once the second waits for the first. Raises Invalid for a
    key that cannot be one, and for one that was used for something else.
    """
    _check(key)
    mine = (organisation_id, person_id, key)
    own = (KeptAnswer.organisation_id == mine[0], KeptAnswer.person_id == mine[1], KeptAnswer.key == key)
    db.execute(delete(KeptAnswer).where(*own, KeptAnswer.at < at - KEPT))
    facts = {"organisation_id": organisation_id, "person_id": person_id, "key": key, "asked": asked, "at": at}
    kept = insert_into(db, KeptAnswer).values(**facts, status=0, headers={}, body="")
    db.execute(kept.on_conflict_do_nothing())
    row = db.get_one(KeptAnswer, mine, populate_existing=True)
    if row.asked != asked:
        raise Invalid(f"the key {quote(key)} was used for something else", "Make a new key for each new call.")
    return row


def take_last(db: Session, *, organisation_id: UUID, person_id: UUID, at: datetime) -> KeptAnswer:
    """The form that somebody sent last, with what it was answered; with status 0 where none is known.

    Of two forms at once the second waits for the first.
    """
    mine = {"organisation_id": organisation_id, "person_id": person_id, "key": NO_KEY}
    none = insert_into(db, KeptAnswer).values(**mine, asked="", at=at, status=0, headers={}, body="")
    db.execute(none.on_conflict_do_nothing())
    return db.get_one(KeptAnswer, tuple(mine.values()), populate_existing=True, with_for_update=True)


def forget_last(db: Session, *, organisation_id: UUID, person_id: UUID) -> None:
    """Something else was sent: what was sent before it is not sent again any more."""
    mine = (KeptAnswer.organisation_id == organisation_id, KeptAnswer.person_id == person_id)
    db.execute(delete(KeptAnswer).where(*mine, KeptAnswer.key == NO_KEY))


def keep_answer(row: KeptAnswer, *, status: int, headers: dict[str, str], body: str) -> None:
    """Keep what is answered now, for whoever asks again."""
    row.status, row.headers, row.body = status, headers, body


def forget_answers(db: Session, *, at: datetime) -> None:
    """Drop answers that were kept for long enough."""
    db.execute(delete(KeptAnswer).where(KeptAnswer.at < at - KEPT))


def _check(key: str) -> None:
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(
            f"{quote(key)} is not a key", f"Use 1 to {LONGEST_KEY} plain characters, such as a random UUID.",
            fields={"Idempotency-Key": "Use plain characters, such as a random UUID."},
        )  # fmt: skip
