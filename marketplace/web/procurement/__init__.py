"""Pages of finding and choosing, projects with their workbench and trail, and of buying together."""

from marketplace.web.procurement import (
    board,
    compare,
    deadlines,
    joint,
    people,
    projects,
    requirements,
    saved,
    searches,
    trail,
)

MODULES = (projects, board, requirements, searches, deadlines, people, trail, compare, saved, joint)
ROUTES = [route for module in MODULES for route in module.ROUTES]
