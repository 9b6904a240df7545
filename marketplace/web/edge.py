"""Where Litestar ends: a request becomes an Ask, a page function answers, and the answer becomes a response.

A page function takes the ask and its path parameters and returns a Page, a Goto or a Download. It runs in one
worker thread together with its session and its rendering. A refusal becomes its page, or the form again with
what was typed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from litestar import HttpMethod, MediaType, Request, Response
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Stream

from marketplace.faces.ask import Ask, Values, hash_of
from marketplace.faces.refusals import headers_of, status_of, too_large
from marketplace.faces.services import Services
from marketplace.identity.actions.sessions import touch
from marketplace.identity.policies import Permission
from marketplace.identity.queries import caller_by_session
from marketplace.kit.errors import NotAllowed, NotFound, Refusal
from marketplace.routing import Answering, sizes_of
from marketplace.web import cookies
from marketplace.web.keeping import let_go
from marketplace.web.once import afresh, once
from marketplace.web.posted import RAN_OUT, SignInFirst, check_form, kept_for_later, sign_in_for
from marketplace.web.proving import GoFirst, hold_back
from marketplace.web.received import beginning, received, refusing
from marketplace.web.shell import shell_for
from marketplace.web.templating import render

Who = Permission | str
PUBLIC, ANYBODY_SIGNED_IN = "public", "signed-in"
TOUCH_EVERY = timedelta(minutes=2)
LARGEST_FORM = 2_000_000


@dataclass(slots=True)
class Page:
    """A page to render: its template and what the template names. `shared` pages may be cached for all."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    shared: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Goto:
    """Send the browser on, with a word about what happened (shown once on the next page).

    `is_outside`: to another house, whose address settings name; any other path that leaves this site leads home.
    """

    path: str
    told: str = ""
    cookies: list[Any] = field(default_factory=list)
    is_outside: bool = False


@dataclass(slots=True)
class Download:
    """Bytes, or an iterator of bytes, with their headers."""

    content: Any
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


Answer = Page | Goto | Download
Function = Callable[..., Answer]


def page(path: str, *, who: Who) -> Callable[[Function], HTTPRouteHandler]:
    """A page at `path`, for `who` ("public", "signed-in", or a permission). It reads and never writes."""

    def wrap(function: Function) -> HTTPRouteHandler:
        return _handler(path, "GET", who, lambda request: _read(request, function, who), function)

    return wrap


def post(
    path: str, *, who: Who, again: HTTPRouteHandler | None = None, largest: int = LARGEST_FORM, makes: bool = False,
    slow: bool = False,
) -> Callable[[Function], HTTPRouteHandler]:  # fmt: skip
    """A form sent to `path`. `again` renders the form anew, with `refusal` and what was typed, where it is refused.

    One that `makes` something does so once, though it is sent twice in a row. A `slow` function computes for longer
    than other writers may wait: it reads, and opens its own transactions.
    """
    resume: Function | None = again.opt["function"] if again is not None else None

    def wrap(function: Function) -> HTTPRouteHandler:
        doing = function if slow else once(function, Goto) if makes else afresh(function)
        answer = partial(_write, function=doing, who=who, again=resume, slow=slow)
        return _handler(path, "POST", who, answer, function, largest, makes)

    return wrap


def _handler(
    path: str, method: HttpMethod | str, who: Who, answer: Any, function: Function, largest: int = LARGEST_FORM,
    makes: bool = False,
) -> HTTPRouteHandler:  # fmt: skip
    async def handler(request: Request[Any, Any, Any]) -> Response[Any]:
        reply: Response[Any] = await answer(request)
        return reply

    handler.__name__ = function.__name__
    handler.__doc__ = function.__doc__
    return Answering(
        path, http_method=[HttpMethod(method)], opt={"who": who, "function": function, "makes": makes},
        include_in_schema=False, request_max_body_size=largest,
        name=f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}",
    )(handler)  # fmt: skip


