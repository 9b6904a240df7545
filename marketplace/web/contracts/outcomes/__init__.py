"""Pages of outcomes: measured, simulated, settled, held, decided."""

from marketplace.web.contracts.outcomes import deciding, finance, harms, measuring, overview, periods, simulating

MODULES = (overview, measuring, periods, simulating, finance, harms, deciding)
ROUTES = [route for module in MODULES for route in module.ROUTES]
