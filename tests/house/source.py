"""The source of the house, read once for the house tests."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from marketplace.kit.starting import nothing_collected

HOUSE = Path(__file__).resolve().parents[2]
PACKAGE = HOUSE / "marketplace"
ROOMS = (
    "identity",
    "evidence",
    "catalogue",
    "assurance",
    "matching",
    "procurement",
    "contracts",
    "payments",
    "transparency",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python file of the package, parsed once and kept; migrations are history and stand outside the budgets."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts]
    with nothing_collected():
        return {path: ast.parse(path.read_text()) for path in paths}


@cache
def functions() -> list[tuple[Path, Function]]:
    return [
        (path, node)
        for path, tree in modules().items()
        for node in statements(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Each statement in it, however deep. An expression holds none, and nine nodes of ten are expressions."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for part in getattr(node, name, ()):
            yield part
            yield from statements(part)


def length(node: Function) -> int:
    """Lines from the signature to the last statement, without the docstring."""
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (
        (node.end_lineno or 0) - node.lineno + 1 - ((first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0)
    )


def short(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()
