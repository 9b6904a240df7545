"""Forest, funnel and cumulative plots as places in per cent: the templates only draw them."""

from collections.abc import Callable, Mapping, Sequence
from math import exp, isfinite, log
from typing import Any

from marketplace.evidence.rules.telling import number
from marketplace.kit.values import Value
from marketplace.web.charts import place, steps

LEFT, RIGHT = 4.0, 96.0
RATIO_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
WIDEST = 30.0
"""How many times the middle half of all estimates an interval may reach before its end is cut off with an arrow."""
NINETY_FIVE = 1.959964


class Line(Value, kw_only=True):
    """One row of a plot: a study or a sum. `kind` is study or sum; places are per cent, None where it has no number."""

    label: str
    url: str
    note: str
    found: str
    kind: str
    is_independent: bool
    at: float | None
    start: float | None
    end: float | None
    size: float


class Plot(Value):
    """Rows on one scale. `ticks` are (place, words); `nothing` is where no effect stands; `predicted` two places."""

    title: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    nothing: float
    better: str
    columns: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]
    predicted: tuple[float, float] | None = None


class Funnel(Value):
    """Effects against their standard errors. `dots` are (x, y, independent, label); `sides` two lines to the foot."""

    title: str
    dots: tuple[tuple[float, float, bool, str], ...]
    middle: float
    sides: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    errors: tuple[tuple[float, str], ...]
    warning: str
    numbers: tuple[tuple[str, ...], ...]


