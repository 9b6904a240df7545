"""What an effect says: which way it goes, and who stands behind the study that found it. Effects are never pooled."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from marketplace.kit.values import Value

KINDS = {"study": "Study", "evaluation": "Evaluation", "pilot": "Pilot"}
EFFECTS = {
    "difference": "Difference between groups",
    "ratio": "Ratio between groups",
    "proportion": "Proportion in one group",
    "mean": "Mean in one group",
}
BLINDING = {
    "open": "Nobody was blinded",
    "assessors": "Those who measured were blinded",
    "participants": "Those who took part were blinded",
    "both": "Those who took part and those who measured were blinded",
}
FUNDERS = {
    "supplier": "The supplier",
    "academic": "A university or research funder",
    "nhs": "The NHS or another public body",
    "regulator": "A regulator",
    "charity": "A charity",
    "other": "Somebody else",
}
BETTER = {"higher": "Higher is better", "lower": "Lower is better"}
NO_EFFECT = {"difference": Decimal(0), "ratio": Decimal(1)}
"""The value that means that nothing changed; a proportion or a mean of one group has none."""

INDEPENDENT, FUNDED, RUN = "independent", "supplier-funded", "supplier-run"
INDEPENDENCE = {INDEPENDENT: "Independent", FUNDED: "Paid for by the supplier", RUN: "Run by the supplier"}

BETTER_SHOWN, WORSE_SHOWN, NOT_SHOWN, NO_INTERVAL, DESCRIBED = (
    "better", "worse", "not-shown", "no-interval", "described",
)  # fmt: skip
DIRECTIONS = {
    BETTER_SHOWN: "Better",
    WORSE_SHOWN: "Worse",
    NOT_SHOWN: "No difference shown",
    NO_INTERVAL: "Not certain: no interval",
    DESCRIBED: "Described, not compared",
}


class Backed(Protocol):
    """Anything that says who paid for it and who ran it."""

    @property
    def supplier_funded(self) -> bool: ...
    @property
    def supplier_run(self) -> bool: ...


class Effect(Value, kw_only=True):
    """One result as the rules read it. `study` is the reference of its study, `independence` who stands behind it.

    `fit` is how the version studied stands to the one on sale, as versions.py says it; empty where nobody asked.
    """

    study: str
    design: str
    independence: str
    measure: str
    unit: str
    effect: str
    better: str
    estimate: Decimal
    low: Decimal | None
    high: Decimal | None
    fit: str = ""


def independence_of(study: Backed) -> str:
    """Who stands behind a study: run by the supplier outweighs paid for by the supplier."""
    if study.supplier_run:
        return RUN
    return FUNDED if study.supplier_funded else INDEPENDENT


def direction_of(effect: str, better: str, estimate: Decimal, low: Decimal | None, high: Decimal | None) -> str:
    """Which way an effect goes, as far as its 95 % interval shows. An end on the value of no effect shows nothing."""
    nothing = NO_EFFECT.get(effect)
    if nothing is None:
        return DESCRIBED
    if low is None or high is None:
        return NO_INTERVAL
    if low <= nothing <= high:
        return NOT_SHOWN
    return BETTER_SHOWN if (low > nothing) == (better == "higher") else WORSE_SHOWN


def key_of(effect: Effect) -> tuple[str, str, str, str]:
    """Results of one key stand on one scale: the same measure, unit, way of telling and direction."""
    return effect.measure.casefold(), effect.unit.casefold(), effect.effect, effect.better


def by_measure(effects: Iterable[Effect]) -> list[tuple[Effect, ...]]:
    """The results measure by measure, in a fixed order whatever order they came in."""
    found: dict[tuple[str, str, str, str], list[Effect]] = {}
    for effect in sorted(effects, key=lambda each: (key_of(each), each.study, each.measure, each.estimate)):
        found.setdefault(key_of(effect), []).append(effect)
    return [tuple(group) for group in found.values()]
