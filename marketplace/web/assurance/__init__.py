"""Pages of assurance: answering, applying, assessing, certificates and who relies on them."""

from marketplace.web.assurance import (
    answering,
    applying,
    bench,
    cases,
    certificates,
    local,
    markets,
    papers,
    products,
    publishing,
    relying,
    renewing,
    standings,
    verifying,
)

ROUTES = [
    *answering.ROUTES,
    *applying.ROUTES,
    *cases.ROUTES,
    *bench.ROUTES,
    *papers.ROUTES,
    *certificates.ROUTES,
    *relying.ROUTES,
    *renewing.ROUTES,
    *standings.ROUTES,
    *local.ROUTES,
    *markets.ROUTES,
    *publishing.ROUTES,
    *verifying.ROUTES,
    *products.ROUTES,
]
