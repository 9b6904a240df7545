"""The door for requests: the faces, put together over one set of services."""

from copy import copy
from functools import cache
from typing import Any

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from marketplace.api import problems
from marketplace.api.limits import Allowance
from marketplace.api.routes import api_part
from marketplace.faces.services import Services
from marketplace.kit.errors import Conflict
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


@cache
def create_app() -> Litestar:
    """The application as the environment sets it, once in a process: what is forked from it inherits it.

    Raises Conflict on a database that is behind this code.
    """
    settings = Settings()
    services = services_from(settings)
    if not is_current(services.database):
        raise Conflict("the database is not at the newest schema", "Run `marketplace migrate`, then start again.")
    services.database.close()
    return app_over(services, settings)


def app_over(services: Services, settings: Settings) -> Litestar:
    """The application over these services."""
    assets = Assets(settings.static)
    languages = Languages(page_environment(settings.templates, asset=assets.url), settings.templates)
    routes = [*ROUTES, *(DEMONSTRATION_ROUTES if services.is_demonstration else ())]
    return Application(
        route_handlers=[Part("/", map(copy, routes)), api_part()],
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


def told_by_address(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What nobody answers: a problem under /v1, a page anywhere else."""
    is_call = f"{request.url.path}/".startswith("/v1/")
    return problems.http_exception(request, error) if is_call else http_exception(request, error)
