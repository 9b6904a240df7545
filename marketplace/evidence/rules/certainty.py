"""The certainty of a body of results by GRADE, from declared judgements of people.

Source: the GRADE handbook as told in frameworks/evidence/appraisal.yaml (from memory, check).
"""

from collections.abc import Mapping
from typing import Any

from marketplace.evidence.rules.appraising import Domain, GradeRules
from marketplace.evidence.rules.grading import HIGHEST, LOWEST

ROBINS = "not-randomised-robins"


def level_of(rules: GradeRules, start: str, steps: Mapping[str, int]) -> int:
    """The level, 1 to 4, from where it starts and the steps of each domain: below 0 down, above 0 up.

    Nothing goes up for randomised trials, nor where anything went down.
    """
    begins = rules.start[start]
    down = sum(min(steps.get(domain.id, 0), 0) for domain in rules.down)
    up = sum(max(steps.get(domain.id, 0), 0) for domain in rules.up)
    earned = up if begins.may_go_up and down == 0 else 0
    return min(max(begins.level + down + earned, LOWEST), HIGHEST)


def most_of(domain: Domain, start: str) -> int:
    """By how many steps a domain can count."""
    return domain.most_with_robins or domain.most if start == ROBINS else domain.most


def judgement_faults(rules: GradeRules, start: str, judgements: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What cannot be of these judgements, by domain: a step too many, a step without its reason, a step up in vain."""
    wrong: dict[str, str] = {}
    went_down = any(judgements.get(domain.id, {}).get("steps", 0) < 0 for domain in rules.down)
    for domain, sign in [*((each, -1) for each in rules.down), *((each, 1) for each in rules.up)]:
        judged = judgements.get(domain.id, {})
        steps = judged.get("steps", 0) * sign
        if not 0 <= steps <= most_of(domain, start):
            wrong[domain.id] = f"{domain.label} counts for 0 to {most_of(domain, start)}."
        elif steps and not judged.get("reason"):
            wrong[domain.id] = "Say why: each step has its reason."
        elif steps and sign > 0 and not rules.start[start].may_go_up:
            wrong[domain.id] = "Nothing goes up for randomised trials."
        elif steps and sign > 0 and went_down:
            wrong[domain.id] = "Nothing goes up where anything went down."
    return wrong
