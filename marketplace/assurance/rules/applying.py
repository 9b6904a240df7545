"""Whether a framework applies to a product: what its description says, against what the framework declares.

Where the description does not say it yet, the framework counts as applying: nobody gets out of one by keeping silent.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from marketplace.assurance.rules.gates import options_of
from marketplace.frameworks.answers import asked
from marketplace.frameworks.schema.assurance import PRODUCT_KIND, Condition, Tier
from marketplace.frameworks.schema.base import Source
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.frameworks.schema.forms import Form
from marketplace.kit.values import Value

When = Mapping[str, tuple[str, ...]]
MOST_NAMED = 6
"""So many answers of a condition are named; the others are counted."""
EVERY = "It applies to every product."


class Described(Value, dict=True):
    """A product as its description has it: its kind, the form of that kind, its answers, the words for kinds."""

    kind: str
    form: Form
    answers: Mapping[str, Any]
    kinds: Mapping[str, str]

    @cached_property
    def skipped(self) -> Mapping[str, str]:
        """For each question of the form why it is not asked; empty for one that is."""
        return asked(self.form, dict(self.answers))

    def holds(self, when: When) -> bool | None:
        """Whether every part of a condition does; None where that hangs on what is not said yet."""
        parts = [self._part(name, wanted) for name, wanted in when.items()]
        if False in parts:
            return False
        return None if None in parts else True

    def _part(self, name: str, wanted: tuple[str, ...]) -> bool | None:
        if name == PRODUCT_KIND:
            return self.kind in wanted
        if name in self.answers:
            return not options_of(self.answers[name]).isdisjoint(wanted)
        return None if not self.skipped.get(name, "Not asked of this kind of product.") else False

    def in_words(self, when: When) -> str:
        """A condition as people read it: “Medical device class” is “Class I” or “Class IIa”."""
        return " and ".join(self._in_words(name, wanted) for name, wanted in when.items())

    def _in_words(self, name: str, wanted: tuple[str, ...]) -> str:
        labels: Mapping[str, str] = self.kinds
        label = "the kind of product"
        if name != PRODUCT_KIND:
            question = self.form.questions.get(name)
            label = f"“{question.label}”" if question else f"“{name}”"
            labels = question.labels if question else {}
        named = " or ".join(f"“{labels.get(each, each)}”" for each in wanted[:MOST_NAMED])
        others = len(wanted) - MOST_NAMED
        return f"{label} is {named}" + (f" or one of {others} others" if others > 0 else "")


class Applicability(Value):
    """Whether a framework applies, why, whose rule that is, and the tier of the product where there are tiers."""

    state: Literal["applies", "not-known", "does-not-apply"]
    reason: str
    source: Source | None = None
    tier: Tier | None = None

    @property
    def applies(self) -> bool:
        """Whether it counts, which it also does where nothing is known."""
        return self.state != "does-not-apply"


def applicability(framework: AssuranceFramework, product: Described) -> Applicability:
    """Whether a framework applies to a product, by the first of its conditions that holds."""
    tier = tier_of(framework, product)
    if not framework.applies:
        return Applicability("applies", EVERY, framework.source, tier)
    told = [(each, product.holds(each.when)) for each in framework.applies]
    if found := next((each for each, holds in told if holds), None):
        return Applicability("applies", found.because, found.source or framework.source, tier)
    open_ones = [each for each, holds in told if holds is None]
    if open_ones:
        wanted = _joined(open_ones, product)
        reason = f"The description does not say yet whether {wanted}. Until it does, this counts as applying."
        return Applicability("not-known", reason, open_ones[0].source or framework.source, tier)
    reason = f"It applies where {_joined(framework.applies, product)}, and that is not so here."
    return Applicability("does-not-apply", reason, framework.source)


def tier_of(framework: AssuranceFramework, product: Described) -> Tier | None:
    """The first tier whose condition holds."""
    return next((tier for tier in framework.tiers if product.holds(tier.when)), None)


def _joined(conditions: Sequence[Condition], product: Described) -> str:
    return ", or ".join(dict.fromkeys(product.in_words(each.when) for each in conditions))
