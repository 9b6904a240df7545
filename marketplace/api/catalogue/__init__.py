"""Products as anybody sees them, and listings as their suppliers and moderators look after them."""

from marketplace.api.catalogue import (
    claims,
    documents,
    listings,
    moderation,
    moves,
    prices,
    products,
    requests,
    writing,
)

CALLS = [
    *products.CALLS, *prices.CALLS, *documents.CALLS, *writing.CALLS, *listings.CALLS, *moves.CALLS, *claims.CALLS,
    *moderation.CALLS, *requests.CALLS,
]  # fmt: skip
