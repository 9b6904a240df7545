"""Money: invoices, purchase orders, statements, bank transfers, billing details."""

from marketplace.api.payments import banking, invoices, keeping, statements

CALLS = [*invoices.CALLS, *keeping.CALLS, *statements.CALLS, *banking.CALLS]
