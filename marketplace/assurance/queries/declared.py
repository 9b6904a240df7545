"""What is declared for this room, out of what was loaded at start."""

from marketplace.assurance.rules.changes import Changes
from marketplace.assurance.rules.declared import Border
from marketplace.assurance.rules.service import Grounds, Registers, Service
from marketplace.assurance.rules.surveillance import Surveillance
from marketplace.assurance.rules.transition import Transitions
from marketplace.frameworks.loader import Frameworks

BORDER = "reuse/border.yaml"
CHANGES = "reuse/changes.yaml"
TRANSITIONS = "reuse/transitions.yaml"
SERVICE, GROUNDS, REGISTERS = "reuse/service.yaml", "reuse/grounds.yaml", "reuse/registers.yaml"
SURVEILLANCE = "reuse/surveillance.yaml"


def border(frameworks: Frameworks) -> Border:
    """What is assured once, and what stays with each organisation, in the newest version."""
    return Border.model_validate(frameworks.plain[BORDER][-1])


def changes(frameworks: Frameworks) -> Changes:
    """The kinds of change and what each opens again, in the newest version."""
    return Changes.model_validate(frameworks.plain[CHANGES][-1])


def transitions(frameworks: Frameworks) -> Transitions:
    """Until when certificates of an older version of a framework stand, in the newest version."""
    return Transitions.model_validate(frameworks.plain[TRANSITIONS][-1])


def service(frameworks: Frameworks) -> Service:
    """What assessor bodies undertake, in the newest version."""
    return Service.model_validate(frameworks.plain[SERVICE][-1])


def grounds(frameworks: Frameworks) -> Grounds:
    """Why a certificate is not relied on, in the newest version."""
    return Grounds.model_validate(frameworks.plain[GROUNDS][-1])


def registers(frameworks: Frameworks) -> Registers:
    """The registers that are looked up, in the newest version."""
    return Registers.model_validate(frameworks.plain[REGISTERS][-1])


def surveillance(frameworks: Frameworks) -> Surveillance:
    """How often certificates are looked at again, in the newest version."""
    return Surveillance.model_validate(frameworks.plain[SURVEILLANCE][-1])