async def _read(request: Request[Any, Any, Any], function: Function, who: Who) -> Response[Any]:
    return await anyio.to_thread.run_sync(_answer_read, request, function, who)


async def _write(
    request: Request[Any, Any, Any], function: Function, who: Who, again: Function | None, slow: bool
) -> Response[Any]:
    try:
        typed = await received(request)
    except RequestEntityTooLarge:
        typed, function = await beginning(request), refusing(too_large(*sizes_of(request)))
    return await anyio.to_thread.run_sync(_answer_write, request, function, who, again, typed, slow)


def _answer_read(request: Request[Any, Any, Any], function: Function, who: Who) -> Response[Any]:
    services: Services = request.app.state.services
    with services.database.reading() as db:
        ask = ask_of(request, services, db)
        try:
            allow(ask, who)
            answer = function(ask, **request.path_params)
        except Refusal as refusal:
            answer = refused(ask, refusal)
        response = respond(request, ask, answer)
    return _keep_session(services, ask, response)


def _answer_write(
    request: Request[Any, Any, Any], function: Function, who: Who, again: Function | None, typed: Values, slow: bool
) -> Response[Any]:
    services: Services = request.app.state.services
    try:
        with services.database.reading() if slow else services.database.writing() as db:
            ask = replace(ask_of(request, services, db), form=typed)
            allow(ask, who)
            check_form(request, ask)
            answer = function(ask, **request.path_params)
            if isinstance(answer, Goto) and not slow:
                let_go(ask)
    except Refusal as refusal:
        return _answer_again(request, again, refusal, typed)
    with services.database.reading() as db:
        response = respond(request, replace(ask, db=db), answer)
    return _keep_session(services, ask, response)


def _answer_again(
    request: Request[Any, Any, Any], again: Function | None, refusal: Refusal, typed: Values
) -> Response[Any]:
    services: Services = request.app.state.services
    place = kept_for_later(request, services, refusal, typed)
    with services.database.reading() as db:
        ask = replace(ask_of(request, services, db), form=typed)
        if place:
            return respond(request, ask, Goto(place if ask.actor else sign_in_for(place), told=RAN_OUT))
        if again is None or isinstance(refusal, (NotAllowed, NotFound)):
            return respond(request, ask, refused(ask, refusal))
        try:
            answer = again(ask, refusal=refusal, **request.path_params)
        except Refusal as another:
            answer = refused(ask, another)
        if isinstance(answer, Page):
            answer.status, answer.headers = status_of(refusal), headers_of(refusal)
        return respond(request, ask, answer)


def ask_of(request: Request[Any, Any, Any], services: Services, db: Any) -> Ask:
    """The request as an Ask: the caller is looked up once, by the hash of the session cookie."""
    at = services.clock()
    token = request.cookies.get(cookies.session_name(services))
    caller = caller_by_session(db, hash_of(token), at=at) if token else None
    query = request.url.query
    return Ask(
        db=db, services=services, at=at, caller=caller, actor=caller.actor if caller else None,
        query=Values(list(request.query_params.multi_items())), path=request.url.path,
        url=f"{request.url.path}?{query}" if query else request.url.path, before=_page_before(request),
        address=address_of(request, services), device=request.headers.get("user-agent", "")[:200],
        is_fragment="hx-request" in request.headers and "hx-history-restore-request" not in request.headers,
        language=cookies.language(request.cookies, caller.language if caller else "en"), cookies=request.cookies,
    )  # fmt: skip


def _page_before(request: Request[Any, Any, Any]) -> str:
    before = urlsplit(request.headers.get("referer", ""))
    path = f"{before.path}?{before.query}" if before.query else before.path
    return path if before.netloc == request.url.netloc and is_own_path(path) else ""


def address_of(request: Request[Any, Any, Any], services: Services) -> str:
    """Where the request comes from; the header of a proxy is believed only from the proxies that settings name."""
    peer = request.client.host if request.client else ""
    if peer not in services.trusted_proxies:
        return peer
    return request.headers.get("x-forwarded-for", peer).rsplit(",", 1)[-1].strip()


