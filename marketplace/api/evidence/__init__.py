"""Calls of evidence: what is known of a product, a study whole, its claims, and a supplier's own."""

from marketplace.api.evidence import claims, reading, writing

CALLS = [*reading.CALLS, *writing.CALLS, *claims.CALLS]
