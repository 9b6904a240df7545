"""Pages of clinical safety: hazard logs, safety case reports, deployments, incidents and notices."""

from marketplace.web.safety import (
    deployments,
    imports,
    incidents,
    listing,
    notices,
    products,
    reports,
    transparency,
)

ROUTES = [
    *products.ROUTES,
    *listing.ROUTES,
    *imports.ROUTES,
    *reports.ROUTES,
    *deployments.ROUTES,
    *transparency.ROUTES,
    *incidents.ROUTES,
    *notices.ROUTES,
]
