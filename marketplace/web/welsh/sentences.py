"""Finds the sentences of a template: runs of text between tags that begin a block, with the inline tags, values and
conditions that stand inside them. What puts Welsh there is given as a function of each sentence.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from jinja2 import Environment

INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time"}
PLAIN = {"title", "option", "text", "subject", "description"}
"""Tags and blocks in which no tag can stand: what has no Welsh is left there as it is."""
SILENT = {"script", "style", "textarea", "pre"}
INSIDE = {"if", "elif", "else", "endif", "for", "endfor"}
HELD = 0xF0000
"""A value or condition is one letter of this private range while tags are looked for."""
PARTS = re.compile(
    r"""(?P<tag><[/!]?[a-zA-Z](?:"[^"]*"|'[^']*'|[^>"'])*>)|(?P<held>[\U000F0000-\U000FFFFD])|(?P<text>[^<\U000F0000-\U000FFFFD]+|<)"""
)
READ = re.compile(
    r'((?:\s(?:aria-label|alt|placeholder|title)|name="description" content)=")((?:\{\{.*?\}\}|\{%.*?%\}|[^"])+)"',
    re.DOTALL,
)
"""An attribute that people read, and its value."""
WHOLE = re.compile(r'(<html )lang="en[\w-]*"')
ATTRIBUTE = re.compile(r'\s*[\w-]+="')
NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
CODE = re.compile(r"\{%[-+]?\s*(\w+)\s*(\w*)")
LETTERS = re.compile(r"[^\W\d_]{2}")
ENTITY = re.compile(r"&#?\w+;")


