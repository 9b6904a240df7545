"""What is declared for this room, out of what was loaded at start."""

from marketplace.assurance.rules.declared import Border
from marketplace.frameworks.loader import Frameworks

BORDER = "reuse/border.yaml"


def border(frameworks: Frameworks) -> Border:
    """What is assured once, and what stays with each organisation, in the newest version."""
    return Border.model_validate(frameworks.plain[BORDER][-1])
