"""Imports as pages: what a file takes, choose one, look at what it would bring, let it run, mend what failed."""

from marketplace.web.imports import columns, pages

ROUTES = [*pages.ROUTES, *columns.ROUTES]
