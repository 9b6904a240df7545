"""Pages of evidence: the tab of a product, the page of a study, and a supplier's own studies."""

from marketplace.web.evidence import studies, tab, writing

ROUTES = [*tab.ROUTES, *studies.ROUTES, *writing.ROUTES]
