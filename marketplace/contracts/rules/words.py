"""The words of a text, line by line, in the order in which every form of the document has them."""

from collections.abc import Iterator, Mapping
from typing import Any


def lines_of(tree: Mapping[str, Any]) -> list[str]:
    """Every line of the text: its title and notice, then clause by clause, then the sources."""
    lines = [str(tree["title"]), str(tree["notice"])]
    for clause in tree["clauses"]:
        lines += clause_lines(clause)
    return [*lines, *_block(tree["sources"])]


def clause_lines(clause: Mapping[str, Any]) -> list[str]:
    """The heading of a clause with its number, then its blocks."""
    lines = [f"{clause['number']} {clause['heading']}"]
    for block in clause["blocks"]:
        lines += _block(block)
    return lines


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    kind = block["kind"]
    if kind == "paragraph":
        yield f"{block['number']} {said(block['runs'])}"
    elif kind == "items":
        for item in block["items"]:
            yield f"{item['label']} {said(item['runs'])}"
    elif kind == "quoted":
        yield from map(said, block["paragraphs"])
    else:
        yield str(block["caption"])
        for row in (block["head"], *block["rows"]):
            yield from (str(cell) for cell in row)


def said(runs: list[Mapping[str, Any]]) -> str:
    """The pieces of a sentence together."""
    return "".join(str(run["text"]) for run in runs)
