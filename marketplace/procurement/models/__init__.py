"""Tables of projects, and of what several organisations buy together."""

from marketplace.procurement.models.deadlines import Deadline
from marketplace.procurement.models.joint import (
    TAKING_PART,
    Approval,
    Party,
    PartyNote,
    Procurement,
    Readiness,
)
from marketplace.procurement.models.projects import (
    Candidate,
    Colleague,
    Comment,
    Decision,
    Follow,
    Judgement,
    LockedResult,
    Project,
    Requirement,
    SavedSearch,
    Step,
)

__all__ = [
    "TAKING_PART", "Approval", "Candidate", "Colleague", "Comment", "Deadline", "Decision", "Follow", "Judgement",
    "LockedResult", "Party", "PartyNote", "Procurement", "Project", "Readiness", "Requirement", "SavedSearch", "Step",
]  # fmt: skip
