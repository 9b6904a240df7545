"""Calls of evidence: what is known of a product, a study whole, its claims, and a supplier's own."""

from marketplace.api.evidence import appraising, claims, gapmap, importing, protocols, reading, syntheses, writing

CALLS = [
    *reading.CALLS,
    *syntheses.CALLS,
    *gapmap.CALLS,
    *protocols.CALLS,
    *writing.CALLS,
    *claims.CALLS,
    *appraising.CALLS,
    *importing.CALLS,
]
