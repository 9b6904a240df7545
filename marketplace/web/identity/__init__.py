"""Pages of people and organisations; those of the demonstration stand apart, so that production does not have them."""

from marketplace.web.identity import (
    account,
    acting,
    demonstration,
    joining,
    members,
    notices,
    organisations,
    signing,
    tokens,
)

MODULES = (signing, account, tokens, notices, organisations, members, joining, acting)
ROUTES = [route for module in MODULES for route in module.ROUTES]
DEMONSTRATION_ROUTES = list(demonstration.ROUTES)
