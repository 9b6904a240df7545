"""The keys that credentials were sealed with, and the certificates whose bits the public lists set."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate, IssuerKey


def issuer_keys(db: Session) -> list[IssuerKey]:
    """Every key there ever was, the oldest first."""
    return list(db.scalars(select(IssuerKey).order_by(IssuerKey.number)))


def newest_key(db: Session) -> IssuerKey | None:
    return db.scalars(select(IssuerKey).order_by(IssuerKey.number.desc()).limit(1)).one_or_none()


def indexes_in(db: Session, state: str) -> list[int]:
    """The places of the certificates in a state, in the public list of that state."""
    rows = select(Certificate.status_index).where(Certificate.state == state, Certificate.status_index.is_not(None))
    return [index for index in db.scalars(rows) if index is not None]


def is_free(db: Session, index: int) -> bool:
    return db.scalar(select(Certificate.id).where(Certificate.status_index == index)) is None
