"""Search: the results with their filters, suggestions while typing, and what to do when nothing is found."""

from marketplace.web.search.results import search_products, suggestions

ROUTES = [search_products, suggestions]
