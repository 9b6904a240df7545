"""Pages of the catalogue: products as everybody reads them, listings as their suppliers write them, moderation."""

from marketplace.web.catalogue import (
    claims,
    declaring,
    description,
    editions,
    listings,
    moderation,
    moves,
    pricing,
    products,
    requests,
)

ROUTES = [
    *products.ROUTES,
    *editions.ROUTES,
    *pricing.ROUTES,
    *claims.ROUTES,
    *listings.ROUTES,
    *description.ROUTES,
    *declaring.ROUTES,
    *requests.ROUTES,
    *moves.ROUTES,
    *moderation.ROUTES,
]
