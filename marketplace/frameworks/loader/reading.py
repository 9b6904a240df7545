"""YAML as lawyers write it: every slip that YAML would take in silence is refused, with its file and line."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value, field

LARGEST = 2_000_000
"""Bytes. A declared file is read by people; one above this is not one of ours."""

DEEPEST = 20

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?\d{1,15}\.\d{1,15}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
Path_ = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class Document(Value):
    """What a file says, and on which line each part of it stands. `name` is how people find it."""

    name: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def at(self, path: Path_) -> str:
        """“name:line” of a part, or of the nearest part around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def read_plain(path: Path) -> Any:
    """What a YAML file says, as plain data. Raises Invalid with the file and the line."""
    return read(path, path.name).data


def read(path: Path, name: str) -> Document:
    """A YAML file with its lines. Raises Invalid: not YAML, a key twice, a bare yes or no, something left empty."""
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise Invalid(f"{name}: is larger than {LARGEST:,} bytes", "Divide it into several files.")
        node = yaml.compose(content.decode("utf-8"), Loader=_Loader)
    except OSError as error:
        raise Invalid(f"{name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{name}: is not UTF-8 text", "Save it as UTF-8.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid(f"{name}:{_line_of(error)}: is not YAML: {_problem(error)}") from error
    if node is None:
        raise Invalid(f"{name}: is empty")
    return _Reader(name).document(node)


def declared(model: type[Model], document: Document) -> Model:
    """The document as `model`. Raises Invalid that names every part that does not fit, with its line."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults = [_fault(document, each["loc"], each["msg"]) for each in error.errors(include_url=False)]
        raise Invalid("\n".join(faults)) from error


def _fault(document: Document, path: Path_, message: str) -> str:
    plain = message.removeprefix("Value error, ").replace("Extra inputs are not permitted", "unknown key")
    return f"{document.at(path)}: {'.'.join(map(str, path)) or 'the file'}: {plain}"


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: Exception) -> str:
    return getattr(error, "problem", None) or str(error) or "too deeply nested"


class _Reader:
    """Turns YAML nodes into plain data, noting lines. Kept apart from PyYAML's own, which forgives too much."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.seen: set[int] = set()

    def document(self, node: yaml.Node) -> Document:
        return Document(self.name, self.value(node, ()), self.lines)

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            raise self.refusal(node, "repeats another part by an anchor", "Write it out in full.")
        self.seen.add(id(node))
        if len(path) > DEEPEST:
            raise self.refusal(node, f"is nested more than {DEEPEST} deep")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if node.tag not in _PLAIN_TAGS:
            raise self.refusal(node, f"has the tag {node.tag}", "Leave the tag out.")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        return [self.value(each, (*path, at)) for at, each in enumerate(node.value)]

    def mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                raise self.refusal(key_node, "has a key that is not a word", "Put the key in quotes.")
            if key in found:
                raise self.refusal(key_node, f"has the key “{key}” twice", "Keep one of them.")
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*path, key))
        return found

    def scalar(self, node: yaml.Node) -> Any:
        kind, text = node.tag.rpartition(":")[2], node.value
        reader = _SCALARS.get(kind)
        try:
            if reader is not None:
                return reader(text)
        except ValueError as error:
            raise self.refusal(node, f"has {error}", "Write it in full, or put it in quotes.") from error
        raise self.refusal(node, f"has “{text}”, which is not plain text, a number or a date", "Put it in quotes.")

    def refusal(self, node: yaml.Node, fact: str, hint: str = "") -> Invalid:
        return Invalid(f"{self.name}:{node.start_mark.line + 1}: {fact}", hint)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"a bare “{text}”, which YAML reads as true or false")
    return text == "true"


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"the number “{text}”, which YAML reads in its own way")
    return int(text)


def _decimal(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"the number “{text}”, which is not written in plain digits")
    return float(text)


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"the time “{text}” where a date is expected")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"the date “{text}”, which does not exist") from None


def _nothing(text: str) -> None:
    raise ValueError("something left empty; a comma within curly brackets needs quotes around the words")


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "bool": _truth,
    "int": _whole,
    "float": _decimal,
    "timestamp": _date,
    "null": _nothing,
}