@dataclass(slots=True, eq=False)
class Piece:
    """A part of a template. kind: text, tag, value or code; `word` is the tag's name or the code's first word."""

    kind: str
    source: str

    @property
    def word(self) -> str:
        found = {"tag": NAME, "code": CODE}[self.kind].match(self.source)
        return found[1].lower() if found else ""

    @property
    def turn(self) -> int:
        """1 for a tag or condition that opens, -1 for one that closes, 0 for anything else."""
        if self.kind == "tag" and self.word in INLINE:
            return -1 if self.source.startswith("</") else 1
        if self.kind == "code":
            return {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(self.word, 0)
        return 0


class Wrap(Protocol):
    """Gives a value that speaks Welsh; `marked` where a tag may stand around it."""

    def __call__(self, source: str, *, marked: bool) -> str: ...


@dataclass
class Reader:
    """Reads one template. `say` gives the Welsh of a sentence, or None. In `lines`, as in mails, a line ends one."""

    env: Environment
    say: Callable[[str], str | None]
    wrap: Wrap
    lines: bool = False
    out: list[str] = field(default_factory=list)
    run: list[Piece] = field(default_factory=list)
    within: list[str] = field(default_factory=list)

    def read(self, source: str) -> str:
        """The template with what `say` and `wrap` made of it."""
        for piece in pieces_of(self.env, source):
            if self.lines and piece.kind == "text":
                self._take_lines(piece)
            elif _ends_sentence(piece):
                self._end_run(self._tag(piece.source) if piece.kind == "tag" else piece.source)
                self._note(piece)
            else:
                self.run.append(piece)
        self._end_run()
        return "".join(self.out)

    def _take_lines(self, piece: Piece) -> None:
        for part in re.split(r"(\n)", piece.source):
            if part == "\n":
                self._end_run(part)
            else:
                self.run.append(Piece("text", part))

    def _note(self, piece: Piece) -> None:
        """Remember which blocks and tags we are inside of."""
        found = CODE.match(piece.source)
        if piece.word == "block" and found:
            self.within.append(found[2])
        elif piece.kind == "tag" and piece.word in PLAIN | SILENT and not piece.source.startswith("</"):
            self.within.append(piece.word)
        elif piece.word == "endblock" or (self.within and piece.kind == "tag" and piece.word == self.within[-1]):
            self.within.pop()

    def _end_run(self, after: str = "") -> None:
        run, self.run = self.run, []
        self.out += [self._sentence(run), after]

    def _sentence(self, run: list[Piece]) -> str:
        whole = "".join(piece.source for piece in run)
        before, core, after = trimmed(run)
        if not SILENT.isdisjoint(self.within) or (core and ATTRIBUTE.match(core[0].source)):
            return whole
        welsh = self._welsh_of(core)
        core = core if welsh is None else list(pieces_of(self.env, welsh))
        return self._spoken([*before, *core, *after], marked=PLAIN.isdisjoint(self.within))

    def _welsh_of(self, pieces: list[Piece]) -> str | None:
        english = sentence_of(pieces)
        return self.say(english) if english else None

    def _spoken(self, pieces: list[Piece], *, marked: bool) -> str:
        wrap = partial(self.wrap, marked=marked)
        turned: dict[str, Callable[[str], str]] = {"tag": self._tag, "value": wrap, "text": str, "code": str}
        return "".join(turned[piece.kind](piece.source) for piece in pieces)

    def _tag(self, source: str) -> str:
        """A tag with those of its attributes that people read in Welsh, and the language of the whole."""
        source = WHOLE.sub(r'\1lang="cy"', source)
        return READ.sub(lambda found: f'{found[1]}{self._attribute(found[2])}"', source)

    def _attribute(self, value: str) -> str:
        welsh = self._welsh_of(list(chunks_of(self.env, value)))
        return self._spoken(list(chunks_of(self.env, value if welsh is None else welsh)), marked=False)


def _ends_sentence(piece: Piece) -> bool:
    if piece.kind == "tag":
        return piece.word not in INLINE
    return piece.kind == "code" and piece.word not in INSIDE


def sentence_of(pieces: list[Piece]) -> str:
    """The sentence as the catalogue names it, or nothing where no word stands outside of values."""
    text = "".join(piece.source for piece in pieces if piece.kind == "text")
    if not LETTERS.search(ENTITY.sub("", text)):
        return ""
    return " ".join("".join(piece.source for piece in pieces).split())


def trimmed(run: list[Piece]) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """What stands before a sentence, the sentence, and what stands after: space, conditions that begin or end outside
    of it, and tags that hold all of it."""
    before: list[Piece] = []
    after: list[Piece] = []
    core = deque(spaced(run))
    while core:
        loose = unmatched(core)
        if core[0].source.isspace() or core[0] in loose:
            before.append(core.popleft())
        elif core[-1].source.isspace() or core[-1] in loose:
            after.insert(0, core.pop())
        elif _is_held(list(core)):
            before.append(core.popleft())
            after.insert(0, core.pop())
        else:
            break
    return before, list(core), after


def spaced(run: list[Piece]) -> Iterator[Piece]:
    """The pieces again, the space around a text being a piece of its own."""
    for piece in run:
        parts = re.split(r"^(\s+)|(\s+)$", piece.source) if piece.kind == "text" else [piece.source]
        yield from (Piece(piece.kind, part) for part in parts if part)


def unmatched(core: Iterable[Piece]) -> list[Piece]:
    """The conditions that begin or end outside of these pieces, with their other branches."""
    opened: list[Piece] = []
    loose: list[Piece] = []
    for piece in core:
        if piece.kind == "code" and piece.turn == 1:
            opened.append(piece)
        elif piece.kind == "code" and not opened:
            loose.append(piece)
        elif piece.kind == "code" and piece.turn == -1:
            opened.pop()
    return [*loose, *opened]


def _is_held(core: list[Piece]) -> bool:
    """Whether the first piece opens what the last one closes, with no other branch between them."""
    if len(core) < 2 or core[0].turn != 1 or core[0].kind != core[-1].kind:
        return False
    depth = 0
    for piece in core:
        alike = piece.kind == core[0].kind
        depth += piece.turn if alike else 0
        branches = depth == 1 and piece.kind == "code" and piece.word in ("else", "elif")
        if branches or (depth == 0 and piece is not core[-1]):
            return False
    return depth == 0


def chunks_of(env: Environment, source: str) -> Iterator[Piece]:
    """Text, values and code in order, as Jinja's own reader divides them; comments fall away."""
    held: list[str] = []
    kind = ""
    for _, what, text in env.lexer.tokeniter(source, None):
        if what == "data":
            yield Piece("text", text)
        elif what.endswith("_begin"):
            held, kind = [text], {"variable_begin": "value", "block_begin": "code"}.get(what, "")
        elif not what.endswith("_end"):
            held.append(text)
        elif kind:
            yield Piece(kind, "".join([*held, text]))
            kind = ""


def pieces_of(env: Environment, source: str) -> Iterator[Piece]:
    """The chunks again, with HTML tags told from text."""
    chunks = list(chunks_of(env, source))
    flat = "".join(one.source if one.kind == "text" else chr(HELD + at) for at, one in enumerate(chunks))
    for found in PARTS.finditer(flat):
        if found.lastgroup == "held":
            yield chunks[ord(found[0]) - HELD]
        else:
            yield Piece(str(found.lastgroup), "".join(_whole(letter, chunks) for letter in found[0]))


def _whole(letter: str, chunks: list[Piece]) -> str:
    return chunks[ord(letter) - HELD].source if ord(letter) >= HELD else letter
