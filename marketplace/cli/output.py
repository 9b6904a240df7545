"""How commands speak: one JSON document, or lines for people; refusals with their way on."""

import json
import sys
from typing import Any

from sqlalchemy.exc import OperationalError, ProgrammingError

from marketplace.faces.refusals import problem
from marketplace.kit.errors import Conflict, Refusal
from marketplace.ports.search.port import SearchUnavailable


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


def refusal_of(fault: Exception) -> Refusal | None:
    """A refusal as it is; a disk, a database or an index that does not serve, with what to do; None for our own faults.

    Whoever types a command reads words, and a trace only where nobody but us can mend it.
    """
    match fault:
        case Refusal():
            return fault
        case OSError():
            where, reason = fault.filename or "what this needs", fault.strerror or str(fault)
            return Conflict(f"{where} cannot be used: {reason}", "Name another place, or mend that one.")
        case SearchUnavailable():
            return Conflict(f"the search cannot be used: {fault.reason}", "Run `marketplace reindex`.")
        case OperationalError() | ProgrammingError():
            reason = str(fault.orig).strip().splitlines()[0]
            return Conflict(f"the database does not serve: {reason}", "`marketplace doctor` says what to mend.")
    return None
