"""Applications for tests, each put together once in a process: to build one costs more than most tests.

What a request uses stands in the state of the application. Each client puts it there anew before it asks.
"""

from functools import cache

from litestar import Litestar

from marketplace.api.routes import PROBLEMS, api_part
from marketplace.app import app_over
from marketplace.faces.services import Services
from marketplace.routing import Application
from marketplace.settings import Settings

_BUILT: dict[tuple[bool, bool], Litestar] = {}
"""By all that is decided when an application is built: which doors it has, and which headers it sets."""


def application_for(services: Services) -> Litestar:
    """The whole application, for these services or others of their kind."""
    kind = (services.is_demonstration, services.is_secure)
    if kind not in _BUILT:
        _BUILT[kind] = app_over(services, Settings()).complete()
    return _BUILT[kind]


@cache
def api_alone() -> Litestar:
    """The API without the pages around it."""
    return Application(route_handlers=[api_part()], exception_handlers=PROBLEMS, openapi_config=None)
