"""The door for requests: the faces, put together over one set of services."""

from copy import copy
from functools import cache
from threading import Timer
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from marketplace.api import problems
from marketplace.api.limits import Allowance
from marketplace.faces.services import Services
from marketplace.kit.errors import Conflict
from marketplace.kit.starting import read_later
from marketplace.migrations.standing import is_current
from marketplace.ports.files.port import FilesUnavailable
from marketplace.routing import Application, Part
from marketplace.settings import Settings
from marketplace.web.assets import Assets
from marketplace.web.errors import busy, fault, http_exception, overtaken
from marketplace.web.headers import guarded
from marketplace.web.routes import DEMONSTRATION_ROUTES, ROUTES
from marketplace.web.templating import page_environment
from marketplace.web.welsh.pages import Languages
from marketplace.wiring import services_from

api = read_later("marketplace.api.routes")
SOON = 1.0
"""Seconds after the start until the API is read, where no program came before: people come first."""


@cache
def create_app() -> Application:
    """The application as the environment sets it, once in a process: what is forked from it inherits it.

    Raises Conflict on a database that is behind this code.
    """
    settings = Settings()
    services = services_from(settings)
    if not is_current(services.database):
        raise Conflict("the database is not at the newest schema", "Run `marketplace migrate`, then start again.")
    services.database.close()
    return app_over(services, settings)


def app_over(services: Services, settings: Settings) -> Application:
    """The application over these services; the API, a tenth of the work of a start, comes later."""
    assets = Assets(settings.static)
    languages = Languages(page_environment(settings.templates, asset=assets.url), settings.templates)
    routes = [*ROUTES, *(DEMONSTRATION_ROUTES if services.is_demonstration else ())]
    return Application(
        route_handlers=[Part("/", map(copy, routes))],
        later={"/v1": lambda: api.api_part()},
        on_startup=[read_soon],
        before_send=[guarded(is_secure=services.is_secure)],
        exception_handlers={
            HTTPException: told_by_address,
            OperationalError: busy,
            FilesUnavailable: busy,
            StaleDataError: overtaken,
            Exception: fault,
        },
        state=State({
            "services": services, "allowance": Allowance(services.database), "assets": assets,
            "languages": languages,
        }),
        openapi_config=None,
    )


def read_soon() -> None:
    """Read the API, in a thread of its own, when the first pages are out."""
    reading = Timer(SOON, lambda: api.api_part)
    reading.daemon = True
    reading.start()


def told_by_address(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What nobody answers: a problem under /v1, a page anywhere else."""
    is_call = f"{request.url.path}/".startswith("/v1/")
    return problems.http_exception(request, error) if is_call else http_exception(request, error)
