"""Calls about outcomes: measured, settled, disputed, held, simulated, decided."""

from marketplace.api.contracts.outcomes import ending, looking, measuring, overview, periods

MODULES = (overview, measuring, periods, looking, ending)
CALLS = [call for module in MODULES for call in module.CALLS]
