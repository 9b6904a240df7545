"""Rows of a measurement, and how they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, the figure, its floor from the same run, the bar, and whether it holds."""

    what: str
    figure: str
    floor: str = ""
    bar: str = ""
    holds: bool | None = None


def show(rows: Sequence[Row]) -> str:
    lines = ["", "| what | measured | floor | bar | |", "|---|---|---|---|---|"]
    words = {True: "holds", False: "MISSED", None: ""}
    lines += [f"| {row.what} | {row.figure} | {row.floor} | {row.bar} | {words[row.holds]} |" for row in rows]
    return "\n".join(lines)


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