def allow(ask: Ask, who: Who) -> None:
    """The first, coarse question: actions ask the fine one. Raises NotAllowed."""
    if who == PUBLIC:
        return
    if ask.actor is None:
        raise SignInFirst(ask)
    hold_back(ask)
    if isinstance(who, Permission) and not ask.actor.may(who):
        raise NotAllowed(
            f"{ask.actor.person_name} cannot open this page for {ask.actor.organisation_name or 'no organisation'}",
            "Act for another organisation, or ask a manager of this one for the role that allows it.",
        )


def refused(ask: Ask, refusal: Refusal) -> Answer:
    """The page that tells a refusal: what is wrong and the way on, never a trace."""
    if isinstance(refusal, SignInFirst):
        return Goto(sign_in_for(refusal.url), told=refusal.told)
    if isinstance(refusal, GoFirst):
        return Goto(refusal.path, told=refusal.told)
    values = {"fact": refusal.fact, "hint": refusal.hint, "fields": refusal.fields, "status": status_of(refusal)}
    values["before"] = ask.before if ask.before != ask.url else ""
    return Page("refusal.html", values, status=status_of(refusal), headers=headers_of(refusal))


def respond(request: Request[Any, Any, Any], ask: Ask, answer: Answer) -> Response[Any]:
    """The answer as a response, with the headers that say who may keep it."""
    if isinstance(answer, Goto):
        return _redirect(request, ask, answer)
    if isinstance(answer, Download):
        headers = {"cache-control": "no-store", **answer.headers}
        kind = answer.media_type.partition(";")[0]
        if isinstance(answer.content, (bytes, str)):
            return Response(answer.content, media_type=kind, headers=headers)
        return Stream(answer.content, media_type=kind, headers=headers)
    return _rendered(request, ask, answer)


def _rendered(request: Request[Any, Any, Any], ask: Ask, answer: Page) -> Response[Any]:
    told = cookies.read_told(request.cookies.get(cookies.TOLD), ask.services.secret)
    pages, language = request.app.state.languages.of(answer.template, ask.language)
    shell = shell_for(ask, told, here=here(ask), content_language=language)
    html = render(pages, answer.template, shell=shell, **answer.values)
    kept = answer.shared and ask.actor is None and not told and answer.status == 200
    caching = "public, max-age=30, stale-while-revalidate=60" if kept else "no-store"
    response = Response(html, media_type=MediaType.HTML, status_code=answer.status)
    response.headers.update({"cache-control": caching, "vary": "Cookie, HX-Request", **answer.headers})
    if told:
        response.set_cookie(cookies.told_once(ask.services))
    return response


def here(ask: Ask) -> str:
    """Where a change of language comes back to: this page as it was asked for; nowhere after a form."""
    if ask.form:
        return ""
    return ask.url if all(is_own_path(path) for path in ask.query.all("next")) else ask.path


def _redirect(request: Request[Any, Any, Any], ask: Ask, answer: Goto) -> Response[Any]:
    path = answer.path if answer.is_outside or is_own_path(answer.path) else "/"
    response: Response[Any] = Redirect(path, status_code=303, headers={"cache-control": "no-store"})
    told = [cookies.told(answer.told, ask.services)] if answer.told else []
    for cookie in (*answer.cookies, *told):
        response.set_cookie(cookie)
    return response


def is_own_path(path: str) -> bool:
    """Whether a redirect stays on this site: one leading slash, no back slash, no control character."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()


def _keep_session(services: Services, ask: Ask, response: Response[Any]) -> Response[Any]:
    """Note that the session is in use: at most once in two minutes, in a transaction of its own."""
    if ask.caller is not None and ask.at - ask.caller.seen_at > TOUCH_EVERY:
        with services.database.writing() as db:
            touch(db, ask.caller.sign_in_id, at=ask.at)
    return response
