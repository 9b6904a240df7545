"""The evidence of a product in one picture: a row for each measure, a mark for each result, by the way it goes."""

from uuid import UUID

from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.queries.summaries import Summary
from marketplace.evidence.rules.declared import StrengthRules
from marketplace.evidence.rules.effects import (
    BETTER_SHOWN,
    INDEPENDENT,
    NO_EFFECT,
    NO_INTERVAL,
    NOT_SHOWN,
    WORSE_SHOWN,
    Effect,
    direction_of,
)
from marketplace.evidence.rules.grading import Grade
from marketplace.faces.ask import Ask
from marketplace.faces.evidence import summaries_on_sale
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value

MOST = 5
"""How many measures the picture shows; the tab shows all."""
COLUMNS = {WORSE_SHOWN: 0, NOT_SHOWN: 1, NO_INTERVAL: 1, BETTER_SHOWN: 2}
WORDS = ("worse", "no difference shown", "better")


class Mark(Value):
    """One result: `column` 0 worse, 1 not shown, 2 better; `place` counts the marks beside it from 0."""

    column: int
    place: int
    is_independent: bool


class Row(Value):
    """One measure with its grade and its marks; `said` is the same in words."""

    measure: str
    level: int
    word: str
    marks: tuple[Mark, ...]
    said: str


class Picture(Value, kw_only=True):
    """What a glance takes in. `left_out` counts the measures that are not drawn."""

    word: str
    level: int
    studies: int
    independent: int
    real_world: int
    participants: int
    rows: tuple[Row, ...]
    left_out: int
    gaps: int


def picture_of(summary: Summary, rules: StrengthRules, words: dict[str, str], *, most: int = MOST) -> Picture:
    """The picture of a summary; measures that were described and not compared are left out of it."""
    compared = [grade for grade in summary.grades if grade.effects[0].effect in NO_EFFECT]
    return Picture(
        word=summary.word, level=summary.level, studies=summary.studies, independent=summary.independent,
        real_world=summary.real_world, participants=summary.participants,
        rows=tuple(_row(grade, rules, words) for grade in compared[:most]),
        left_out=max(len(compared) - most, 0), gaps=len(summary.gaps),
    )  # fmt: skip


def picture_for(ask: Ask, product_id: UUID) -> Picture | None:
    """The picture for the top of a product's page; None where there is no study."""
    frameworks = ask.services.frameworks
    summary = summaries_on_sale(ask.db, frameworks, [product_id])[product_id]
    return picture_of(summary, strength_rules(frameworks), strength_words(frameworks)) if summary.studies else None


def strength_words(frameworks: Frameworks) -> dict[str, str]:
    """The word of each level of strength, by its id."""
    return {option.id: option.label for option in frameworks.taxonomies["evidence-strength"].options}


def _row(grade: Grade, rules: StrengthRules, words: dict[str, str]) -> Row:
    marks = tuple(_marks(grade.effects))
    counts = [sum(mark.column == column for mark in marks) for column in range(len(WORDS))]
    told = [f"{word} in {count}" for word, count in zip(reversed(WORDS), reversed(counts), strict=True) if count]
    independent = sum(mark.is_independent for mark in marks)
    word = words[rules.at_level[grade.level].id] if grade.level else "Not graded"
    return Row(grade.measure, grade.level, word, marks, f"{', '.join(told)}; {independent} of {len(marks)} independent")


def _marks(effects: tuple[Effect, ...]) -> list[Mark]:
    marks: list[Mark] = []
    beside = [0, 0, 0]
    for effect in sorted(effects, key=lambda each: each.independence != INDEPENDENT):
        column = COLUMNS[direction_of(effect.effect, effect.better, effect.estimate, effect.low, effect.high)]
        marks.append(Mark(column, beside[column], effect.independence == INDEPENDENT))
        beside[column] += 1
    return marks
