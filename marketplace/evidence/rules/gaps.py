"""What a buyer would look for in the evidence and not find."""

from collections.abc import Collection, Iterable, Sequence

from marketplace.evidence.rules.declared import GapRules, Group, Lack, StrengthRules
from marketplace.evidence.rules.effects import INDEPENDENT, NO_EFFECT
from marketplace.evidence.rules.versions import SAME
from marketplace.kit.values import Value

SAFETY = ("safety",)
AT_HOME = "gb"


class Known(Value, kw_only=True):
    """What one published study brings: its design, who stands behind it, and of its results what they cover.

    `groups` are those that it has a result for; `is_whole` says that every effect that is compared has an interval.
    """

    design: str
    independence: str
    country: str
    is_registered: bool
    roles: frozenset[str]
    groups: frozenset[str]
    is_whole: bool


def gaps_of(
    studies: Sequence[Known], strength: StrengthRules, rules: GapRules, *, fits: Collection[str] | None = None
) -> tuple[Lack, ...]:
    """What is missing over all studies, in the order of the declaration.

    `fits` are how the versions studied stand to the one on sale; None where that is not asked.
    """
    if not studies:
        return (rules.gap["no-study"],)
    designs = [strength.design[study.design] for study in studies]
    missing = {
        "no-study": False,
        "no-independent-study": all(study.independence != INDEPENDENT for study in studies),
        "no-comparison": not any(design.compares for design in designs),
        "not-in-use": not any(design.in_use for design in designs),
        "no-safety-result": not any(study.roles.intersection(SAFETY) for study in studies),
        "no-interval": not all(study.is_whole for study in studies),
        "not-in-uk": not any(study.country == AT_HOME for study in studies),
        "groups-missing": not studies_cover_all(studies, rules),
        "version-not-studied": fits is not None and SAME not in fits,
        "no-registration": not any(study.is_registered for study in studies),
    }
    return tuple(gap for gap in rules.gaps if missing[gap.id])


def studies_cover_all(studies: Iterable[Known], rules: GapRules) -> bool:
    """Whether some study has a result for each group that is looked for."""
    return frozenset(rules.group) <= frozenset().union(*(study.groups for study in studies))


def missing_groups(given: Iterable[str], rules: GapRules) -> tuple[Group, ...]:
    """The groups that have no result of their own. `given` are subgroups as results name them, "sex: women"."""
    found = {group_of(subgroup) for subgroup in given}
    return tuple(group for group in rules.groups if group.id not in found)


def group_of(subgroup: str) -> str:
    """The id of the group that a subgroup is of; empty for all people."""
    return subgroup.partition(":")[0].strip() if ":" in subgroup else ""


def is_whole(effect: str, low: object) -> bool:
    """Whether a result that compares has its interval."""
    return effect not in NO_EFFECT or low is not None
