"""The frameworks of assurance as anybody may read them."""

from marketplace.web.frameworks import pages

ROUTES = [*pages.ROUTES]
