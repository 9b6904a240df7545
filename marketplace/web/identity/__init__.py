"""Pages of people and organisations; those of the demonstration stand apart, so that production does not have them."""

from marketplace.web.identity import (
    account,
    acting,
    bodies,
    confirming,
    demands,
    demonstration,
    elsewhere,
    joining,
    members,
    notices,
    organisations,
    second_factor,
    second_step,
    signing,
    successions,
    tokens,
    told,
)

MODULES = (
    signing, second_step, elsewhere, account, second_factor, confirming, demands, tokens, notices, bodies,
    organisations, members, joining, acting, successions, told,
)  # fmt: skip
ROUTES = [route for module in MODULES for route in module.ROUTES]
DEMONSTRATION_ROUTES = list(demonstration.ROUTES)
