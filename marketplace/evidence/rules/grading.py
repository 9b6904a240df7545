"""How sure a result is: the arithmetic of GRADE over what the records of studies say.

Source: the GRADE handbook as told in frameworks/evidence/strength.yaml, which holds every number and word.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from marketplace.evidence.rules.declared import Large, Step, StrengthRules
from marketplace.evidence.rules.effects import INDEPENDENT, NOT_SHOWN, Effect, by_measure, direction_of
from marketplace.evidence.rules.versions import OTHER
from marketplace.kit.values import Value

LOWEST, HIGHEST = 1, 4
RANDOMISED_START = 4


class Reason(Value):
    """Why a level was taken off or put on; `change` is negative for what was taken."""

    change: int
    label: str
    domain: str
    source: str
    mark: str = ""


class Grade(Value):
    """How sure one measure is, from 0 (not graded) to 4, with where it starts and every step after that."""

    measure: str
    level: int
    start: int
    reasons: tuple[Reason, ...]
    effects: tuple[Effect, ...]


class Strength(Value):
    """What the evidence of a product comes to: the level of its best known measure, and the grade of each."""

    level: int
    id: str
    grades: tuple[Grade, ...]

    @property
    def best(self) -> Grade | None:
        """The grade that gives the level; the first in order where several do."""
        return next((grade for grade in self.grades if grade.level == self.level and self.level), None)


def certainty(start: int, *, down: int = 0, up: int = 0) -> int:
    """The level from where it starts (4 for randomised, 2 for other designs) and what is taken off or put on.

    Nothing is put on for randomised designs, nor where something was taken off. `down` is zero or negative.
    """
    earned = up if down == 0 and start < RANDOMISED_START else 0
    return min(max(start + down + earned, LOWEST), HIGHEST)


def strength_of(effects: Iterable[Effect], rules: StrengthRules) -> Strength:
    """Every measure graded, the surest first. How sure is not how good: a harm can be sure too."""
    found = [grade(group, rules) for group in by_measure(effects)]
    grades = sorted(found, key=lambda each: (-each.level, each.measure))
    level = grades[0].level if grades else 0
    return Strength(level, rules.at_level[level].id, tuple(grades))


def grade(effects: Sequence[Effect], rules: StrengthRules) -> Grade:
    """How sure one measure is, from the results of the designs that can say most about it.

    What weaker designs found is shown beside it and takes nothing off. `effects` are of one measure.
    """
    start = max(rules.design[effect.design].starts_at for effect in effects)
    measure = effects[0].measure
    if start == 0:
        return Grade(measure, 0, 0, (), tuple(effects))
    best = [effect for effect in effects if rules.design[effect.design].starts_at == start]
    taken = tuple(_taken(step) for step in _steps(best, rules))
    down = sum(reason.change for reason in taken)
    given = () if taken or start >= RANDOMISED_START else tuple(_given(large) for large in _large(best, rules))
    level = certainty(start, down=down, up=sum(reason.change for reason in given))
    return Grade(measure, level, start, (*taken, *given), tuple(effects))


def _taken(step: Step) -> Reason:
    return Reason(-step.takes, step.label, step.domain, step.source, step.mark)


def _given(large: Large) -> Reason:
    return Reason(large.gives, large.label, "Large effect", large.source)


def _steps(effects: Sequence[Effect], rules: StrengthRules) -> list[Step]:
    """What is taken off, in the order of the declaration."""
    designs = [rules.design[effect.design] for effect in effects]
    whole = [effect for effect in effects if effect.low is not None]
    holds = {
        "no-comparison": not any(design.compares for design in designs),
        "supplier-alone": all(effect.independence != INDEPENDENT for effect in effects),
        "not-in-use": not any(design.in_use for design in designs),
        "other-version": all(effect.fit == OTHER for effect in effects),
        "no-interval": not whole,
        "no-difference-possible": bool(whole) and all(_spans_nothing(effect) for effect in whole),
        "intervals-apart": any(_apart(one, other) for one, other in combinations(whole, 2)),
    }
    return [step for step in rules.steps if holds[step.id]]


def _large(effects: Sequence[Effect], rules: StrengthRules) -> list[Large]:
    """The largest step that every ratio reaches; nothing for what is told otherwise."""
    if any(effect.effect != "ratio" for effect in effects):
        return []
    for large in (rules.very_large_effect, rules.large_effect):
        above = all(effect.estimate > large.above for effect in effects)
        if above or all(effect.estimate < large.below for effect in effects):
            return [large]
    return []


def _spans_nothing(effect: Effect) -> bool:
    return direction_of(effect.effect, effect.better, effect.estimate, effect.low, effect.high) == NOT_SHOWN


def _apart(one: Effect, other: Effect) -> bool:
    """Whether the intervals of two studies do not meet."""
    if one.study == other.study or one.low is None or other.low is None or one.high is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low
