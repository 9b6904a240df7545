"""Pages of finding and choosing: projects with their workbench, comparison, audit trail, saved searches."""

from marketplace.web.procurement import board, compare, people, projects, requirements, saved, searches, trail

MODULES = (projects, board, requirements, searches, people, trail, compare, saved)
ROUTES = [route for module in MODULES for route in module.ROUTES]
