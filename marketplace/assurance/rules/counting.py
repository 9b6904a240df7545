"""Where an answer counts: a question exists once, and every framework that asks it is moved by one answer."""

from collections.abc import Iterable, Mapping

from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.assurance.rules.verdicts import WORDS
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import Value


class Place(Value):
    """A criterion that asks a question, in one framework."""

    framework_id: str
    label: str
    code: str

    @property
    def words(self) -> str:
        return f"{self.label} {self.code}"


class Move(Value):
    """What answers did to a product under one framework: how much was answered, and what it came to."""

    framework_id: str
    label: str
    answered: tuple[int, int]
    asked: int
    words: tuple[str, str]

    @property
    def in_words(self) -> str:
        """“DTAC 2.0, now 21 of 28” or “Cyber Essentials, not answered before, now met”."""
        before, after = self.words
        if before != after:
            return f"{self.label}, {before.lower()} before, now {after.lower()}"
        return f"{self.label}, now {self.answered[1]} of {self.asked}"


def places_of(frameworks: Iterable[AssuranceFramework], *, who: Who) -> dict[str, tuple[Place, ...]]:
    """For each question that one side answers, every criterion that asks it."""
    found: dict[str, list[Place]] = {}
    for framework in frameworks:
        for criterion in framework.criteria:
            if criterion.who == who and not criterion.known:
                place = Place(framework.id, framework.label, criterion.code)
                found.setdefault(criterion.question_id, []).append(place)
    return {name: tuple(places) for name, places in found.items()}


def moves(before: Iterable[FrameworkStanding], after: Iterable[FrameworkStanding]) -> tuple[Move, ...]:
    """What moved between two moments, of the frameworks that apply."""
    earlier: Mapping[str, FrameworkStanding] = {each.framework.id: each for each in before}
    found = (_move(earlier[each.framework.id], each) for each in after if each.applies)
    return tuple(each for each in found if each.words[0] != each.words[1] or each.answered[0] != each.answered[1])


def _move(before: FrameworkStanding, after: FrameworkStanding) -> Move:
    old, new = before.verdict, after.verdict
    words = (WORDS[old.status], WORDS[new.status])
    return Move(after.framework.id, after.framework.label, (old.answered, new.answered), new.asked, words)
