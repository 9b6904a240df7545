"""What the calculators of evidence come to as pictures, out of the same document that programs read."""

from collections.abc import Callable, Mapping, Sequence
from math import exp, sqrt
from typing import Any

from marketplace.evidence.rules.curves import normal_quantile
from marketplace.evidence.rules.pooling import METHODS
from marketplace.evidence.rules.process import SIGNALS, VARIATIONS
from marketplace.evidence.rules.telling import number
from marketplace.faces.desk.worked import Worked
from marketplace.kit.values import Value
from marketplace.web.charts import figure, place, steps
from marketplace.web.evidence.plots import forest, funnel, sums

MOST_DOTS = 300
FEWEST_FOR_FUNNEL = 10
TOP, FOOT, LEFT, RIGHT = 6.0, 86.0, 12.0, 96.0
WARNING = "Fewer than ten studies: this picture cannot show whether small ones are missing."


class Dot(Value):
    """A point of a series; `signal` says in words why it is more than what varies by itself, empty where it is not."""

    x: float
    y: float
    label: str
    signal: str


class Segment(Value):
    """Limits from one place to another: heights of mean, lower and upper."""

    start: float
    end: float
    mean: float
    lower: float
    upper: float


class Process(Value):
    """A series with its limits; every place in per cent. `target` None without one; `rows` are its numbers."""

    title: str
    note: str
    dots: tuple[Dot, ...]
    segments: tuple[Segment, ...]
    ticks: tuple[tuple[float, str], ...]
    target: tuple[float, str] | None
    rows: tuple[tuple[str, ...], ...]


class Plane(Value):
    """Draws of cost and effect. `cloud` is a path of dots on 100 by 100; `slope` where a threshold leaves the plane."""

    title: str
    note: str
    cloud: str
    middle: tuple[float, float]
    zero: tuple[float, float]
    slope: tuple[float, float, float, float, str]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    rows: tuple[tuple[str, ...], ...]


def pictures_of(name: str, worked: Worked, given: Mapping[str, Any]) -> dict[str, Any]:
    """The pictures of a calculator by name; empty for those that are words and numbers alone."""
    found = PICTURES.get(name)
    return found(worked.document, given) if found else {}


