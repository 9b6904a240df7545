"""How commands speak: one JSON document, or lines for people; refusals with their way on."""

import json
import sys
from typing import Any

from marketplace.faces.refusals import problem
from marketplace.kit.errors import Refusal


def tell(lines: str, document: Any, *, as_json: bool) -> None:
    """Print the document as JSON, or the lines for people."""
    print(json.dumps(document, indent=2, ensure_ascii=False, default=str) if as_json else lines)


def progress(text: str) -> None:
    """A line that takes the place of the one before, on stderr, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def end_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)


def refuse(refusal: Refusal, *, as_json: bool) -> int:
    """Tell a refusal; the exit code is 1."""
    if as_json:
        print(json.dumps(problem(refusal), indent=2, ensure_ascii=False))
        return 1
    print(f"{refusal.fact}. {refusal.hint}".strip(), file=sys.stderr)
    for name, text in refusal.fields.items():
        print(f"  {name}: {text}", file=sys.stderr)
    return 1
