"""The API described as OpenAPI 3.1, from the same declarations by which it is read: nothing is written twice."""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from marketplace.api.calls import JSON, PUBLIC, Call
from marketplace.api.problems import MEDIA_TYPE
from marketplace.frameworks.schema.forms import Facet

VERSION = "1.0.0"
TEMPLATE = "#/components/schemas/{model}"
Schema = dict[str, Any]

DESCRIPTION = """Everything that a page of Touchstone can do, by program.

Tokens act for one person in one organisation, cut down to their scopes. Lists page by cursor. A refusal is a problem
(RFC 9457) with a fact, a hint and what is wrong by field. Send `Idempotency-Key` with every POST: sent again with the
same body, it gives the first answer for three days. Where two people edit, send `If-Match` with the ETag that you read.
New fields, values and kinds of events may appear at any time: pass over those that you do not know."""
PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "what is the matter"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what to do"},
        "number": {"type": "string", "description": "of a fault of ours: tell it to us"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
STATUSES = {
    400: "it cannot be read", 401: "no token that we know", 403: "this token or role does not allow it",
    404: "no such thing, or none that you may know of", 409: "not in the state that it is in",
    412: "it was changed meanwhile", 413: "too large", 415: "a body of another kind",
    422: "what was sent does not hold", 428: "If-Match is missing",
    429: "called too often: see Retry-After", 503: "not just now: see Retry-After",
}  # fmt: skip


def document(calls: Sequence[Call], filters: Mapping[str, Facet], *, base_url: str) -> Schema:
    """The whole description. `filters` are those of the catalogue, which a search may name in its query."""
    models = _Models(calls)
    paths: dict[str, dict[str, Schema]] = {}
    for call in calls:
        place = paths.setdefault("/v1" + _path(call).rstrip("/"), {})
        place[call.method.lower()] = _operation(call, models, filters)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Touchstone", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": room} for room in dict.fromkeys(call.room for call in calls)],
        "paths": paths,
        "components": {
            "schemas": {**models.definitions, "Problem": PROBLEM},
            "responses": {f"Problem{status}": _problem(text) for status, text in STATUSES.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "tst_..."}},
        },
    }


class _Models:
    """The models of all calls as JSON schemas: what comes in as it is validated, what goes out as it is written."""

    def __init__(self, calls: Iterable[Call]) -> None:
        asked: list[tuple[type[BaseModel], JsonSchemaMode]] = []
        for call in calls:
            asked += [(model, "validation") for model in (call.body, call.form) if model is not None]
            asked += [(call.gives, "serialization")] if call.gives is not None else []
        self._refs, found = models_json_schema(list(dict.fromkeys(asked)), ref_template=TEMPLATE)
        self.definitions: Schema = found.get("$defs", {})

    def ref(self, model: type[BaseModel], mode: JsonSchemaMode) -> Schema:
        return dict(self._refs[model, mode])


def _path(call: Call) -> str:
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", call.path)


def _operation(call: Call, models: _Models, filters: Mapping[str, Facet]) -> Schema:
    told = inspect.cleandoc(call.function.__doc__ or "")
    operation: Schema = {
        "operationId": call.id,
        "tags": [call.room],
        "summary": told.partition("\n")[0],
        "security": [{"token": []}] if call.who != PUBLIC else [{}, {"token": []}],
        "responses": _responses(call, models),
    }
    operation |= {"description": told} if "\n" in told else {}
    operation |= {"x-needs": str(call.who)}
    parameters = [*_of_path(call), *_of_query(call), *_of_filters(call, filters), *_of_headers(call)]
    operation |= {"parameters": parameters} if parameters else {}
    for kind, model in ((JSON, call.body), ("multipart/form-data", call.form)):
        if model is not None:
            content = {kind: {"schema": models.ref(model, "validation")}}
            operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(call: Call, models: _Models) -> Schema:
    made: Schema = {"description": "done"}
    if call.gives is not None:
        made["content"] = {JSON: {"schema": models.ref(call.gives, "serialization")}}
    elif call.status != 204:
        made["content"] = {kind.strip(): {} for kind in call.media_type.split(",")}
    problems = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in _statuses(call)}
    not_modified = {"304": {"description": "as you have it"}} if call.method == "GET" and call.gives else {}
    return {str(call.status): made, **not_modified, **problems}


def _statuses(call: Call) -> list[int]:
    kept = {400, 422, 429, 503}
    kept |= {401} | ({403} if call.who != PUBLIC else set())
    kept |= {404} if call.parameters else set()
    if call.method != "GET":
        kept |= {403, 404, 409, 413, 415}
    if call.conditional:
        kept |= {412, 428}
    return sorted(kept)


def _problem(text: str) -> Schema:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _of_path(call: Call) -> Iterable[Schema]:
    kinds = {"str": {"type": "string", "minLength": 1}, "int": {"type": "integer", "minimum": 0}}
    uuid = {"type": "string", "format": "uuid"}
    for name, kind in call.parameters.items():
        yield {"name": name, "in": "path", "required": True, "schema": kinds.get(kind.__name__, uuid)}


def _of_query(call: Call) -> Iterable[Schema]:
    if call.query is None:
        return
    schema = call.query.model_json_schema()
    for name, kind in schema.get("properties", {}).items():
        shown = {key: value for key, value in kind.items() if key not in ("title", "description")}
        told: Schema = {"name": name, "in": "query", "schema": shown, "required": name in schema.get("required", ())}
        yield told | ({"description": kind["description"]} if "description" in kind else {})


def _of_filters(call: Call, filters: Mapping[str, Facet]) -> Iterable[Schema]:
    if not call.filters:
        return
    for key, facet in filters.items():
        values = {"type": "array", "items": {"type": "string", "enum": [option.id for option in facet.options]}}
        yield {"name": key, "in": "query", "description": f"{facet.label}: any of these", "schema": values}


def _of_headers(call: Call) -> Iterable[Schema]:
    if call.method == "POST" and call.who != PUBLIC and not call.slow:
        text = "A new one for each call; the same for the same call sent again."
        key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        yield {"name": "Idempotency-Key", "in": "header", "description": text, "schema": key}
    if call.conditional:
        text = "The ETag of what you read, or *."
        yield {"name": "If-Match", "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
