"""Passing on the evidence that an organisation keeps."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.evidence.queries.passing import kept_by
from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import Passing


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let the new organisation correct and withdraw what the old one published."""
    for one in kept_by(db, passing):
        one.organisation_id = passing.new.id
