"""Pages of buying together: the list, the overview, parties and shares, answers, approvals, readiness, history."""

from marketplace.web.procurement.joint import answering, approvals, finding, overview, parties, readiness

MODULES = (finding, overview, parties, answering, approvals, readiness)
ROUTES = [route for module in MODULES for route in module.ROUTES]
