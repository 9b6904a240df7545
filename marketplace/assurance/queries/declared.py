"""What is declared for this room, out of what was loaded at start."""

from marketplace.assurance.rules.changes import Changes
from marketplace.assurance.rules.declared import Border
from marketplace.assurance.rules.transition import Transitions
from marketplace.frameworks.loader import Frameworks

BORDER = "reuse/border.yaml"
CHANGES = "reuse/changes.yaml"
TRANSITIONS = "reuse/transitions.yaml"


def border(frameworks: Frameworks) -> Border:
    """What is assured once, and what stays with each organisation, in the newest version."""
    return Border.model_validate(frameworks.plain[BORDER][-1])


def changes(frameworks: Frameworks) -> Changes:
    """The kinds of change and what each opens again, in the newest version."""
    return Changes.model_validate(frameworks.plain[CHANGES][-1])


def transitions(frameworks: Frameworks) -> Transitions:
    """Until when certificates of an older version of a framework stand, in the newest version."""
    return Transitions.model_validate(frameworks.plain[TRANSITIONS][-1])
