"""What is owed and paid: invoices, credit notes, receipts, statements.

Words: invoice, credit note, purchase order, series, receipt, bank line, gateway, hold, statement, reconciliation.

Invariants:
- each amount due becomes one invoice or credit note, once, and numbers have no gaps;
- nothing is sent without a purchase order number, and what waits says so;
- an event of the gateway is verified, stored once by its id, and changes nothing twice.
"""
