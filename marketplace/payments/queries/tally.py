"""What was paid altogether, for the home page."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kit.money import Money
from marketplace.payments.models import Payment


def paid_altogether(db: Session) -> Money:
    """Everything that was paid under contracts, with VAT; credits set against invoices are no payment."""
    return Money(int(db.scalar(select(func.sum(Payment.pence)).where(Payment.kind != "credit")) or 0))
