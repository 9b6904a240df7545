"""What a call of the API is: declared once by a function's signature, read by the edge and by the description.

A function takes the ask, its path parameters by name, and perhaps `query`, `body` or `form`: models of what may be
sent. What it returns is a model, an Answer around one, a Document, or nothing.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from marketplace.api.problems import Stale, Unconditional
from marketplace.api.reading import LARGEST_BODY
from marketplace.api.shapes import Listed
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.text import quote
from marketplace.kit.values import Value, field

Who = Permission | str
PUBLIC, ANYBODY_SIGNED_IN = "public", "signed-in"
EVERYTHING = "everything"
JSON = "application/json"
Body = TypeVar("Body", bound=BaseModel)
Function = Callable[..., Any]


@dataclasses.dataclass(slots=True)
class Asked(Ask):
    """An ask of a program: with the headers that matter, by their names in small letters."""

    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def expected(self, version: int) -> int:
        """The version that a change is made from, which has to be the one that is there.

        Raises Unconditional where If-Match was not sent, Stale where it names another version.
        """
        sent = self.headers.get("if-match", "").strip()
        if not sent:
            hint = f"Send If-Match with the ETag of what you read, or * to write over {etag(version)}."
            raise Unconditional("this change does not say which version it was made from", hint)
        if sent != "*" and etag(version) not in {tag.strip() for tag in sent.split(",")}:
            fact = f"somebody changed this: it is version {etag(version)}, and the change was made from {quote(sent)}"
            raise Stale(fact, "Read it again, and make your change anew.")
        return version


def etag(version: int) -> str:
    return f'"{version}"'


class Answer(Value, Generic[Body]):
    """A body with its version, for whoever edits it, and with the address of what was made."""

    body: Body
    version: int | None = None
    location: str = ""


class Document(Value):
    """Bytes, or an iterable of them, with the headers that say what they are."""

    content: bytes | Iterable[bytes]
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


class Call(Value, kw_only=True, dict=True):
    """One operation. `parameters` names those of the path, with their types; `returns` is what its function says.

    `is_shared`: what anybody gets may be cached for all. `filters`: the query may name any filter of the catalogue;
    `free`: it may name anything. `conditional`: it needs If-Match. `media_type` is what a Document is. `scope` keeps
    out tokens that were made without it by somebody who has it; EVERYTHING keeps out those that were cut down at all.
    A `slow` one computes for longer than other writers may wait: it reads, and opens its own transactions.
    """

    method: str
    path: str
    who: Who
    function: Function
    returns: Any
    status: int
    parameters: Mapping[str, type] = field(default_factory=dict)
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    media_type: str = JSON
    largest: int = LARGEST_BODY
    is_shared: bool = False
    filters: bool = False
    free: bool = False
    conditional: bool = False
    scope: Who = ""
    slow: bool = False

    @cached_property
    def gives(self) -> type[BaseModel] | None:
        """The shape of its body, for whoever describes the call; None for no body."""
        inner = get_args(self.returns)[0] if get_origin(self.returns) is Answer else self.returns
        if get_origin(inner) is Listed:
            return Listed.of(*get_args(inner))
        return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None

    @property
    def room(self) -> str:
        """The part of the API that it belongs to: `catalogue` of marketplace.api.catalogue.products."""
        return self.function.__module__.split(".")[2]

    @property
    def id(self) -> str:
        """Its name for ever, by which generated clients call it: `catalogue.products.show_product`."""
        return f"{self.function.__module__.removeprefix('marketplace.api.')}.{self.function.__name__}"


def get(path: str, *, who: Who, **more: Any) -> Callable[[Function], Call]:
    """A call that reads and never writes."""
    return _declared("GET", path, who, 200, more)


def post(path: str, *, who: Who, status: int = 200, **more: Any) -> Callable[[Function], Call]:
    """A call that does something; with status 201 it makes something."""
    return _declared("POST", path, who, status, more)


def put(path: str, *, who: Who, **more: Any) -> Callable[[Function], Call]:
    """A call that puts something in place of what is there."""
    return _declared("PUT", path, who, 200, more)


def patch(path: str, *, who: Who, **more: Any) -> Callable[[Function], Call]:
    """A call that changes what it names and leaves the rest."""
    return _declared("PATCH", path, who, 200, more)


def delete(path: str, *, who: Who, **more: Any) -> Callable[[Function], Call]:
    """A call that takes something away, and has nothing to say."""
    return _declared("DELETE", path, who, 204, more)


def _declared(method: str, path: str, who: Who, status: int, more: dict[str, Any]) -> Callable[[Function], Call]:
    def wrap(function: Function) -> Call:
        hints = get_type_hints(function)
        returned = hints.pop("return")
        sent = {name: hints.pop(name, None) for name in ("query", "body", "form")}
        parameters = {name: kind for name, kind in hints.items() if name != "ask"}
        return Call(
            method=method, path=path, who=who, function=function, returns=returned, status=status,
            parameters=parameters, **sent, **more,
        )  # fmt: skip

    return wrap
