"""What was sent, read strictly: one meaning or none. JSON that two readers could understand in two ways is refused.

Whatever cannot be read is `Unreadable`, with its place; whatever can be read and does not hold is `Invalid`, by field.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar, get_origin

from pydantic import BaseModel, ValidationError

from marketplace.api.problems import Unreadable
from marketplace.faces.ask import Values
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

LARGEST_BODY = 2_000_000
DEEPEST = 50
LONGEST_NUMBER = 30
MOST_PARTS = 20_000
BOM = b"\xef\xbb\xbf"
MOST_FAULTS = 50

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_MAY_BE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")

Sent = TypeVar("Sent", bound=BaseModel)


def read_json(data: bytes) -> Any:
    """The one value that these bytes mean. Raises Unreadable, naming the place."""
    if len(data) > LARGEST_BODY:
        raise Unreadable(f"the body has {len(data):,} bytes", f"Send at most {LARGEST_BODY:,}.")
    shape = _STRING.sub(b"", data)
    if shape.count(b",") > MOST_PARTS:
        raise Unreadable(f"the body holds more than {MOST_PARTS:,} values", "Send it in parts.")
    value = _parsed(_decoded(data))
    if _depth_is_beyond(shape, DEEPEST):
        raise _too_deep()
    if _MAY_BE_HALF.search(data):
        _refuse_half_characters(value, "")
    return value


def _decoded(data: bytes) -> str:
    if data.startswith(BOM):
        raise Unreadable("the body begins with a byte order mark", "Send UTF-8 without one.")
    try:
        return data.decode()
    except UnicodeDecodeError as wrong:
        raise Unreadable(f"byte {wrong.start + 1:,} of the body is not UTF-8", "Send JSON in UTF-8.") from wrong


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_each_once, parse_constant=_no_number, parse_float=_finite, parse_int=_short
        )
    except RecursionError as wrong:
        raise _too_deep() from wrong
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        raise Unreadable(f"the body is not JSON: {wrong.msg.lower()} at {place}", "Mend that place.") from wrong


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        fact = f"the key {quote(_second(pairs))} stands twice in one object"
        raise Unreadable(fact, "Send it once: neither is taken.")
    return found


def _second(pairs: list[tuple[str, Any]]) -> str:
    """The first key that was there before."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    return key


def _no_number(name: str) -> NoReturn:
    raise Unreadable(f"{name} is no number", "Send a number, or leave it out.")


def _finite(text: str) -> float:
    number = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if math.isinf(number):
        raise Unreadable(f"the number {quote(text, 40)} is beyond range", "Send a smaller one.")
    return number


def _short(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Unreadable(f"the number {quote(text, 40)} is beyond range", "Send a smaller one.")
    return int(text)


def _depth_is_beyond(shape: bytes, most: int) -> bool:
    """Whether the brackets of valid JSON without its texts stand deeper: each round takes the innermost pairs away."""
    left = shape.translate(None, _NOT_BRACKETS)
    for _ in range(most):
        if not left:
            return False
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return bool(left)


def _too_deep() -> Unreadable:
    return Unreadable(f"the body is nested deeper than {DEEPEST}", "Send it flatter.")


def _refuse_half_characters(value: Any, place: str) -> None:
    """Halves of surrogate pairs are no characters: no database takes them."""
    if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
        raise Unreadable(f"half a character stands at {place or 'the top'}", "Send whole characters.")
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_half_characters(key, f"a key of {place or 'the top'}")
            _refuse_half_characters(inner, f"{place}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _refuse_half_characters(inner, f"{place}/{number}")


def read_body(data: bytes, content_type: str, model: type[Sent]) -> Sent:
    """The body as the model of a call. Raises Unreadable, and Invalid by field."""
    kind, _, parameters = content_type.lower().partition(";")
    if kind.strip() != "application/json" or ("charset=" in parameters and "utf-8" not in parameters):
        fact = f"a body of the kind {quote(content_type)} is not taken here"
        raise Unreadable(fact, "Send Content-Type: application/json in UTF-8.", status=415)
    if not data:
        raise Unreadable("the body is empty", "Send a JSON object.")
    read_json(data)
    try:
        return model.model_validate_json(data)
    except ValidationError as wrong:
        raise invalid(wrong, "what was sent does not hold") from wrong


def read_query(pairs: Sequence[tuple[str, str]], model: type[Sent], *, also: Mapping[str, object]) -> Sent:
    """The query string as the model of a call; what stands in `also` belongs to others. Raises Invalid by field."""
    repeated = {name for name, field in model.model_fields.items() if get_origin(field.annotation) in (list, tuple)}
    sent: dict[str, Any] = {}
    for name, value in pairs:
        if name in also:
            continue
        if name in repeated:
            sent.setdefault(name, []).append(value)
        elif sent.setdefault(name, value) != value:
            told = f"It was sent more than once with different values. Send one {name}."
            raise Invalid(f"{name} was sent more than once", told, fields={name: told})
    try:
        return model.model_validate(sent)
    except ValidationError as wrong:
        raise invalid(wrong, "the address does not hold") from wrong


def read_form(fields: Values, model: type[Sent]) -> Sent:
    """The fields and files of a multipart body as the model of a call. Raises Unreadable, and Invalid by field."""
    if not fields:
        hint = "Send Content-Type: multipart/form-data with the fields that /v1/openapi.json names."
        raise Unreadable("no form was sent", hint, status=415)
    sent: dict[str, Any] = {name: fields.one(name) for name in fields.items()}
    for name, uploads in fields.uploads.items():
        if len(uploads) > 1 or name in sent:
            raise Invalid(f"{name} was sent more than once", "Send one.", fields={name: "Send one."})
        sent[name] = uploads[0]
    try:
        return model.model_validate(sent)
    except ValidationError as wrong:
        raise invalid(wrong, "what was sent does not hold") from wrong


def invalid(wrong: ValidationError, fact: str) -> Invalid:
    """Every fault by its place, with the value where it is short enough to be of use."""
    faults = wrong.errors(include_url=False, include_context=False)[:MOST_FAULTS]
    fields = {".".join(map(str, fault["loc"])) or "body": _in_words(fault) for fault in faults}
    return Invalid(fact, "Mend what is named in errors, and send it again. Nothing was changed.", fields=fields)


def _in_words(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "There is no field of this name here. Leave it out, or see /v1/openapi.json."
    if fault["type"] == "missing":
        return "This field is needed."
    sent = fault["input"]
    shown = f" You sent {quote(sent)}." if isinstance(sent, str | int | float | bool) else ""
    return f"{str(fault['msg']).removeprefix('Value error, ').rstrip('.')}.{shown}"
