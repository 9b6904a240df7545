"""Pages of contracts: drafting, the text, signing, variations, obligations; outcomes and money stand beside them."""

from marketplace.web.contracts import contracts, duties, signatures, terms, texts, variations

MODULES = (contracts, terms, texts, signatures, variations, duties)
ROUTES = [route for module in MODULES for route in module.ROUTES]
