"""The geometry of charts: where a mark stands, in per cent of the plot, so that text never shrinks with the screen."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import Any


def steps(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers that cover low to high: 1, 2 or 5 times a power of ten apart."""
    size_of_all = max(abs(low), abs(high), 1.0)
    span = high - low if high - low > size_of_all * 1e-9 else size_of_all
    raw = span / wanted
    size = 10 ** floor(log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * index, 10) for index in range(first, max(last, first + 1) + 1)]


def place(value: float, low: float, high: float, start: float = 0, end: float = 100) -> float:
    """Where `value` stands between `start` and `end` per cent."""
    share = (value - low) / (high - low) if high != low else 0.5
    return round(start + min(max(share, 0), 1) * (end - start), 2)


def scale(numbers: Sequence[float | None], *, from_zero: bool = False) -> dict[str, Any]:
    """`low`, `high` and `ticks` for the numbers; None marks a missing one."""
    known = [value for value in numbers if value is not None] or [0.0, 1.0]
    ticks = steps(min(*known, 0) if from_zero else min(known), max(*known, 0) if from_zero else max(known))
    return {"low": ticks[0], "high": ticks[-1], "ticks": ticks}


def figure(value: float | None, unit: str = "") -> str:
    """1,234 or 3.1, with its unit; a missing number says so."""
    if value is None:
        return "not reported"
    text = f"{abs(value):,.2f}" if value % 1 else f"{abs(value):,.0f}"
    text = text.rstrip("0").rstrip(".") if value % 1 and unit != "£" else text
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}£{text}" if unit == "£" else f"{sign}{text}{'' if unit in ('', '%') else ' '}{unit}"


CHARTS: dict[str, Callable[..., Any]] = {"chart_place": place, "chart_scale": scale, "chart_figure": figure}
