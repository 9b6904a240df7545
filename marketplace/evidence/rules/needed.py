"""What a claim needs to be shown by, and what to do next where it is not yet. A plan is not evidence.

The shape is that of frameworks/evidence/needed.yaml.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from marketplace.evidence.rules.claims import UNDECIDED
from marketplace.evidence.rules.declared import Declared, Origin
from marketplace.evidence.rules.effects import INDEPENDENT
from marketplace.evidence.rules.gaps import AT_HOME
from marketplace.evidence.rules.versions import OTHER
from marketplace.kit.values import Value


class Need(Declared):
    """What is asked of claims about measures of these roles: a tier, a standard, and the designs that can show it."""

    id: str
    tier: str
    roles: tuple[str, ...]
    standard: str
    asks: str
    designs: tuple[str, ...]


class Step(Declared):
    """Something to do next, and how; `template` is the protocol that it begins with, where one fits."""

    id: str
    do: str
    how: str
    template: str = ""


class NeededRules(Declared):
    """frameworks/evidence/needed.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    needs: tuple[Need, ...]
    steps: tuple[Step, ...]

    @cached_property
    def by_role(self) -> dict[str, Need]:
        return {role: need for need in self.needs for role in need.roles}


class Whole(Value):
    """What all claims of a product need together: the highest of their tiers, and each step with who asks for it.

    `need` is that of the first claim of the highest tier, None where nothing is claimed. `steps` have, for each, the
    places of the claims that ask for it.
    """

    need: Need | None
    shown: int
    claims: int
    steps: tuple[tuple[Step, tuple[int, ...]], ...]


class Shown(Value, kw_only=True):
    """A result that counts for a claim, by what its study is."""

    design: str
    independence: str
    country: str
    fit: str


class Plan(Value):
    """What a claim needs, whether it is shown so, and what to do next, in the order of the declaration."""

    need: Need
    is_shown: bool
    steps: tuple[Step, ...]


def plan_of(role: str, verdict: str, shown: Sequence[Shown], rules: NeededRules, *, groups_missing: int) -> Plan:
    """The plan of one claim. `shown` are the results that count for it, whichever way they go."""
    need = rules.by_role[role]
    fitting = [each for each in shown if each.design in need.designs]
    wanted = {
        "measure-it": not shown,
        "fitting-design": bool(shown) and not fitting,
        "somebody-else": bool(shown) and all(each.independence != INDEPENDENT for each in shown),
        "this-version": bool(shown) and all(each.fit == OTHER for each in shown),
        "at-home": bool(shown) and all(each.country != AT_HOME for each in shown),
        "more-people": verdict == UNDECIDED,
        "groups": bool(shown) and groups_missing > 0,
    }
    return Plan(need, bool(fitting), tuple(step for step in rules.steps if wanted[step.id]))


def whole_of(plans: Sequence[Plan], rules: NeededRules) -> Whole:
    """The plan of a product out of those of its claims: what most of them ask for comes first."""
    asking = [(step, tuple(place for place, plan in enumerate(plans) if step in plan.steps)) for step in rules.steps]
    steps = sorted((each for each in asking if each[1]), key=lambda each: -len(each[1]))
    return Whole(
        need=max((plan.need for plan in plans), key=lambda need: need.tier, default=None),
        shown=sum(plan.is_shown for plan in plans), claims=len(plans), steps=tuple(steps),
    )  # fmt: skip
