"""Pages of evidence: the tab of a product, the pages of a study and a claim, and a supplier's own."""

from marketplace.web.evidence import (
    appraising,
    certainty,
    claiming,
    claims,
    gapmap,
    importing,
    kit,
    protocols,
    studies,
    synthesis,
    tab,
    writing,
)

ROUTES = [
    *synthesis.ROUTES,
    *gapmap.ROUTES,
    *kit.ROUTES,
    *protocols.ROUTES,
    *tab.ROUTES,
    *studies.ROUTES,
    *writing.ROUTES,
    *claims.ROUTES,
    *certainty.ROUTES,
    *appraising.ROUTES,
    *importing.ROUTES,
    *claiming.ROUTES,
]
