"""The gates of a section as a picture: one row for each criterion, a line from each gate down to what it opens.

Positions are in pixels from the left; it is made twice, with shorter and with longer lines of words.
"""

from collections.abc import Iterator, Mapping
from textwrap import wrap

from marketplace.assurance.rules.gates import wanted
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section
from marketplace.kit.values import Value

STEP, BOX, ROW, LINE, GAP = 16, 60, 26, 18, 14
TRUNK = 9
"""Where a line leaves its box, counted from the box's left side."""
NARROW, WIDE = 22, 66
"""Characters in a line of words, so that the deepest row fits a small screen, or a column of text."""


class Node(Value):
    """A criterion: its box, the words beside it from the top down, and where they begin."""

    code: str
    x: int
    y: int
    width: int
    height: int
    words_x: int
    label: tuple[str, ...]
    opened_by: tuple[str, ...]


class Edge(Value):
    """From the bottom of a gate's box down to the row that it opens, then to its box: the `d` of an SVG path."""

    path: str


class Picture(Value):
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def picture_of(section: Section, framework: AssuranceFramework, *, widest: int) -> Picture | None:
    """The picture of a section with so many characters in a line; None where nothing in it depends on anything."""
    drawn = [criterion for criterion in section.criteria if criterion.gates]
    gates = {code for criterion in drawn for code in criterion.gates}
    shown = [criterion for criterion in section.criteria if criterion.gates or criterion.code in gates]
    if not shown:
        return None
    nodes = {node.code: node for node in _nodes(shown, framework, widest)}
    edges = tuple(_edge(nodes[code], nodes[each.code]) for each in drawn for code in each.gates if code in nodes)
    last = list(nodes.values())[-1]
    return Picture(last.y + last.height, tuple(nodes.values()), edges)


def _nodes(shown: list[Criterion], framework: AssuranceFramework, widest: int) -> Iterator[Node]:
    depths: dict[str, int] = {}
    y = 0
    for criterion in shown:
        depths[criterion.code] = depth = _depth(criterion, depths)
        label = tuple(wrap(criterion.label, widest))
        opened_by = tuple(wrap(_opened_by(criterion, framework), widest))
        height = max(ROW, LINE * (len(label) + len(opened_by)) + 6)
        yield Node(criterion.code, depth * STEP, y, BOX, height, depth * STEP + BOX + 8, label, opened_by)
        y += height + GAP


def _depth(criterion: Criterion, depths: Mapping[str, int]) -> int:
    return max((depths[code] + 1 for code in criterion.gates if code in depths), default=0)


def _opened_by(criterion: Criterion, framework: AssuranceFramework) -> str:
    """Short: what the gates have to be, their codes named where there are several."""
    pairs = [pair for gate in (criterion.when, *criterion.when_any) for pair in gate.items()]
    if len(pairs) == 1:
        code, options = pairs[0]
        return f"if {wanted(framework.by_code[code], options)}"
    joined = " or " if criterion.when_any else " and "
    said = joined.join(f"{code} {wanted(framework.by_code[code], options)}" for code, options in pairs)
    return f"if {said}" if said else ""


def _edge(gate: Node, opened: Node) -> Edge:
    x, start, end = gate.x + TRUNK, gate.y + ROW, opened.y + ROW // 2
    return Edge(f"M{x} {start}V{end}H{opened.x}")
