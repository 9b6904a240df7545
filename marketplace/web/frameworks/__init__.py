"""The frameworks of assurance as anybody may read them."""

from marketplace.web.frameworks import changes, pages, preview

ROUTES = [*pages.ROUTES, *changes.ROUTES, *preview.ROUTES]
