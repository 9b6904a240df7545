"""Calls of evidence: what is known of a product, a study whole, and a supplier's own studies."""

from marketplace.api.evidence import reading, writing

CALLS = [*reading.CALLS, *writing.CALLS]
