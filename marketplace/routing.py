"""Addresses for hundreds of handlers, each of which is given a request and answers it.

Litestar 2 reads the signature of each handler, and of one more for OPTIONS at each address, copies each router that it
is given, and works out its whole map of paths anew for each handler: that was most of the time in which an application
is put together. Here one signature is read for all, and the handlers of a part go to their addresses together.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self, cast

from litestar import HttpMethod, Litestar, Request, Response, Router
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send
from litestar.utils.path import join_paths


async def _answer(request: Request[Any, Any, Any]) -> Response[Any]:
    raise NotImplementedError


_READ = HTTPRouteHandler("/", http_method=[HttpMethod.GET])(_answer)
_KWARGS = _READ.create_kwargs_model({})


class Answering(HTTPRouteHandler):
    """A handler that takes the request and nothing else, and returns a response."""

    parsed_fn_signature = _READ.parsed_fn_signature
    signature_model = _READ.signature_model

    has_sync_callable = False

    def create_kwargs_model(self, path_parameters: object) -> Any:
        return _KWARGS

    def on_registration(self, app: Litestar) -> None:
        """There is nothing to look at: what layers say is looked up when a handler is first asked."""


def sizes_of(request: Request[Any, Any, Any]) -> tuple[int, int | None]:
    """The most bytes that the handler of a request takes, and how many the request says that it has."""
    sent = request.headers.get("content-length", "")
    return request.route_handler.resolve_request_max_body_size() or 0, int(sent) if sent.isdigit() else None


class Address(HTTPRoute):
    """What answers at one path, by method. OPTIONS says which they are; HEAD is what GET says of its answer."""

    def __init__(self, *, path: str, route_handlers: list[HTTPRouteHandler]) -> None:
        methods = {"OPTIONS", *(str(method) for each in route_handlers for method in each.http_methods)}
        told = sorted({*methods, "HEAD"} if "GET" in methods else methods)
        options = cast(Part, route_handlers[0].owner).telling(", ".join(told))
        super().__init__(path=path, route_handlers=[*route_handlers, options])

    def create_handler_map(self) -> None:
        super().create_handler_map()
        if HttpMethod.GET in self.route_handler_map:
            self.route_handler_map[HttpMethod.HEAD] = self.route_handler_map[HttpMethod.GET]


class Part(Router):
    """Handlers under one path, its own, brought to their addresses by the application that they are made for."""

    def __init__(self, path: str, handlers: Iterable[HTTPRouteHandler], **more: Any) -> None:
        super().__init__(path, route_handlers=[], **more)
        self.at: dict[str, list[HTTPRouteHandler]] = {}
        self._telling: dict[str, HTTPRouteHandler] = {}
        for handler in handlers:
            handler.owner = self
            for place in handler.paths:
                self.at.setdefault(join_paths([self.path, place]), []).append(handler)

    def telling(self, methods: str) -> HTTPRouteHandler:
        """What says, of every address that has these methods, that it has them."""
        if methods not in self._telling:

            async def options(request: Request[Any, Any, Any]) -> Response[Any]:
                return Response(None, status_code=204, headers={"Allow": methods})

            handler = Answering("/", http_method=[HttpMethod.OPTIONS], include_in_schema=False)(options)
            handler.owner = self
            self._telling[methods] = handler
        return self._telling[methods]


class Application(Litestar):
    """The application over its parts. Its handlers read and write for themselves: no plugin knows their models.

    The parts that come `later`, by their paths, are put together when a request first goes there or `complete` is
    called.
    """

    def __init__(self, *, later: Mapping[str, Callable[[], Part]] | None = None, **more: Any) -> None:
        self.later = dict(later or {})
        super().__init__(**more)

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        if self.later and scope["type"] != "lifespan":
            for path in [path for path in self.later if f"{scope['path']}/".startswith(f"{path}/")]:
                self._put_together(path)
        await super().__call__(scope, receive, send)

    def complete(self) -> Self:
        """This application, with all its parts put together."""
        for path in list(self.later):
            self._put_together(path)
        return self

    def _put_together(self, path: str) -> None:
        self.register(self.later[path]())
        del self.later[path]

    @staticmethod
    def _get_default_plugins(plugins: list[Any]) -> list[Any]:
        return plugins

    def register(self, value: Any) -> None:  # type: ignore[override]
        if not isinstance(value, Part):
            super().register(value)
            return
        value.owner = self
        for path, handlers in value.at.items():
            address = Address(path=path, route_handlers=handlers)
            self.routes.append(address)
            for handler in address.route_handlers:
                handler.on_registration(self)
            address.create_handler_map()
        self.asgi_router.construct_routing_trie()
