"""Applications for tests, lent and given back: building one costs more than most tests.

What a request uses stands in the state of the application, and is put there anew each time that it is lent.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from litestar import Litestar

from marketplace.api.limits import Allowance
from marketplace.api.routes import PROBLEMS, api_part
from marketplace.app import app_over
from marketplace.faces.services import Services
from marketplace.routing import Application
from marketplace.settings import Settings

_FREE: dict[Hashable, list[Litestar]] = {}
_LENT: dict[int, Hashable] = {}
"""By all that is decided when an application is built: which doors it has, and which headers it sets."""


def lent(services: Services) -> Litestar:
    """The whole application over these services; nobody else uses it meanwhile."""
    kind = (services.is_demonstration, services.is_secure)
    return _lend(kind, lambda: app_over(services, Settings()), services, Allowance(services.database))


@contextmanager
def api_alone(services: Services, allowance: Allowance | None = None) -> Iterator[Litestar]:
    """The API without the pages around it."""
    app = _lend("api", _api, services, allowance or Allowance(services.database))
    yield app
    give_back(app)


def give_back(app: object) -> None:
    """Let the next test have the application; one that was not lent is left alone."""
    kind = _LENT.pop(id(app), None)
    if kind is not None and isinstance(app, Litestar):
        _FREE.setdefault(kind, []).append(app)


def _lend(kind: Hashable, build: Callable[[], Litestar], services: Services, allowance: Allowance) -> Litestar:
    free = _FREE.get(kind)
    app = free.pop() if free else build()
    app.state["services"], app.state["allowance"] = services, allowance
    _LENT[id(app)] = kind
    return app


def _api() -> Litestar:
    return Application(route_handlers=[api_part()], exception_handlers=PROBLEMS, openapi_config=None)
