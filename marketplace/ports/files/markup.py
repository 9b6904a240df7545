"""XML looked at as it streams by: no document type, so no entities; bounded depth, vocabulary and length."""

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from marketplace.kit.errors import Invalid

DEEPEST = 200
MOST_NAMES = 5_000
MOST_ELEMENTS = 600_000
LONGEST_TAG = 500_000
LONGEST_PROLOG = 64_000
_STEP = 1_000

Observer = Callable[[str, Mapping[str, str]], None]
"""Called for an element with its name, as "namespace local", and its attributes, named the same way."""

_SMALLER = "Send a smaller file, or a PDF."
_AGAIN = "Check that it is complete, and save it again."


def read_xml(chunks: Iterable[bytes], observe: Observer, *, what: str = "this file") -> None:
    """Raises Invalid for what is not well-formed, has a document type or a style sheet, or goes beyond bounds."""
    parser = _parser(what)
    bounds = _Bounds(observe, what)
    parser.StartElementHandler, parser.EndElementHandler = bounds.start, bounds.end
    parser.StartNamespaceDeclHandler = bounds.learn
    given = 0
    for chunk in chunks:
        _parse(parser, chunk, what)
        given += len(chunk)
        if given - parser.CurrentByteIndex > LONGEST_TAG + len(chunk):
            raise Invalid(f"{what} has a tag or a comment longer than {LONGEST_TAG:,} bytes", _SMALLER)
    _parse(parser, b"", what, is_end=True)


def read_prolog(chunks: Iterable[bytes], *, what: str) -> None:
    """Reads all chunks, and looks at the markup down to its first element: beyond it nothing can be declared."""
    parser = _parser(what)
    begun: list[str] = []
    parser.StartElementHandler = lambda name, _: begun.append(name)
    seen = 0
    for chunk in chunks:
        for at in range(0, len(chunk), _STEP):
            if begun:
                break
            if seen > LONGEST_PROLOG:
                raise Invalid(f"{what} has no element where one should be", _AGAIN)
            _parse(parser, chunk[at : at + _STEP], what)
            seen += _STEP
    if not begun:
        raise Invalid(f"{what} is not XML: it has no element", _AGAIN)


class _Bounds:
    """Counts what a parser meets, and refuses what no honest document needs."""

    def __init__(self, observe: Observer, what: str) -> None:
        self.observe, self.what = observe, what
        self.depth, self.elements = 0, 0
        self.names: set[str] = set()

    def start(self, name: str, told: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST:
            raise self._beyond(f"nests its markup more than {DEEPEST} deep")
        if self.elements > MOST_ELEMENTS:
            raise self._beyond(f"has more than {MOST_ELEMENTS:,} elements")
        if name not in self.names or not self.names.issuperset(told):
            self.learn(name, *told)
        self.observe(name, told)

    def end(self, _: str) -> None:
        self.depth -= 1

    def learn(self, *names: str | None) -> None:
        self.names.update(name for name in names if name)
        if len(self.names) > MOST_NAMES:
            raise self._beyond(f"uses more than {MOST_NAMES:,} names in its markup")

    def _beyond(self, fact: str) -> Invalid:
        return Invalid(f"{self.what} {fact}", _SMALLER)


def _parser(what: str) -> expat.XMLParserType:
    def refuse_doctype(*_: object) -> None:
        raise Invalid(f"{what} declares a document type (DOCTYPE)", "Save it without one: it can hide other files.")

    def refuse_style_sheet(target: str, _: str) -> None:
        if target.casefold() == "xml-stylesheet":
            raise Invalid(f"{what} names a style sheet, which can run scripts", "Save it without one.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.ProcessingInstructionHandler = refuse_style_sheet
    return parser


def _parse(parser: expat.XMLParserType, chunk: bytes, what: str, *, is_end: bool = False) -> None:
    try:
        parser.Parse(chunk, is_end)
    except expat.ExpatError as wrong:
        place = f"line {wrong.lineno:,}, {expat.ErrorString(wrong.code)}"
        raise Invalid(f"{what} is not well-formed XML: {place}", _AGAIN) from None
