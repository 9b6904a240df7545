"""Everything that is refused or goes wrong, as a problem (RFC 9457): fact, hint, what is wrong by field; no trace."""

import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from marketplace.faces.refusals import headers_of, problem, status_of, too_large
from marketplace.kit.errors import NotAllowed, Refusal
from marketplace.routing import sizes_of

LOG = logging.getLogger("touchstone.api")
MEDIA_TYPE = "application/problem+json"
FACTS = {
    400: ("this request cannot be read", "See /v1/openapi.json for how it is written."),
    404: ("there is nothing at this address", "See /v1 for what there is."),
    405: ("this address does not take this method", "See /v1/openapi.json for those that it takes."),
    415: ("a body of this kind is not taken", "See /v1/openapi.json for the kinds that are."),
}


class Unreadable(Refusal):
    """It was sent in a way that has no one meaning: a matter of HTTP or JSON, not of any room."""

    def __init__(self, fact: str, hint: str = "", *, status: int = 400) -> None:
        super().__init__(fact, hint)
        self.status = status


class Unknown(NotAllowed):
    """Nobody that we know is asking."""

    status = 401


class Unconditional(Refusal):
    """A change where two people edit has to say which version it changes."""

    status = 428


class Stale(Refusal):
    """The thing is no longer the version that the change was made from."""

    status = 412


def problem_of(refusal: Refusal) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and body of a refusal."""
    status: int = getattr(refusal, "status", status_of(refusal))
    headers = headers_of(refusal)
    if status == 401:
        headers = {"www-authenticate": 'Bearer realm="Touchstone"'}
    return status, headers, {**problem(refusal), "status": status}


def told(status: int, fact: str, hint: str) -> dict[str, Any]:
    """A problem that is no refusal of a room."""
    return {"type": "about:blank", "title": fact, "status": status, "detail": hint}


def respond(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response[bytes]:
    content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    kept = {"cache-control": "no-store", **(headers or {})}
    return Response(content, status_code=status, media_type=MEDIA_TYPE, headers=kept)


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    status, headers, body = problem_of(refusal)
    return respond(status, body, headers)


def http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses by itself."""
    if isinstance(error, RequestEntityTooLarge):
        return refused(request, too_large(*sizes_of(request)))
    status = error.status_code if error.status_code < 500 else 500
    fact, hint = FACTS.get(status, ("this request was refused", "See /v1/openapi.json."))
    kept = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return respond(status, told(status, fact, hint), kept)


def fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What went wrong here: a number to tell us, and no trace of the inside."""
    number = secrets.token_hex(4)
    LOG.exception("fault %s at %s %s", number, request.method, request.url.path, exc_info=error)
    hint = f"Nothing was changed. Tell us the number {number}."
    return respond(500, {**told(500, "something went wrong on our side", hint), "number": number})


def busy(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A database or a store that does not answer, or cannot be written now."""
    LOG.error("not available: %s", type(error).__name__, exc_info=error)
    hint = "Nothing was changed. Send it again in a minute, under the same Idempotency-Key."
    return respond(503, told(503, "this cannot be done just now", hint), {"retry-after": "30"})
