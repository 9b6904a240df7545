"""Pages of contracts: drafting, the text, signing, variations, obligations; outcomes and money stand beside them."""

from marketplace.web.contracts import contracts, duties, measures, outcomes, signatures, terms, texts, variations

MODULES = (contracts, terms, measures, texts, signatures, variations, duties, outcomes)
ROUTES = [route for module in MODULES for route in module.ROUTES]
