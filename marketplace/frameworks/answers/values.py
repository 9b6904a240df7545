"""One answer, as somebody typed it or a document brought it, turned into what is kept, or refused with a way on.

Each reader takes the question and a raw value and returns the answer, None when it is blank. Raises Invalid.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from marketplace.frameworks.answers.quantities import read_date, read_number
from marketplace.frameworks.answers.raw import one_text, texts
from marketplace.frameworks.schema.questions import Answerable, Kind
from marketplace.kit.errors import Invalid
from marketplace.kit.text import clean_line, clean_text, quote

FEW = 8
"""Up to so many options are named in full when none comes near."""

_SPACES = re.compile(r"[ \t\r\n]+")
_LINES = re.compile(r"\r\n|\r|\n")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)


def read_value(question: Answerable, raw: object) -> Any:
    """The answer to any question but a table."""
    return _READERS[question.kind](question, raw)


def _read_text(question: Answerable, raw: object) -> str | None:
    return clean_line(_SPACES.sub(" ", one_text(raw)), question.longest) or None


def _read_long_text(question: Answerable, raw: object) -> str | None:
    return clean_text(one_text(raw), question.longest) or None


def _read_choice(question: Answerable, raw: object) -> str | None:
    text = one_text(raw).strip()
    return _option(question, text) if text else None


def _read_choices(question: Answerable, raw: object) -> list[str] | None:
    chosen = {_option(question, text) for text in texts(raw)}
    if len(chosen) > question.most:
        raise Invalid(f"{len(chosen)} are chosen", f"Choose at most {question.most}.")
    return [option for option in question.labels if option in chosen] if len(chosen) > 1 else list(chosen) or None


def _read_list(question: Answerable, raw: object) -> list[str] | None:
    typed = (line for text in texts(raw) for line in _LINES.split(text))
    lines = [line for line in (clean_line(each, question.longest) for each in typed) if line]
    if len(lines) > question.most:
        raise Invalid(f"there are {len(lines)} lines", f"Keep at most {question.most}.")
    return lines or None


def _read_link(question: Answerable, raw: object) -> str | None:
    text = clean_line(one_text(raw), question.longest)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        fits = parts.scheme == "https" and "@" not in parts.netloc and parts.port in (None, 443)
        fits = fits and bool(_HOST.fullmatch(parts.hostname or "")) and not re.search(r'[\s"<>\\^`{|}]', text)
    except ValueError:
        fits = False
    if not fits:
        raise Invalid(
            f"{quote(text)} is not a link that can be shown",
            "Give the whole address of a public page, beginning with https://, such as https://www.example.org/page.",
        )
    return text


def _option(question: Answerable, text: str) -> str:
    found = question.offered.get(text) or question.offered.get(text.casefold())
    if found is None:
        raise Invalid(f"{quote(text)} is not one of the options", _way_on(question, text))
    return found


@lru_cache(maxsize=2_000)
def _nearest(text: str, offered: tuple[str, ...]) -> str:
    """What was probably meant. A file of a hundred thousand rows makes the same slip in many of them."""
    return next(iter(get_close_matches(text, offered, n=1, cutoff=0.6)), "")


def _way_on(question: Answerable, text: str) -> str:
    near = _nearest(text[:80].casefold(), tuple(question.offered))
    if near:
        return f"Did you mean “{question.labels[question.offered[near]]}”?"
    labels = [question.labels[option] for option in dict.fromkeys(question.offered.values())]
    named = f"Choose one of: {'; '.join(labels)}." if len(labels) <= FEW else ""
    return named or f"Choose one of the {len(labels)} options, such as “{labels[0]}”."


_READERS: dict[Kind, Callable[[Answerable, object], Any]] = {
    Kind.TEXT: _read_text,
    Kind.LONG_TEXT: _read_long_text,
    Kind.CHOICE: _read_choice,
    Kind.COUNTRY: _read_choice,
    Kind.CHOICES: _read_choices,
    Kind.LIST: _read_list,
    Kind.LINK: _read_link,
    Kind.DATE: lambda question, raw: read_date(raw),
    Kind.NUMBER: lambda question, raw: read_number(question, raw),
}
