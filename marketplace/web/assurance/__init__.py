"""Pages of assurance: answering, applying, assessing, certificates and who relies on them."""

from marketplace.web.assurance import (
    answering,
    applying,
    bench,
    cases,
    certificates,
    papers,
    products,
    relying,
    renewing,
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
    *verifying.ROUTES,
    *products.ROUTES,
]
