"""What a new version of a framework changes: criterion by criterion in words, and what it does to a verdict."""

from collections.abc import Iterator, Mapping
from typing import Literal

from marketplace.assurance.rules.applying import Described
from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.assurance.rules.verdicts import WORDS
from marketplace.assurance.rules.wording import facts_of
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.kit.values import Value

Part = tuple[str, str, str]
"""What is called so was this, and is now that; an empty side means that it was not there."""


class Change(Value):
    """One criterion that is new, gone or not as it was."""

    code: str
    label: str
    what: Literal["new", "gone", "changed"]
    parts: tuple[Part, ...]


class Differences(Value):
    """Everything in which two versions differ. `whole` is about the framework itself."""

    old: AssuranceFramework
    new: AssuranceFramework
    whole: tuple[Part, ...]
    criteria: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        return not self.whole and not self.criteria


class Turn(Value):
    """A product whose verdict would change: from what to what, and why. All in words."""

    before: str
    after: str
    cause: str


def differences(old: AssuranceFramework, new: AssuranceFramework, described: Described) -> Differences:
    """What differs; `described` knows the words for conditions on a description."""
    whole = tuple(_parts(dict(_whole(old, described)), dict(_whole(new, described))))
    return Differences(old, new, whole, tuple(_criteria(old, new)))


def turn(before: FrameworkStanding, after: FrameworkStanding) -> Turn | None:
    """What a new version does to a product, by its answers alone; None where its verdict stays."""
    was, now = _word(before), _word(after)
    if was == now:
        return None
    return Turn(was, now, after.verdict.cause if after.applies else after.reason)


def _word(standing: FrameworkStanding) -> str:
    return WORDS[standing.verdict.status] if standing.applies else WORDS["not-applicable"]


def _criteria(old: AssuranceFramework, new: AssuranceFramework) -> Iterator[Change]:
    """In the order of the new version, then what is gone."""
    for criterion in new.criteria:
        before = old.by_code.get(criterion.code)
        told = _facts(criterion, new)
        if before is None:
            yield Change(criterion.code, criterion.label, "new", tuple(_parts({}, told)))
        elif parts := tuple(_parts(_facts(before, old), told)):
            yield Change(criterion.code, criterion.label, "changed", parts)
    for criterion in old.criteria:
        if criterion.code not in new.by_code:
            yield Change(criterion.code, criterion.label, "gone", ())


def _facts(criterion: Criterion, framework: AssuranceFramework) -> dict[str, str]:
    question = criterion.question
    return {"Question": question.ask, "Called": question.label, **dict(facts_of(criterion, framework))}


def _whole(framework: AssuranceFramework, described: Described) -> Iterator[tuple[str, str]]:
    yield "Edition", framework.edition
    yield "Name", framework.name
    yield "Kind", framework.kind
    yield "Applies", "; ".join(f"where {described.in_words(each.when)}" for each in framework.applies)
    yield "Tiers", "; ".join(f"{each.label}: {described.in_words(each.when)}" for each in framework.tiers)
    yield "Note", framework.note


def _parts(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Part]:
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield name, was, now
