"""Routers for hundreds of handlers.

Litestar 2 works out its whole map of paths anew for each handler that it is given, and copies each router that it is
given in full: with nine hundred handlers that was two thirds of the time in which the application is put together.
"""

from typing import Any, Self

from litestar import Litestar, Router
from litestar.routes import BaseRoute, HTTPRoute


class Mapped(Router):
    """A router whose map of paths grows with its routes. Every handler here speaks HTTP."""

    @property
    def route_handler_method_map(self) -> dict[str, Any]:
        seen: dict[int, BaseRoute] = self.__dict__.setdefault("seen", {})
        by_path: dict[str, Any] = self.__dict__.setdefault("by_path", {})
        for place, route in enumerate(self.routes):
            if seen.get(place) is not route and isinstance(route, HTTPRoute):
                seen[place] = route
                by_path[route.path] = {method: one for one in route.route_handlers for method in one.http_methods}
        return by_path


class Part(Mapped):
    """A router made for one application, which takes it as it is in place of a copy."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Application(Mapped, Litestar):
    """The application over its parts."""
