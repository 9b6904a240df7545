"""What a person proves who they are with, besides a password; and who of an organisation has something."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from marketplace.identity.models import CodeApp, KnownElsewhere, Passkey, RecoveryCode


def code_app_of(db: Session, person_id: UUID) -> CodeApp | None:
    return db.scalars(select(CodeApp).where(CodeApp.person_id == person_id)).one_or_none()


def passkeys_of(db: Session, person_id: UUID) -> list[Passkey]:
    """A person's passkeys, the first added first."""
    return list(db.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)))


def recovery_codes_left(db: Session, person_id: UUID) -> int:
    mine = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def has_second_factor(db: Session, person_id: UUID) -> bool:
    """Whether a password alone does not sign this person in."""
    return person_id in with_second_factor(db, [person_id])


def with_second_factor(db: Session, people: Collection[UUID]) -> set[UUID]:
    """Which of these people have an app for codes, or a passkey."""
    codes = select(CodeApp.person_id).where(CodeApp.person_id.in_(people))
    keys = select(Passkey.person_id).where(Passkey.person_id.in_(people))
    return set(db.scalars(union(codes, keys)))


def proven_strongly(db: Session, people: Collection[UUID]) -> set[UUID]:
    """Which of these have a second factor, here or at another house that asked for one when they last came from it."""
    elsewhere = select(KnownElsewhere.person_id).where(KnownElsewhere.person_id.in_(people), KnownElsewhere.is_strong)
    return with_second_factor(db, people) | set(db.scalars(elsewhere))


def known_elsewhere(db: Session, person_id: UUID) -> list[KnownElsewhere]:
    """The other houses that know a person, the first linked first."""
    mine = select(KnownElsewhere).where(KnownElsewhere.person_id == person_id)
    return list(db.scalars(mine.order_by(KnownElsewhere.id)))
