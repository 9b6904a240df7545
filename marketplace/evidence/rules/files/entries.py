"""An entry of a file of references, and what all readers share."""

import re
from collections.abc import Iterator, Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any

from marketplace.kit.values import Value, field

_BLANK = re.compile(r"[\s,]*")
_TAGS = re.compile(r"</?[A-Za-z][^<>]{0,60}>")
LONGEST_SUMMARY = 3_900
WORDS_OF_DESIGNS = (
    ("systematic review", "systematic-review"), ("meta-analysis", "systematic-review"),
    ("stepped-wedge", "randomised-trial"), ("stepped wedge", "randomised-trial"),
    ("randomised", "randomised-trial"), ("randomized", "randomised-trial"),
    ("interrupted time series", "interrupted-time-series"), ("difference-in-differences", "controlled-before-after"),
    ("controlled before", "controlled-before-after"), ("before-and-after", "before-after"),
    ("before and after", "before-after"), ("target trial", "cohort"), ("cohort", "cohort"),
    ("diagnostic accuracy", "diagnostic-accuracy"), ("silent", "silent-mode"), ("shadow mode", "silent-mode"),
    ("simulat", "simulation"), ("qualitative", "qualitative"), ("interview", "qualitative"), ("survey", "survey"),
    ("cost-effectiveness", "economic-evaluation"),
)  # fmt: skip
"""What in a title or abstract points at a design of taxonomy/study-designs.yaml: the first found, as a proposal."""


class Cited(Value):
    """An entry that begins on `line`: the fields of a study and of its results, as their forms name them.

    `wrong` says why it cannot be read; `notes` what of it was left out.
    """

    line: int
    study: Mapping[str, str] = field(default_factory=dict)
    results: tuple[Mapping[str, str], ...] = ()
    wrong: str = ""
    notes: tuple[str, ...] = ()


class Unreadable(Exception):
    """Nothing of a file can be read from `line` on."""

    def __init__(self, line: int, fact: str) -> None:
        super().__init__(fact)
        self.line, self.fact = line, fact


def json_entries(text: str) -> Iterator[tuple[int, Any]]:
    """The elements of a JSON list, or the one object, each with the line on which it begins. Raises Unreadable."""
    at = _after_blank(text, 0)
    if at >= len(text):
        raise Unreadable(1, "the file is empty")
    if text[at] != "[":
        yield _line(text, at), _decoded(text, at)[0]
        return
    at = _after_blank(text, at + 1)
    while at < len(text) and text[at] != "]":
        value, end = _decoded(text, at)
        yield _line(text, at), value
        at = _after_blank(text, end)
    if at >= len(text):
        raise Unreadable(_line(text, at), "the list does not end: a ] is missing")


def cited_from(line: int, told: Mapping[str, str], *, published: str = "") -> Cited:
    """An entry out of what was found; `published` says where and when. Wrong where it has no title."""
    study = {name: one_line(value) for name, value in told.items() if value and one_line(value)}
    if not study.get("title"):
        return Cited(line, study, wrong="It has no title.")
    summary = one_line(told.get("summary", ""))
    said = " ".join(filter(None, (f"As published in {published}." if published else "", summary)))
    study["summary"] = said if len(said) <= LONGEST_SUMMARY else f"{said[:LONGEST_SUMMARY].rstrip()} (cut short)"
    design = study.get("design") or design_in(f"{study['title']} {summary}")
    return Cited(line, {**study, "title": study["title"][:200], "design": design})


def design_in(words: str) -> str:
    """The design that the words point at; empty where they point at none."""
    plain = words.casefold()
    return next((design for said, design in WORDS_OF_DESIGNS if said in plain), "")


def one_line(text: Any) -> str:
    """Text on one line, without the marks of HTML and JATS."""
    return " ".join(_TAGS.sub(" ", str(text)).split()) if text is not None else ""


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return JSONDecoder().raw_decode(text, at)
    except JSONDecodeError as wrong:
        raise Unreadable(wrong.lineno, f"this is no JSON: {wrong.msg.lower()}") from None
    except RecursionError:
        raise Unreadable(_line(text, at), "it is nested beyond all measure") from None


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
