"""How a version differs from an earlier one: which models it names, which kinds of change that is, what they touch.

What is declared stands in frameworks/reuse/changes.yaml.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from marketplace.frameworks.schema.base import Declared, DeclaredFile, Flag, Identifier, Source, Words
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import Value

UNCLASSED = "unclassed"
"""How an edition counts whose models differ while its supplier classed it as if they did not."""


class Touch(Declared):
    """What a kind of change touches in a framework: some codes, or every criterion of it."""

    framework: Identifier
    codes: tuple[Words, ...] = ()
    every: Flag = False


class Change(Declared):
    """A kind of change: what makes it one, and what it opens again."""

    id: Identifier
    label: Words
    meaning: Words
    when_classed: tuple[Identifier, ...] = ()
    when_models: Literal["", "family", "version"] = ""
    when_answers: tuple[Identifier, ...] = ()
    touches: tuple[Touch, ...] = Field(min_length=1)
    source: Source


class Changes(DeclaredFile):
    """Every kind of change. `models` is the question of the description that names the base models."""

    models: Identifier
    changes: tuple[Change, ...]


class Stage(Value):
    """An edition on the way from one version to another: how it is classed, what its supplier declared beside that."""

    change: str
    answers: Mapping[str, Any]
    kinds: tuple[str, ...] = ()


def models_differ(before: Any, after: Any) -> Literal["", "version", "family"]:
    """How the base models of a description differ: another model or provider, only another version, or not at all."""
    if _parts(before, "provider", "name") != _parts(after, "provider", "name"):
        return "family"
    return "version" if _parts(before, "provider", "name", "version") != _parts(after, *_ALL) else ""


def effective_class(change: str, classed: str, before: Any, after: Any) -> str:
    """How an edition counts: as its supplier classed it, unless its models say that this cannot be.

    What was classed after publication (`classed`) is the supplier's express word, and counts.
    """
    if classed:
        return classed
    differ = models_differ(before, after)
    fits = {"family": ("first", "new-model"), "version": ("first", "same-model", "new-model")}
    return change if not differ or change in fits[differ] else UNCLASSED


def changes_between(declared: Changes, start: Mapping[str, Any], stages: Sequence[Stage]) -> list[Change]:
    """The kinds of change on the way from `start` (answers of a description) through each edition, as they stand."""
    found: dict[str, Change] = {}
    before = start
    for stage in stages:
        for change in declared.changes:
            if _is(change, declared.models, before, stage):
                found.setdefault(change.id, change)
        before = stage.answers
    return [change for change in declared.changes if change.id in found]


def touched(changes: Iterable[Change], framework: AssuranceFramework) -> dict[str, str]:
    """The codes of a framework that changes touch, each with the label of the first change that does."""
    found: dict[str, str] = {}
    for change in changes:
        for touch in change.touches:
            if touch.framework == framework.id:
                codes = list(framework.by_code) if touch.every else touch.codes
                for code in codes:
                    found.setdefault(code, change.label)
    return found


def _is(change: Change, models: str, before: Mapping[str, Any], stage: Stage) -> bool:
    if stage.change in change.when_classed or change.id in stage.kinds:
        return True
    if change.when_models and models_differ(before.get(models), stage.answers.get(models)) == change.when_models:
        return True
    return any(before.get(name) != stage.answers.get(name) for name in change.when_answers)


_ALL = ("provider", "name", "version")


def _parts(models: Any, *names: str) -> set[tuple[str, ...]]:
    """The models as sets of what identifies them, without regard to case or order."""
    rows = models if isinstance(models, list | tuple) else []
    return {
        tuple(str(row.get(name, "")).strip().casefold() for name in names) for row in rows if isinstance(row, Mapping)
    }  # fmt: skip
