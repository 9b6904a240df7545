"""What the API is, for whoever opens it: a short index, and the whole description as OpenAPI."""

import json
from collections.abc import Sequence

from marketplace.api.calls import PUBLIC, Asked, Call, Document, get
from marketplace.api.openapi import VERSION, document
from marketplace.api.shapes import Out
from marketplace.faces.finding import known_filters
from marketplace.frameworks.loader import Frameworks

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


def index_over(calls: Sequence[Call]) -> list[Call]:
    """The index and the description of these calls; both describe themselves too."""
    described: list[Call] = []
    written: list[tuple[Frameworks, str, bytes]] = []

    @get("/", who=PUBLIC, is_shared=True)
    def index(ask: Asked) -> IndexOut:
        """Every call of the API, room by room."""
        rooms: dict[str, list[OperationOut]] = {}
        for call in described:
            rooms.setdefault(call.room, []).append(_operation(call))
        return IndexOut(
            name="Touchstone", version=VERSION, description=f"{ask.services.base_url}/v1/openapi.json", guide=GUIDE,
            is_demonstration=ask.services.is_demonstration, rooms=rooms,
        )  # fmt: skip

    @get("/openapi.json", who=PUBLIC, is_shared=True)
    def openapi(ask: Asked) -> Document:
        """The whole description of the API, as OpenAPI 3.1."""
        frameworks, base_url = ask.services.frameworks, ask.services.base_url
        if not written or written[-1][0] is not frameworks or written[-1][1] != base_url:
            written[:] = [(frameworks, base_url, _description(described, frameworks, base_url))]
        return Document(written[-1][2], "application/json")

    described.extend([index, openapi, *calls])
    return [index, openapi]


def _description(calls: Sequence[Call], frameworks: Frameworks, base_url: str) -> bytes:
    return json.dumps(document(calls, known_filters(frameworks), base_url=base_url), ensure_ascii=False).encode()


def _operation(call: Call) -> OperationOut:
    does = (call.function.__doc__ or "").partition("\n")[0]
    return OperationOut(method=call.method, path=f"/v1{call.path}".rstrip("/"), does=does, needs=str(call.who))
