"""What is declared for this room in frameworks/procurement/ and the taxonomies, out of what was loaded at start."""

from collections.abc import Mapping

from marketplace.catalogue.search import facets
from marketplace.frameworks.loader import Frameworks
from marketplace.procurement.rules.declared import DirectAward, Records

DIRECT_AWARD = "procurement/direct-award.yaml"
RECORDS = "procurement/records.yaml"


def direct_award(frameworks: Frameworks) -> DirectAward:
    """The conditions of a direct award, its duties and the thresholds, in the newest version."""
    return DirectAward.model_validate(frameworks.plain[DIRECT_AWARD][-1])


def records(frameworks: Frameworks) -> Records:
    """What a buyer must keep."""
    return Records.model_validate(frameworks.plain[RECORDS][-1])


def exclusion_reasons(frameworks: Frameworks) -> dict[str, str]:
    """The reasons that are offered for leaving a product out, by code."""
    return {
        option.id: option.label for option in frameworks.taxonomies["exclusion-reasons"].options if not option.retired
    }


def facet_words(frameworks: Frameworks) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """The label of each filter, and of each of its values."""
    return {
        facet.key: (facet.label, {option.id: option.label for option in facet.options}) for facet in facets(frameworks)
    }
