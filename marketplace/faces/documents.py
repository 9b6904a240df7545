"""Documents to keep: one template and plain data become a PDF that archives and screen readers take (A-3a, UA-1).

What people typed goes in as data and stays text: no template reads it as markup. Characters that none of the fonts
in the document has are shown as □, and the document says so.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.kit.errors import Conflict
from marketplace.kit.starting import read_later

typst = read_later("typst")
"""Read when somebody first asks for a paper."""
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"
MISSING = "\u25a1"
NOTE = "Some characters cannot be printed here and are shown as \u25a1; the table of this document has them."
_PRINTED = ((0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x45F), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x205E))
_ALSO = frozenset("\n\t€→←↑↓≠≤≥≈×−✓□\ufffd")


def pdf(name: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document `name` of templates/documents with `data` in it, dated `at`. Raises Conflict where it fails."""
    source = (TEMPLATES / f"{name}.typ").read_bytes()
    try:
        return _compiled(source, {**data, "note": ""}, at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise Conflict("the document cannot be made", "Take the table instead.") from error
    return _compiled(source, {**_printable(dict(data)), "note": NOTE}, at)


def _compiled(source: bytes, data: Mapping[str, Any], at: datetime) -> bytes:
    made: bytes = typst.compile(
        source, format="pdf", font_paths=fonts(), sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a", "ua-1"], timestamp=int(at.timestamp()),
    )  # fmt: skip
    return made


@cache
def fonts() -> Any:
    """The fonts that come with Typst and no others, read once: to look for them takes longer than to set a page."""
    return typst.Fonts(include_system_fonts=False)


def _printable(value: Any) -> Any:
    """The same data with every character that a font may lack replaced."""
    if isinstance(value, str):
        return "".join(char if _is_printed(char) else MISSING for char in value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return value


def _is_printed(char: str) -> bool:
    return char in _ALSO or any(first <= ord(char) <= last for first, last in _PRINTED)