def of_studies(document: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Forest, funnel, one by one and leave one out."""
    pooled, z = document["pooled"], normal_quantile(0.975)
    is_log = pooled["log"]
    rows = [_study(each, is_log, z) for each in document["studies"]]
    low, high = pooled["interval"]
    count = f"{len(rows)} studies"
    found = {
        "effect": "ratio" if is_log else "difference", "unit": "", "better": "", "measure": "The studies",
        "sentence": f"{count} together: {number(pooled['estimate'], 2)} ({number(low, 2)} to {number(high, 2)})",
    }  # fmt: skip
    ends = pooled["prediction"]
    body = {
        "rows": rows, "total": _sum("", pooled), "method": _method(pooled), "mu": pooled["mu"],
        "predicted": [exp(each) if is_log else each for each in ends] if ends else None,
    }  # fmt: skip
    steps_of = [_sum(each["study"], each["pooled"]) for each in document["cumulative"][1:] if each["pooled"]]
    left = [_sum(each["study"], each["pooled"]) for each in document["leave_one_out"] if each["pooled"]]
    return {
        "forest": forest(found, body, lambda row: f"weight {100 * row['weight']:.1f}%"),
        "funnel": funnel(found, body, "" if len(rows) >= FEWEST_FOR_FUNNEL else WARNING),
        "steps": sums(found, steps_of, "One study after another", "Up to", "+ ") if steps_of else None,
        "without": sums(found, left, "Without each study in turn", "Without", "Without ") if left else None,
    }


def of_series(document: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The series with its limits, and the points that are signals."""
    points, target = document["points"], given.get("target")
    aim = float(target) if target not in (None, "") else None
    ends = [each[name] for each in points for name in ("value", "lower", "upper")] + ([aim] if aim is not None else [])
    ticks = steps(min(ends), max(ends))
    low, high, last = ticks[0], ticks[-1], max(len(points) - 1, 1)

    def x(at: float) -> float:
        return place(at, 0, last, LEFT + 2, RIGHT)

    def y(value: float) -> float:
        return place(value, low, high, FOOT, TOP)

    dots = tuple(
        Dot(x(at), y(one["value"]), f"Point {at + 1}: {figure(one['value'])}", SIGNALS.get(one["signal"], ""))
        for at, one in enumerate(points)
    )
    title = VARIATIONS[document["variation"]]
    signals = sum(bool(dot.signal) for dot in dots)
    note = f"{signals} of {len(dots)} points are more than what varies by itself: the diamonds." if signals else ""
    return {
        "process": Process(
            title=title, note=note, dots=dots, segments=tuple(_segments(points, x, y)),
            ticks=tuple((y(each), figure(each)) for each in ticks),
            target=(y(aim), figure(aim)) if aim is not None else None,
            rows=tuple((str(at), figure(one["value"]), figure(round(one["lower"], 2)), figure(round(one["upper"], 2)),
                        SIGNALS.get(one["signal"], "")) for at, one in enumerate(points, start=1)),
        )
    }  # fmt: skip


def of_draws(document: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The plane of costs and effects with the line of the first threshold."""
    drawn, first = document["plane"], document["thresholds"][0]
    shown = drawn[:MOST_DOTS]
    costs, effects = [0.0, *(each[0] for each in shown)], [0.0, *(each[1] for each in shown)]
    up, across = steps(min(costs), max(costs)), steps(min(effects), max(effects))

    def x(effect: float) -> float:
        return place(effect, across[0], across[-1], LEFT, RIGHT)

    def y(cost: float) -> float:
        return place(cost, up[0], up[-1], FOOT, TOP)

    threshold = first["threshold"]
    title = f"Worth it at £{threshold:,.0f} in {100 * first['worth_it']:.0f}% of {len(drawn):,} draws"
    note = f"The first {len(shown)} draws are dotted." if len(drawn) > len(shown) else ""
    return {
        "plane": Plane(
            title=title, note=note, cloud="".join(f"M{x(each[1]):.1f} {y(each[0]):.1f}h0" for each in shown),
            middle=(x(document["effect"]), y(document["cost"])), zero=(x(0), y(0)),
            slope=_slope(threshold, up, across, x, y),
            across=tuple((x(each), f"{each:,.6g}".replace("-", "\N{MINUS SIGN}")) for each in across),
            up=tuple((y(each), figure(each, "£")) for each in up),
            rows=tuple((f"£{one['threshold']:,.0f}", _pounds(one["net_benefit"]), _pounds(one["low"]),
                        _pounds(one["high"]), f"{100 * one['worth_it']:.1f}%") for one in document["thresholds"]),
        )
    }  # fmt: skip


def _study(one: Mapping[str, Any], is_log: bool, z: float) -> dict[str, Any]:
    se = sqrt(one["v"])
    low, high = one["y"] - z * se, one["y"] + z * se
    return {
        "title": one["name"], "ref": "", "estimate": one["estimate"], "low": exp(low) if is_log else low,
        "high": exp(high) if is_log else high, "weight": one["weight"], "y": one["y"], "se": se, "is_independent": True,
    }  # fmt: skip


def _sum(label: str, one: Mapping[str, Any]) -> dict[str, Any]:
    low, high = one["interval"]
    return {
        "label": label, "estimate": one["estimate"], "low": low, "high": high, "count": one["count"], "i2": one["i2"],
    }  # fmt: skip


def _method(pooled: Mapping[str, Any]) -> str:
    return f"{METHODS[pooled['method']]}{', Hartung-Knapp' if pooled['knapp'] else ''}"


def _segments(
    points: Sequence[Mapping[str, Any]], x: Callable[[float], float], y: Callable[[float], float]
) -> list[Segment]:
    """One for each run of points that share their limits."""
    found: list[Segment] = []
    start = 0
    for at in range(1, len(points) + 1):
        if at == len(points) or (points[at]["lower"], points[at]["upper"]) != (
            points[start]["lower"], points[start]["upper"],
        ):  # fmt: skip
            one = points[start]
            mean = (one["lower"] + one["upper"]) / 2
            found.append(Segment(x(start), x(at - 1), y(mean), y(one["lower"]), y(one["upper"])))
            start = at
    return found


def _slope(
    threshold: float, up: Sequence[float], across: Sequence[float], x: Callable[[float], float],
    y: Callable[[float], float],
) -> tuple[float, float, float, float, str]:  # fmt: skip
    """The part of the line cost = threshold x effect that lies within the plane."""
    left, right = across[0], across[-1]
    if threshold > 0:
        left, right = max(left, up[0] / threshold), min(right, up[-1] / threshold)
    return x(left), y(threshold * left), x(right), y(threshold * right), f"£{threshold:,.0f} for a QALY"


def _pounds(value: float) -> str:
    return figure(round(value), "£")


PICTURES: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    "pool": of_studies, "spc": of_series, "worth": of_draws,
}  # fmt: skip
