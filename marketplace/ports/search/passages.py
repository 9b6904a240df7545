"""The place in a text that answers a search, as plain text. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

LONGEST = 240
WINDOW = 160
MOST_PLACES = 20
"""Places looked at for each root."""
PARTING = (*".!?:;,…", "")
"""Behind which one line is read on into the next; at the beginning nothing is to be parted."""
SENTENCE_END = re.compile(r"[.!?\n]\s+")

Place = tuple[int, int]
"""Where in the text, and the number of the root that begins there."""


def passage(text: str, roots: Sequence[str]) -> str | None:
    """About `LONGEST` characters around the words that begin like the most different roots. None when none is there."""
    lower = text.lower()
    plain = lower if len(lower) == len(text) else text
    places = sorted(place for number, root in enumerate(roots) for place in _places(plain, root, number))
    if not places:
        return None
    best = max(range(len(places)), key=lambda i: (_different(places, i), -i))
    return _cut(text, places[best][0])


def passage_from(text: str, at: int) -> str:
    """About `LONGEST` characters from a place on."""
    return _cut(text, at)


def _places(text: str, root: str, number: int) -> Iterator[Place]:
    """Where words begin with the root; an ending that the stem changed ("therapi") is left open."""
    begin = root[:-1] if len(root) > 4 and root[-1] in "ie" else root
    at = text.find(begin)
    for _ in range(MOST_PLACES):
        if at < 0:
            return
        if at == 0 or not text[at - 1].isalnum():
            yield at, number
        at = text.find(begin, at + len(begin))


def _different(places: Sequence[Place], i: int) -> int:
    end = bisect_left(places, (places[i][0] + WINDOW, 0))
    return len({root for _, root in places[i:end]})


def _cut(text: str, at: int) -> str:
    """Whole sentences where they begin and end near enough, whole words otherwise."""
    start = _start(text, at)
    stop = _stop(text, start)
    before = "" if start == 0 or (text[start - 1].isspace() and text[:start].rstrip()[-1:] in ".!?\n") else "… "
    return before + in_one_line(text[start:stop]) + ("" if stop >= len(text) or text[stop - 1] in ".!?\n" else " …")


def in_one_line(text: str) -> str:
    """Lines one behind the other, with a dot between them where no sign of their own parts them."""
    said = ""
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        said += f" {line}" if said[-1:] in PARTING else f" · {line}"
    return said.removeprefix(" ")


def _start(text: str, at: int) -> int:
    if at < 60:
        return 0
    ends = [end.end() for end in SENTENCE_END.finditer(text, max(0, at - 120), at)]
    return ends[-1] if ends else text.find(" ", at - 40, at) + 1 or at


def _stop(text: str, start: int) -> int:
    stop = start + LONGEST
    if stop >= len(text):
        return len(text)
    ends = [end.start() + 1 for end in SENTENCE_END.finditer(text, start + LONGEST // 2, stop)]
    space = text.rfind(" ", start, stop)
    return ends[-1] if ends else space if space > start else stop
