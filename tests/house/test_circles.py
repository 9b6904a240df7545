"""No import circle, between modules or between rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import HOUSE, modules, statements

Graph = dict[str, set[str]]


def name_of(path: Path) -> str:
    parts = list(path.relative_to(HOUSE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.Module, known: set[str]) -> Iterator[str]:
    for node in statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield from (name for name in ((inner,) if inner in known else (node.module,)) if name in known)


def graph() -> Graph:
    known = {name_of(path) for path in modules()}
    return {name_of(path): set(imports_of(tree, known)) - {name_of(path)} for path, tree in modules().items()}


def circles(edges: Graph) -> list[list[str]]:
    """What is left when everything that imports nothing, again and again, is taken out."""
    left = {name: set(targets) for name, targets in edges.items()}
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    return [sorted(left)] if left else []


def test_no_module_imports_itself_round_a_circle():
    assert circles(graph()) == []


def test_a_circle_would_be_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "d"]]
