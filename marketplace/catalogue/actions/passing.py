"""Passing on what a buying organisation may read of suppliers' documents."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalogue.queries.passing import requests_of
from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import Passing


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let the new organisation read what the old one may, and wait for what the old one asked for."""
    for request in requests_of(db, passing):
        request.organisation_id = passing.new.id
