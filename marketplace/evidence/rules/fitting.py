"""Which results may be added up with which, and why the others may not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.evidence.rules.arms import Compared
from marketplace.evidence.rules.effects import NO_EFFECT
from marketplace.evidence.rules.families import Family, PoolingRules
from marketplace.evidence.rules.given import from_interval
from marketplace.kit.values import Value

Scale = tuple[str, str, str]


class Finding(Value, kw_only=True):
    """One result with what its study says of it, in plain values. `fit` is of rules/versions.py; days are ISO."""

    ref: str
    title: str
    design: str
    independence: str
    measure: str
    unit: str
    effect: str
    better: str
    role: str
    estimate: Decimal
    low: Decimal | None
    high: Decimal | None
    standard_error: Decimal | None = None
    arms: Sequence[Mapping[str, str]] = ()
    participants: int | None = None
    at_time: str = ""
    subgroup: str = ""
    began: str = ""
    ended: str = ""
    country: str = ""
    version: str = ""
    fit: str = ""
    contract_ref: str = ""

    @property
    def scale(self) -> Scale:
        """Results of one scale can be added up: the same unit, way of telling and direction."""
        return self.unit.casefold(), self.effect, self.better


class Fitted(Value):
    """A finding with its effect on the scale on which it is added up."""

    finding: Finding
    effect: Compared


class LeftOut(Value):
    """A finding that is not added up, and why."""

    finding: Finding
    reason: str


@dataclass(slots=True)
class SortedOut:
    """Findings by family, in the order of the declaration, oldest first; and those left out."""

    scale: Scale
    families: list[tuple[Family, list[Fitted]]] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)

    @property
    def pooled(self) -> list[tuple[Family, list[Fitted]]]:
        """The families that are added up."""
        return [(family, found) for family, found in self.families if family.pools and len(found) > 1]


def sort_out(findings: Sequence[Finding], rules: PoolingRules) -> SortedOut:
    """Findings of one measure in everybody, each in its family or left out with its reason. None is in two places."""
    found = SortedOut(main_scale(findings, rules))
    by_family: dict[str, list[Fitted]] = {family.id: [] for family in rules.families}
    seen: set[str] = set()
    for finding in sorted(findings, key=_oldest_first):
        refused = _refusal(finding, found.scale, seen, rules)
        effect = None if refused else _effect(finding)
        if refused or effect is None:
            found.left.append(LeftOut(finding, refused or rules.refusal["no-scale"]))
            continue
        seen.add(finding.ref)
        by_family[rules.family_of[finding.design].id].append(Fitted(finding, effect))
    for family in rules.families:
        fitted = by_family[family.id]
        if fitted:
            found.families.append((family, fitted))
        if family.pools and len(fitted) == 1:
            found.left.append(LeftOut(fitted[0].finding, rules.refusal["alone"]))
    return found


def main_scale(findings: Sequence[Finding], rules: PoolingRules) -> Scale:
    """The scale that is told: the one with most findings that could be added up, then the most, then by name."""
    could = Counter(each.scale for each in findings if _could(each, rules))
    all_of = Counter(each.scale for each in findings)
    return max(sorted(all_of), key=lambda scale: (could[scale], all_of[scale]))


def _could(finding: Finding, rules: PoolingRules) -> bool:
    has_spread = finding.low is not None or finding.standard_error is not None
    return finding.effect in NO_EFFECT and has_spread and rules.family_of[finding.design].pools


def _refusal(finding: Finding, scale: Scale, seen: set[str], rules: PoolingRules) -> str:
    """Why a finding is left out; empty where nothing speaks against it."""
    family = rules.family_of[finding.design]
    if finding.effect not in NO_EFFECT:
        return rules.refusal["no-comparison"]
    if finding.scale != scale:
        return rules.refusal["other-scale"]
    if finding.low is None and finding.standard_error is None:
        return rules.refusal["no-interval"]
    if not family.pools:
        return f"{rules.refusal['family']}: {family.why}"
    return rules.refusal["other-time"] if finding.ref in seen else ""


def _effect(finding: Finding) -> Compared | None:
    numbers: dict[str, float] = {}
    if finding.standard_error is not None:
        numbers["se"] = float(finding.standard_error)
    elif finding.low is not None and finding.high is not None:
        numbers = {"low": float(finding.low), "high": float(finding.high)}
    try:
        return from_interval(float(finding.estimate), numbers, is_log=finding.effect == "ratio")
    except (ValueError, OverflowError):
        return None


def _oldest_first(finding: Finding) -> tuple[str, str]:
    return finding.ended or finding.began or "9999", finding.ref
