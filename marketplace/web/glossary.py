"""The glossary, read once from docs/glossary.md: one heading and one paragraph a term."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


@dataclass(frozen=True, slots=True)
class Term:
    id: str
    name: str
    text: str


@cache
def terms() -> tuple[Term, ...]:
    """The terms in the order of the file, which is alphabetical."""
    parts = GLOSSARY.read_text().split("\n## ")[1:]
    pairs = (part.split("\n", 1) for part in parts)
    return tuple(Term(name.strip().lower().replace(" ", "-"), name.strip(), text.strip()) for name, text in pairs)
