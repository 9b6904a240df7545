"""Pages of the public register, composed of contracts and payments, and what its contracts leave out."""

from marketplace.web.register import redactions, register

MODULES = (register, redactions)
ROUTES = [route for module in MODULES for route in module.ROUTES]
