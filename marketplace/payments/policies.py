"""Who may see and do what with money. An invoice has two sides: the supplier, and the organisation that owes it."""

from uuid import UUID

from marketplace.identity.policies import Actor, Permission, owns
from marketplace.payments.models import Invoice


def may_read_money(actor: Actor) -> bool:
    """See the invoices and payments of one's own organisation."""
    return actor.may(Permission.CONTRACT_READ) or actor.may(Permission.PAYMENT_MANAGE)


def may_manage(actor: Actor, organisation_id: UUID | None) -> bool:
    """Keep purchase orders, billing details and bank lines of one's own organisation."""
    return actor.may(Permission.PAYMENT_MANAGE) and owns(actor, organisation_id)


def may_take_money(actor: Actor, invoice: Invoice) -> bool:
    """Record what came in for an invoice, or what went back: the supplier's people alone."""
    return may_manage(actor, invoice.supplier_id)
