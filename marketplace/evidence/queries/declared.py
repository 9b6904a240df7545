"""What is declared for this room in frameworks/evidence/ and the taxonomies, out of what was loaded at start."""

from marketplace.evidence.rules.declared import GapRules, StrengthRules
from marketplace.evidence.rules.families import PoolingRules
from marketplace.evidence.rules.filters import FilterRules
from marketplace.evidence.rules.gapmap import MapRules
from marketplace.evidence.rules.protocols import ProtocolRules
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.base import Option

STRENGTH, GAPS = "evidence/strength.yaml", "evidence/gaps.yaml"
POOLING, MAP, PROTOCOLS = "evidence/pooling.yaml", "evidence/map.yaml", "evidence/protocols.yaml"


def strength_rules(frameworks: Frameworks) -> StrengthRules:
    """How sure a result is, in the newest version."""
    return StrengthRules.model_validate(frameworks.plain[STRENGTH][-1])


def filter_rules(frameworks: Frameworks) -> FilterRules:
    """By what a buyer picks out products by their studies, in the newest version."""
    return FilterRules.model_validate(frameworks.plain["evidence/filters.yaml"][-1])


def gap_rules(frameworks: Frameworks) -> GapRules:
    """What a buyer would look for, in the newest version."""
    return GapRules.model_validate(frameworks.plain[GAPS][-1])


def pooling_rules(frameworks: Frameworks) -> PoolingRules:
    """Which studies are added up, in the newest version."""
    return PoolingRules.model_validate(frameworks.plain[POOLING][-1])


def map_rules(frameworks: Frameworks) -> MapRules:
    """How studies are placed on the map of evidence, in the newest version."""
    return MapRules.model_validate(frameworks.plain[MAP][-1])


def protocol_rules(frameworks: Frameworks) -> ProtocolRules:
    """The templates of the evaluation kit, in the newest version."""
    return ProtocolRules.model_validate(frameworks.plain[PROTOCOLS][-1])


def designs(frameworks: Frameworks) -> tuple[Option, ...]:
    """The designs that a study can name, retired ones too."""
    return frameworks.taxonomies["study-designs"].options


def countries(frameworks: Frameworks) -> tuple[Option, ...]:
    """The countries in which a study can have been made."""
    return frameworks.taxonomies["countries"].options


def care_settings(frameworks: Frameworks) -> tuple[Option, ...]:
    """Where a study can have been made, or a claim holds."""
    return frameworks.taxonomies["care-settings"].options


def patient_groups(frameworks: Frameworks) -> tuple[Option, ...]:
    """In whom a study can have been made, or a claim holds."""
    return frameworks.taxonomies["patient-groups"].options


def label_of(options: tuple[Option, ...], value: str) -> str:
    """The words of an option; its id where it is no longer known."""
    return next((option.label for option in options if option.id == value), value)
