"""Where two do the same at once, the database lets one through; the other hears it as a refusal."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kit.errors import Refusal


def flush_or(db: Session, refusal: Refusal) -> None:
    """Write what is pending. Raises `refusal` where a unique constraint says that somebody else was quicker."""
    try:
        db.flush()
    except IntegrityError as taken:
        raise refusal from taken
