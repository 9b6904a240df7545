"""What differs between two texts: clause by clause, and within a changed line word by word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from marketplace.contracts.rules.words import clause_lines
from marketplace.kit.values import Value

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
State = Literal["same", "added", "removed", "changed"]
_WORDS = re.compile(r"\s+|[^\s]+")
_NUMBER = re.compile(r"(\d+(\.\d+)?|\([a-z]{1,2}\)) ")


class Piece(Value):
    """Some words of a line: in both texts, only in the later one (added), or only in the earlier (removed)."""

    state: State
    text: str


class Line(Value):
    state: State
    pieces: tuple[Piece, ...]


class ClauseChange(Value):
    """A clause in both texts or in one. A number that moved because of another clause is no change."""

    id: str
    heading: str
    number: str
    state: State
    lines: tuple[Line, ...]


def redline(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ClauseChange]:
    """Every clause of either text, in the order of the later one; a clause that is gone stands where it stood."""
    older = {clause["id"]: clause for clause in before["clauses"]}
    newer = {clause["id"]: clause for clause in after["clauses"]}
    return [_change(older.get(name), newer.get(name)) for name in _order(list(older), list(newer))]


def changed(changes: Sequence[ClauseChange]) -> list[ClauseChange]:
    """Those that are not the same."""
    return [change for change in changes if change.state != SAME]


def _order(older: list[str], newer: list[str]) -> list[str]:
    order = list(newer)
    for at, name in enumerate(older):
        if name not in newer:
            ahead = next((one for one in reversed(older[:at]) if one in order), None)
            order.insert(order.index(ahead) + 1 if ahead else 0, name)
    return order


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> ClauseChange:
    shown = after or before
    assert shown is not None
    lines = tuple(_lines(_said(before), _said(after)))
    state = _state(before, after, lines)
    return ClauseChange(shown["id"], shown["heading"], shown["number"], state, lines)


def _state(before: object, after: object, lines: tuple[Line, ...]) -> State:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "same" if all(line.state == SAME for line in lines) else "changed"


def _said(clause: Mapping[str, Any] | None) -> list[str]:
    """The lines of a clause without their numbers."""
    return [_NUMBER.sub("", line, count=1) for line in clause_lines(clause)] if clause else []


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    for state, first, second in _steps(before, after):
        pairs = min(len(first), len(second)) if state == CHANGED else 0
        for old, new in zip(first[:pairs], second[:pairs], strict=True):
            yield Line("changed", tuple(_pieces(old, new)))
        for old in first[pairs:]:
            yield Line("same", (Piece("same", old),)) if state == SAME else Line("removed", (Piece("removed", old),))
        if state != SAME:
            for new in second[pairs:]:
                yield Line("added", (Piece("added", new),))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    for state, first, second in _steps(_WORDS.findall(before), _WORDS.findall(after)):
        if state == SAME:
            yield Piece("same", "".join(first))
            continue
        if first:
            yield Piece("removed", "".join(first))
        if second:
            yield Piece("added", "".join(second))


def _steps(before: list[str], after: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    named = {"equal": SAME, "replace": CHANGED, "delete": REMOVED, "insert": ADDED}
    for tag, start, end, other, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield named[tag], before[start:end], after[other:until]
