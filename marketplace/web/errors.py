"""What a person sees when nothing answers: no such page, or a fault of ours."""

import logging
import secrets
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from marketplace.web import cookies
from marketplace.web.templating import render

LOG = logging.getLogger("touchstone.web")
FACTS = {
    400: ("this request cannot be read", "Go back, and send it again from the page."),
    404: ("there is no page at this address", "Search the catalogue, or start from the home page."),
    405: ("this address does not take that kind of request", "Open it from the page that names it."),
    429: ("that was too often", "Wait a minute, then go on."),
}


def http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A page for what the framework refuses by itself."""
    status = error.status_code
    fact, hint = FACTS.get(status, ("this request was refused", "Start again from the home page."))
    response = _page(request, status if status in FACTS or status < 500 else 500, fact, hint)
    told = {name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow", "retry-after")}
    response.headers.update(told)
    return response


def fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A page for what went wrong here: a number to tell us, and no trace of the inside."""
    number = secrets.token_hex(4)
    LOG.exception("fault %s at %s %s", number, request.method, request.url.path, exc_info=error)
    return _page(request, 500, "something went wrong on our side", f"Nothing was changed. Tell us the number {number}.")


def busy(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A page for a database that does not answer or cannot be written now."""
    LOG.error("database: %s", type(error).__name__, exc_info=error)
    response = _page(request, 503, "this cannot be saved just now", "Nothing was changed. Try again in a minute.")
    response.headers["retry-after"] = "30"
    return response


def overtaken(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A page for two people who changed the same thing at once: the second looks again."""
    hint = "Nothing of yours was written. Go back, look at what is there now, and make your change again."
    return _page(request, 409, "somebody changed this at the same moment", hint)


def _page(request: Request[Any, Any, Any], status: int, fact: str, hint: str) -> Response[Any]:
    pages, _ = request.app.state.languages.of("fault.html", cookies.language(request.cookies, "en"))
    html = render(pages, "fault.html", fact=fact, hint=hint, status=status)
    response = Response(html, media_type=MediaType.HTML, status_code=status)
    response.headers["cache-control"] = "no-store"
    return response
