"""What the API is, for whoever opens it: a short index, and the whole description as OpenAPI."""

import json
from collections.abc import Sequence

from marketplace.api.calls import PUBLIC, Asked, Call, Document, get
from marketplace.api.openapi import VERSION, document
from marketplace.api.search import known_filters
from marketplace.api.shapes import Out
from marketplace.faces.services import Services

GUIDE = "docs/guides/api.md in the source"


class OperationOut(Out):
    method: str
    path: str
    does: str
    needs: str


class IndexOut(Out):
    """What there is, room by room."""

    name: str
    version: str
    description: str
    guide: str
    is_demonstration: bool
    rooms: dict[str, list[OperationOut]]


def index_over(calls: Sequence[Call], services: Services) -> list[Call]:
    """The index and the description of these calls; both describe themselves too."""
    described: list[Call] = []

    @get("/", who=PUBLIC, is_shared=True)
    def index(ask: Asked) -> IndexOut:
        """Every call of the API, room by room."""
        rooms: dict[str, list[OperationOut]] = {}
        for call in described:
            rooms.setdefault(call.room, []).append(_operation(call))
        return IndexOut(
            name="Touchstone", version=VERSION, description=f"{services.base_url}/v1/openapi.json", guide=GUIDE,
            is_demonstration=services.is_demonstration, rooms=rooms,
        )  # fmt: skip

    @get("/openapi.json", who=PUBLIC, is_shared=True)
    def openapi(ask: Asked) -> Document:
        """The whole description of the API, as OpenAPI 3.1."""
        return Document(text, "application/json")

    described.extend([index, openapi, *calls])
    filters = known_filters(services.frameworks)
    text = json.dumps(document(described, filters, base_url=services.base_url), ensure_ascii=False).encode()
    return [index, openapi]


def _operation(call: Call) -> OperationOut:
    does = (call.function.__doc__ or "").partition("\n")[0]
    return OperationOut(method=call.method, path=f"/v1{call.path}".rstrip("/"), does=does, needs=str(call.who))
