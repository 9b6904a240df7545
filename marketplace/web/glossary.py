"""The glossary, read once from docs/glossary.md: one heading and one paragraph a term."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from marketplace.kit.values import Value

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


class Term(Value):
    id: str
    name: str
    text: str


@cache
def terms() -> tuple[Term, ...]:
    """The terms in the order of the file, which is alphabetical."""
    parts = GLOSSARY.read_text().split("\n## ")[1:]
    pairs = (part.split("\n", 1) for part in parts)
    return tuple(Term(name.strip().lower().replace(" ", "-"), name.strip(), text.strip()) for name, text in pairs)


@cache
def explained(words: str) -> Markup:
    """The words, escaped; the first that are a term lead to it, and show what it means on hover."""
    found = _known().search(words)
    if found is None:
        return escape(words)
    term = _by_name()[found[0].casefold()]
    link = Markup('<a class="term" href="/glossary#{}" title="{}">{}</a>').format(term.id, term.text, found[0])
    return escape(words[: found.start()]) + link + escape(words[found.end() :])


@cache
def _by_name() -> dict[str, Term]:
    return {term.name.casefold(): term for term in terms()}


@cache
def _known() -> re.Pattern[str]:
    """Any of the terms as whole words, the longest first."""
    names = sorted((term.name for term in terms()), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
