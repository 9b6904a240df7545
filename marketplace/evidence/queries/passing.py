"""What a buying organisation has of evidence to pass on: the studies, claims and protocols that it keeps."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.evidence.models import Claim, Protocol, Study
from marketplace.identity.rules.successions import Foreseen, Passing, Thing

Kept = Study | Claim | Protocol


def foresee(db: Session, passing: Passing) -> Foreseen:
    """Evidence goes where all of the organisation goes. Who judged it, and for whom, stays as it was said."""
    return Foreseen(tuple(Thing("evidence", one.id, f"{title_of(one)} ({one.ref})") for one in kept_by(db, passing)))


def kept_by(db: Session, passing: Passing) -> list[Kept]:
    """What the old organisation keeps, oldest first of each kind."""
    if not passing.is_whole:
        return []
    found: list[Kept] = []
    for table in (Study, Claim, Protocol):
        found += db.scalars(select(table).where(table.organisation_id == passing.old.id).order_by(table.id))
    return found


def title_of(one: Kept) -> str:
    return one.words if isinstance(one, Claim) else one.title
