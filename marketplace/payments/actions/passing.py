"""Passing what is open of invoices and orders on. What an issued document says never changes."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import Passing
from marketplace.payments.queries.passing import open_invoices_of, orders_to_pass


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let the new organisation answer for what is open."""
    for order, _ in orders_to_pass(db, passing):
        order.organisation_id = passing.new.id
    for invoice in open_invoices_of(db, passing):
        invoice.organisation_id = passing.new.id
