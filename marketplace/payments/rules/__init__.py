"""The arithmetic and the law of invoices: VAT, days to pay, late payment, balances, numbers, matching."""
