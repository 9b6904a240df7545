"""Pages of money: invoices, purchase orders, statements, bank transfers, billing details, and the gateway's door."""

from marketplace.web.payments import banking, billing, dev, gateway, invoices, money, statements, webhook

MODULES = (invoices, money, statements, banking, billing, gateway, webhook)
ROUTES = [route for module in MODULES for route in module.ROUTES]
DEMONSTRATION_ROUTES = list(dev.ROUTES)
