"""Pages of evidence: the tab of a product, the pages of a study and a claim, and a supplier's own."""

from marketplace.web.evidence import claiming, claims, gapmap, importing, studies, synthesis, tab, writing

ROUTES = [
    *synthesis.ROUTES,
    *gapmap.ROUTES,
    *tab.ROUTES,
    *studies.ROUTES,
    *writing.ROUTES,
    *claims.ROUTES,
    *importing.ROUTES,
    *claiming.ROUTES,
]
