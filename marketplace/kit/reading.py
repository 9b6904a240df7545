"""Files of records, read one record at a time in flat memory: CSV, JSON, JSON Lines and XML.

A record gives the values that stand at a column, a JSON pointer or an XML path. Documents that name entities or
external parts are refused, and so is a record that cannot be read, by its number.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, BinaryIO

from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import read_csv
from marketplace.kit.starting import read_later
from marketplace.kit.text import quote
from marketplace.kit.values import Value, field

ijson = read_later("ijson")
etree = read_later("lxml.etree")
"""Each is read when somebody first brings such a file."""
LONGEST_LINE = 5_000_000
DEEPEST = 50


class Record(Value):
    """One record: its number as the file's own tools count it, how to pick values, and the record as it was written.

    `wrong` says why this record alone cannot be read.
    """

    number: int
    pick: Callable[[str], Sequence[str]]
    cells: Mapping[str, Any] = field(default_factory=dict)
    wrong: str = ""


def records(stream: BinaryIO, reads: str, each: str | None) -> Iterator[Record]:
    """The records of a file. Raises Invalid, naming the place, for what makes the rest unreadable."""
    if reads == "csv":
        return _csv(stream)
    if reads == "jsonl":
        return _json_lines(stream)
    return _json(stream, each or "") if reads == "json" else _xml(stream, each or "")


def _csv(stream: BinaryIO) -> Iterator[Record]:
    for row in read_csv(stream):
        yield Record(row.number, _picker_of_cells(row.cells), row.cells, row.wrong)


def _picker_of_cells(cells: Mapping[str, str]) -> Callable[[str], Sequence[str]]:
    return lambda column: (cell,) if (cell := cells.get(column)) else ()


def _json_lines(stream: BinaryIO) -> Iterator[Record]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Invalid(f"line {number} has more than {LONGEST_LINE:,} bytes", "Write one record a line.")
        if line.strip():
            yield _json_line(number, line)


def _json_line(number: int, line: bytes) -> Record:
    try:
        found = json.loads(line, object_pairs_hook=_once_each, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as wrong:
        reason = wrong.args[0] if isinstance(wrong, _Twice) else "it is not JSON"
        return Record(number, lambda _: [], {}, f"line {number} cannot be read: {reason}")
    return _of_object(number, found)


def _json(stream: BinaryIO, each: str) -> Iterator[Record]:
    prefix = ".".join([*(part for part in each.split("/") if part), "item"])
    try:
        events = ijson.parse(_shallow(ijson.basic_parse(stream, use_float=True)))
        for number, found in enumerate(ijson.items(events, prefix, map_type=_Object), start=1):
            yield _twice(number, found) if _names_twice(found) else _of_object(number, found)
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as wrong:
        raise Invalid("this file is not JSON", f"Mend it: {str(wrong)[:100]}.") from wrong


def _shallow(events: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The same; a small file of brackets within brackets would otherwise take all memory there is."""
    deep = 0
    for event in events:
        deep += event[0].startswith("start_") - event[0].startswith("end_")
        if deep > DEEPEST:
            raise Invalid(f"its lists and objects stand more than {DEEPEST} deep", "Export it anew.")
        yield event


class _Object(dict[str, Any]):
    """An object of a stream, which notes whether it names a key twice."""

    is_twice = False

    def __setitem__(self, key: str, value: Any) -> None:
        self.is_twice = self.is_twice or key in self
        super().__setitem__(key, value)


def _names_twice(value: Any) -> bool:
    if isinstance(value, _Object):
        return value.is_twice or any(map(_names_twice, value.values()))
    return isinstance(value, list) and any(map(_names_twice, value))


def _twice(number: int, found: dict[str, Any]) -> Record:
    return Record(number, lambda _: [], found, "it names a key twice")


class _Twice(ValueError):
    """An object names the same key twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice("it names a key twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    return number if isfinite(number := float(text)) else _no_constant(text)


def _of_object(number: int, found: Any) -> Record:
    if not isinstance(found, dict):
        return Record(number, lambda _: [], {}, f"record {number} is no object with named values")
    return Record(number, lambda pointer: _texts(_at(found, pointer)), found)


def _at(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer, or under a plain key; None where there is nothing."""
    if not pointer.startswith("/"):
        return value.get(pointer)
    for part in pointer[1:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _texts(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]


def _xml(stream: BinaryIO, each: str) -> Iterator[Record]:
    """Each element at the path `each`; what came before it is let go, so that memory stays flat."""
    wanted = [part for part in each.split("/") if part]
    found = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    path: list[str] = []
    number = 0
    try:
        for event, element in found:
            if event == "start":
                path.append(_local(element))
                _refuse_declarations(element)
                continue
            if path == wanted:
                number += 1
                yield _of_element(number, element)
                element.clear()
            path.pop()
    except etree.XMLSyntaxError as wrong:
        raise Invalid(f"this file is not XML: {wrong.msg}", "Mend the place that is named.") from wrong


def _refuse_declarations(element: Any) -> None:
    """Entities and external parts are how XML attacks its reader: no file of products needs them."""
    if element.getparent() is None and element.getroottree().docinfo.internalDTD is not None:
        raise Invalid("this file declares a document type", "Take the DOCTYPE out of it.")
    if sum(1 for _ in element.iterancestors()) > DEEPEST:
        raise Invalid(f"its elements stand more than {DEEPEST} deep", "Export it anew.")


def _of_element(number: int, element: Any) -> Record:
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    tree = etree.fromstring(text)
    return Record(number, lambda path: _elements(tree, path), {"element": _local(element), "xml": text})


def _elements(tree: Any, path: str) -> list[str]:
    """The texts of all elements at a path of local names; inner elements are joined by spaces."""
    found = [tree]
    for name in path.split("/"):
        found = [child for one in found for child in one if isinstance(child.tag, str) and _local(child) == name]
    return [text for one in found if (text := " ".join(" ".join(one.itertext()).split()))]


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else quote(str(element.tag))