class Axis(Value):
    """A scale from `low` to `high`, of logarithms for ratios."""

    low: float
    high: float
    is_log: bool

    def at(self, value: float) -> float:
        """Where a value as people read it stands."""
        return place(self.inner(value), self.low, self.high, LEFT, RIGHT)

    def inner(self, value: float) -> float:
        return log(max(value, 1e-12)) if self.is_log else value

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The values under the axis with their places."""
        if self.is_log:
            low, high = exp(self.low) * 0.999, exp(self.high) * 1.001
            values: Sequence[float] = [each for each in RATIO_TICKS if low <= each <= high]
        else:
            values = [each for each in steps(self.low, self.high) if self.low - 1e-9 <= each <= self.high + 1e-9]
        return tuple((self.at(each), f"{each:,.6g}".replace("-", "\N{MINUS SIGN}")) for each in values)


def axis_of(values: Sequence[float | None], *, is_log: bool) -> Axis:
    """A scale that holds these values and no effect; what lies far beyond the rest is cut off."""
    inner = [log(max(each, 1e-12)) if is_log else each for each in values if each is not None and isfinite(each)]
    inner.append(0.0)
    middle = sorted(inner)[len(inner) // 4 : len(inner) - len(inner) // 4] or inner
    room = (max(middle) - min(middle) or 1.0) * WIDEST
    low, high = max(min(inner), min(middle) - room), min(max(inner), max(middle) + room)
    if is_log:
        first = max((each for each in RATIO_TICKS if log(each) <= low + 1e-9), default=RATIO_TICKS[0])
        last = min((each for each in RATIO_TICKS if log(each) >= high - 1e-9), default=RATIO_TICKS[-1])
        return Axis(log(first), log(last), is_log)
    ticks = steps(low, high)
    return Axis(ticks[0], ticks[-1], is_log)


def forest(found: Mapping[str, Any], body: Mapping[str, Any], notes: Callable[[Mapping[str, Any]], str]) -> Plot:
    """Each study of a sum and the sum itself, on one scale."""
    total, rows = body["total"], body["rows"]
    ends = [each[name] for each in (*rows, total) for name in ("low", "high")]
    axis = axis_of([*ends, *(body["predicted"] or [])], is_log=found["effect"] == "ratio")
    lines = [_study(row, axis, notes(row), found["unit"]) for row in rows]
    lines.append(_sum(total, "All of them together", body["method"], axis, found["unit"], "sum"))
    table = [
        (row["title"], *_three(row), f"{100 * row['weight']:.1f}%", notes(row)) for row in rows
    ] + [("All of them together", *_three(total), "100%", body["method"])]  # fmt: skip
    predicted = body["predicted"]
    return Plot(
        title=found["sentence"], lines=tuple(lines), ticks=axis.ticks, nothing=axis.at(_nothing(found)),
        better=_better(found), columns=("Study", "Effect", "95% from", "95% to", "Weight", "How"),
        numbers=tuple(table), predicted=(axis.at(predicted[0]), axis.at(predicted[1])) if predicted else None,
    )  # fmt: skip


def sums(found: Mapping[str, Any], listed: Sequence[Mapping[str, Any]], title: str, label: str, before: str) -> Plot:
    """Sums beside one another: without each study, one by one, or by each model. `before` stands before each name."""
    known = [each for each in listed if each["estimate"] is not None]
    axis = axis_of([each[name] for each in known for name in ("low", "high")], is_log=found["effect"] == "ratio")
    lines = [
        _sum(each, f"{before}{each['label']}", _counted(each["count"]), axis, found["unit"], "study") for each in listed
    ]
    table = [(f"{before}{each['label']}", *_three(each), str(each["count"]), _heterogeneity(each)) for each in listed]
    return Plot(
        title=title, lines=tuple(lines), ticks=axis.ticks, nothing=axis.at(_nothing(found)), better=_better(found),
        columns=(label, "Effect", "95% from", "95% to", "Studies", "I²"), numbers=tuple(table),
    )  # fmt: skip


def funnel(found: Mapping[str, Any], body: Mapping[str, Any], warning: str) -> Funnel:
    """The studies of a sum by how precise they are: small ones below."""
    rows, foot = body["rows"], max(row["se"] for row in body["rows"]) * 1.1
    is_log = found["effect"] == "ratio"
    edges = [body["mu"] - NINETY_FIVE * foot, body["mu"] + NINETY_FIVE * foot, *(row["y"] for row in rows)]
    axis = axis_of([exp(min(each, 700)) if is_log else each for each in edges], is_log=is_log)

    def x(inner: float) -> float:
        return place(inner, axis.low, axis.high, 10, RIGHT)

    ticks = tuple((10 + (at - LEFT) * (RIGHT - 10) / (RIGHT - LEFT), words) for at, words in axis.ticks)
    return Funnel(
        title=f"{found['measure']}: {len(rows)} studies by how precise they are",
        dots=tuple(
            (x(row["y"]), place(row["se"], 0, foot, 4, 86), row["is_independent"], row["title"]) for row in rows
        ),
        middle=x(body["mu"]), sides=(x(edges[0]), x(edges[1])), ticks=ticks,
        errors=tuple((place(each, 0, foot, 4, 86), number(each)) for each in (0.0, foot / 2.2, foot / 1.1)),
        warning=warning,
        numbers=tuple((row["title"], number(row["estimate"], 2), number(row["se"], 3)) for row in rows),
    )  # fmt: skip


def _study(row: Mapping[str, Any], axis: Axis, note: str, unit: str) -> Line:
    return Line(
        label=row["title"], url=f"/studies/{row['ref']}" if row["ref"] else "", note=note, kind="study",
        found=_words(row, unit), is_independent=row["is_independent"], at=axis.at(row["estimate"]),
        start=axis.at(row["low"]), end=axis.at(row["high"]), size=round(7 + 13 * row["weight"] ** 0.5, 1),
    )  # fmt: skip


def _sum(one: Mapping[str, Any], label: str, note: str, axis: Axis, unit: str, kind: str) -> Line:
    known = one["estimate"] is not None
    return Line(
        label=label, url="", note=note, found=_words(one, unit), kind=kind, is_independent=True,
        at=axis.at(one["estimate"]) if known else None, start=axis.at(one["low"]) if known else None,
        end=axis.at(one["high"]) if known else None, size=12,
    )  # fmt: skip


def _words(one: Mapping[str, Any], unit: str) -> str:
    if one["estimate"] is None:
        return "not added up: fewer than two studies"
    after = unit if unit in ("%", "") else f" {unit}"
    estimate, low, high = _three(one)
    return f"{estimate}{after} (95% {low} to {high})"


def _three(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return _or_dash(one["estimate"]), _or_dash(one["low"]), _or_dash(one["high"])


def _or_dash(value: float | None) -> str:
    return "–" if value is None else number(value, 2)


def _heterogeneity(one: Mapping[str, Any]) -> str:
    return f"{one['i2']:.0f}%" if one["i2"] is not None else "–"


def _counted(count: int) -> str:
    return f"{count} {'study' if count == 1 else 'studies'}"


def _nothing(found: Mapping[str, Any]) -> float:
    return 1.0 if found["effect"] == "ratio" else 0.0


def _better(found: Mapping[str, Any]) -> str:
    nothing = "1 means no difference." if found["effect"] == "ratio" else "0 means no difference."
    unit = f" In {found['unit']}." if found["unit"] else ""
    better = f"{str(found['better']).capitalize()} is better. " if found["better"] else ""
    return f"{better}{nothing}{unit}"
