"""How many are needed: sample sizes by design, each with its working.

Sources: the usual normal formulas for two groups; the design effect of clusters; a stepped wedge after Hussey and
Hughes 2007 by the formula of Woertman 2013. All from memory, check with a statistician before a protocol is signed.
"""

from math import ceil, log

from marketplace.evidence.rules.curves import normal_quantile
from marketplace.kit.values import Value


class Step(Value):
    """One line of the working: what it is, what it comes to, and how."""

    what: str
    value: str
    how: str


class Size(Value):
    """`each` in the first group, `other` in the second (0 where there is one), `total` with those who drop out."""

    each: int
    other: int
    total: int
    clusters: int
    steps: tuple[Step, ...]


class Chances(Value, kw_only=True):
    """The chances taken. `ratio` is how many in the second group for one in the first; `lost` the share who drop out.

    `cluster` is how many are looked at in each cluster, `icc` how alike they are; `sequences` makes a stepped wedge.
    """

    alpha: float = 0.05
    power: float = 0.8
    ratio: float = 1.0
    lost: float = 0.0
    cluster: float = 1.0
    icc: float = 0.0
    sequences: int = 0

    @property
    def z(self) -> float:
        return normal_quantile(1 - self.alpha / 2) + normal_quantile(self.power)


def for_means(difference: float, sd: float, chances: Chances) -> Size:
    """To find a difference between two means. Raises ValueError."""
    _above_nothing(difference=abs(difference), sd=sd)
    chosen = _chosen(chances)
    raw = (1 + 1 / chances.ratio) * (chances.z * sd / difference) ** 2
    first = Step(
        "In the first group", _two(raw),
        f"(1 + 1/{_plain(chances.ratio)}) x ({_two(chances.z)} x {_plain(sd)} / {_plain(abs(difference))})²",
    )  # fmt: skip
    return _sized(raw, chances, (chosen, first))


def for_shares(baseline: float, expected: float, chances: Chances) -> Size:
    """To find a difference between two shares, each between 0 and 1. Raises ValueError."""
    for name, share in (("baseline", baseline), ("expected", expected)):
        if not 0 < share < 1:
            raise ValueError(f"{name} {_plain(share)} is no share between 0 and 1")
    _above_nothing(difference=abs(expected - baseline))
    chosen = _chosen(chances)
    spread = baseline * (1 - baseline) + expected * (1 - expected) / chances.ratio
    raw = chances.z**2 * spread / (expected - baseline) ** 2
    first = Step(
        "In the first group", _two(raw),
        f"{_two(chances.z)}² x ({_plain(baseline)} x {_plain(1 - baseline)} + {_plain(expected)} x "
        f"{_plain(1 - expected)} / {_plain(chances.ratio)}) / {_plain(abs(expected - baseline))}²",
    )  # fmt: skip
    return _sized(raw, chances, (chosen, first))


def for_half_width(share: float, half_width: float, *, alpha: float = 0.05) -> Size:
    """To know a share within plus or minus `half_width`: how many notes a reviewer has to read. Raises ValueError."""
    if not 0 <= share <= 1:
        raise ValueError(f"{_plain(share)} is no share between 0 and 1")
    _above_nothing(half_width=half_width)
    z = normal_quantile(1 - alpha / 2)
    raw = z * z * max(share * (1 - share), half_width * (1 - half_width)) / half_width**2
    count = ceil(raw - 1e-9)
    how = f"{_two(z)}² x {_plain(share)} x {_plain(1 - share)} / {_plain(half_width)}²"
    return Size(count, 0, count, 0, (Step("Cases to look at", _two(raw), how),))


def for_none_seen(most: float, *, alpha: float = 0.05) -> Size:
    """How many cases without one event show that it is rarer than `most`: the rule of three. Raises ValueError."""
    _above_nothing(most=most)
    raw = -log(alpha) / most
    count = ceil(raw - 1e-9)
    return Size(count, 0, count, 0, (Step("Cases without one event", _two(raw), f"-ln({alpha}) / {_plain(most)}"),))


def design_effect(chances: Chances) -> float:
    """How many more are needed because those of one cluster are alike."""
    whole = 1 + (chances.cluster - 1) * chances.icc
    if not chances.sequences:
        return whole
    steps, alike = chances.sequences, chances.icc
    correlated = (1 + alike * (steps * chances.cluster + chances.cluster - 1)) / (
        1 + alike * (steps * chances.cluster / 2 + chances.cluster - 1)
    )
    return (steps + 1) * correlated * 3 * (1 - alike) / (2 * (steps - 1 / steps))


def _sized(raw: float, chances: Chances, steps: tuple[Step, ...]) -> Size:
    """With clusters, a stepped wedge and those who drop out taken into account, rounded up at the end."""
    if not 0 <= chances.lost < 1:
        raise ValueError(f"{_plain(chances.lost)} is no share who drop out")
    effect = design_effect(chances)
    kept = raw * effect / (1 - chances.lost)
    each, other = ceil(kept - 1e-9), ceil(kept * chances.ratio - 1e-9)
    if chances.cluster > 1:
        steps += (Step("Design effect", _two(effect), _effect_words(chances)),)
    if chances.lost:
        steps += (Step("With those who drop out", _two(kept), f"/ (1 - {_plain(chances.lost)})"),)
    clusters = ceil((each + other) / (chances.cluster * max(chances.sequences + 1, 1))) if chances.cluster > 1 else 0
    if chances.sequences and clusters:
        clusters = ceil(clusters / chances.sequences) * chances.sequences
    return Size(each, other, each + other, clusters, steps)


def _effect_words(chances: Chances) -> str:
    if chances.sequences:
        return f"stepped wedge of {chances.sequences} steps, {_plain(chances.cluster)} in each cluster and period"
    return f"1 + ({_plain(chances.cluster)} - 1) x {_plain(chances.icc)}"


def _chosen(chances: Chances) -> Step:
    how = f"{_plain(100 * chances.alpha)} % two-sided and {_plain(100 * chances.power)} % power"
    if not (0 < chances.alpha < 1 and 0.5 <= chances.power < 1 and chances.ratio > 0):
        raise ValueError(f"{how} are no chances to plan with")
    if chances.cluster < 1 or not 0 <= chances.icc < 1 or chances.sequences < 0 or chances.sequences == 1:
        raise ValueError("clusters hold one or more, are alike between 0 and 1, and step twice or more")
    return Step("z for the chances", _two(chances.z), how)


def _above_nothing(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name.replace('_', ' ')} has to be above 0")


def _two(value: float) -> str:
    return f"{value:,.2f}"


def _plain(value: float) -> str:
    return f"{value:,.6g}"
