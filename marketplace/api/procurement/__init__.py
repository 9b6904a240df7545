"""Finding and choosing: projects, their searches and shortlists with every reason, comparisons, the audit trail."""

from marketplace.api.procurement import (
    candidates,
    comments,
    comparison,
    deadlines,
    joint,
    projects,
    requirements,
    searches,
    trail,
    watching,
)

CALLS = [
    *projects.CALLS, *requirements.CALLS, *searches.CALLS, *candidates.CALLS, *comments.CALLS, *comparison.CALLS,
    *deadlines.CALLS, *trail.CALLS, *watching.CALLS, *joint.CALLS,
]  # fmt: skip
