"""Every page, module by module; the demonstration's doors stand apart, so that production does not have them."""

from marketplace.web import (
    assurance,
    bounces,
    calendar,
    catalogue,
    comments,
    contracts,
    desk,
    evidence,
    frameworks,
    health,
    identity,
    imports,
    mydesk,
    opendata,
    operations,
    payments,
    procurement,
    public,
    register,
    safety,
    search,
    static,
    unsent,
)

MODULES = (
    public, search, catalogue, assurance, safety, evidence, procurement, contracts, payments, register, identity,
    imports, mydesk, calendar, comments, desk, frameworks, opendata, operations, bounces, health, static, unsent,
)  # fmt: skip
ROUTES = [route for module in MODULES for route in module.ROUTES]
DEMONSTRATION_ROUTES = [*identity.DEMONSTRATION_ROUTES, *payments.DEMONSTRATION_ROUTES]
