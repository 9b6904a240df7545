"""Is the process up, and is it ready to serve."""

from litestar import Request, Response, get

from marketplace.kit.ready import readiness
from marketplace.web.edge import PUBLIC


@get("/health", opt={"who": PUBLIC}, include_in_schema=False, sync_to_thread=False)
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "up"}


@get("/ready", opt={"who": PUBLIC}, include_in_schema=False, sync_to_thread=True)
def ready(request: Request) -> Response[dict[str, object]]:  # type: ignore[type-arg]
    """The database answers, its migrations are done, and nothing waits too long."""
    services = request.app.state.services
    state = readiness(services.database, at=services.clock())
    return Response(state.facts, status_code=200 if state.is_ready else 503, headers={"cache-control": "no-store"})


ROUTES = [health, ready]
