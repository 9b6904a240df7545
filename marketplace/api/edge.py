"""Where Litestar ends: a request becomes an Ask, the function of a call answers, and the answer becomes a response.

All of it runs in one worker thread. Who asks, and how often they did, is known before anything is read of what was
sent; and all that is done is done in one transaction, together with the answer that is kept for a second try.
"""

import dataclasses
import hashlib
from typing import Any, BinaryIO, cast
from uuid import UUID

import anyio.to_thread
from litestar import HttpMethod, Request, Response
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from pydantic import BaseModel
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from marketplace.api.calls import (
    ANYBODY_SIGNED_IN,
    EVERYTHING,
    PUBLIC,
    Answer,
    Asked,
    Call,
    Document,
    Who,
    etag,
)
from marketplace.api.exchange import Received, Reply
from marketplace.api.limits import Allowance
from marketplace.api.limits import told as left_of
from marketplace.api.problems import Unknown, problem_of, respond
from marketplace.api.reading import read_body, read_form, read_query
from marketplace.catalogue.search import facets
from marketplace.faces.ask import Upload, Values, hash_of
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor, Permission, permissions_of
from marketplace.identity.queries import caller_by_token
from marketplace.identity.rules.attempts import network_of
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from marketplace.kit.idempotency import keep_answer, take_key
from marketplace.kit.text import quote
from marketplace.kit.values import replace
from marketplace.routing import Answering

SCHEME, LONGEST_TOKEN = "bearer", 200
KEY = "idempotency-key"
SOMEBODY_ELSE = Conflict("somebody else changed this at the same moment", "Read it again, and try again.")
SHARED = "public, max-age=30, stale-while-revalidate=60"


def handler_of(call: Call) -> HTTPRouteHandler:
    """The call as a handler of Litestar."""

    async def handler(request: Request[Any, Any, Any]) -> Response[Any]:
        services, allowance = request.app.state["services"], request.app.state["allowance"]
        if call.who != PUBLIC and "authorization" not in request.headers:
            return await anyio.to_thread.run_sync(answer, call, services, allowance, await _received(request, services))
        received = await _received(request, services)
        if call.form is not None:
            received = replace(received, fields=await _form(request))
        elif call.method != "GET":
            received = replace(received, body=await request.body())
        return await anyio.to_thread.run_sync(answer, call, services, allowance, received)

    handler.__name__ = call.function.__name__
    handler.__doc__ = call.function.__doc__
    return Answering(
        call.path, http_method=[HttpMethod(call.method)], opt={"who": call.who, "call": call}, include_in_schema=False,
        request_max_body_size=call.largest, name=f"api.{call.id}", status_code=200,
    )(handler)  # fmt: skip


async def _received(request: Request[Any, Any, Any], services: Services) -> Received:
    query = request.url.query
    peer = request.client.host if request.client else ""
    if peer in services.trusted_proxies:
        peer = request.headers.get("x-forwarded-for", peer).rsplit(",", 1)[-1].strip()
    return Received(
        method=request.method, path=request.url.path, url=f"{request.url.path}?{query}" if query else request.url.path,
        address=peer, pairs=list(request.query_params.multi_items()), headers=dict(request.headers.items()),
        parameters={name: str(value) for name, value in request.path_params.items()},
    )  # fmt: skip


async def _form(request: Request[Any, Any, Any]) -> Values:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Values()
    sent = list((await request.form()).multi_items())
    uploads: dict[str, list[Upload]] = {}
    for name, value in sent:
        if isinstance(value, UploadFile):
            uploads.setdefault(name, []).append(Upload(value.filename, cast(BinaryIO, value.file)))
    return Values([(name, value) for name, value in sent if isinstance(value, str)], uploads)


def answer(call: Call, services: Services, allowance: Allowance, received: Received) -> Response[Any]:
    """The response of a call, whatever becomes of it."""
    headers: dict[str, str] = {"vary": "Authorization"}
    try:
        reply = _answered(call, services, allowance, received, headers)
    except StaleDataError:
        status, more, body = problem_of(SOMEBODY_ELSE)
    except Refusal as refusal:
        status, more, body = problem_of(refusal)
    else:
        return _response(received, reply, headers)
    return respond(status, body, {**headers, **more})


def _answered(
    call: Call, services: Services, allowance: Allowance, received: Received, headers: dict[str, str]
) -> Reply:
    """Who asks, whether they called too often, whether they may; then what was sent; then the thing itself."""
    with services.database.reading() as db:
        ask = _ask(db, services, received)
        limit, key = _counted_by(ask, allowance)
        headers.update(left_of(limit, 0, ask.at))
        headers.update(allowance.take(key, limit, at=ask.at))
        allow(ask, call)
        sent = _sent(call, received, services)
        if call.method == "GET" or call.slow:
            return _reply(call, call.function(ask, **sent), is_shared=call.is_shared and ask.actor is None)
    with services.database.writing() as db:
        ask = dataclasses.replace(ask, db=db, actor=_actor(db, received, ask.at))
        allow(ask, call)
        return _once(call, ask, received, sent)


def _once(call: Call, ask: Asked, received: Received, sent: dict[str, Any]) -> Reply:
    """Do what is asked; where it was sent before under the same key, give the first answer and do nothing."""
    key = received.headers.get(KEY)
    actor = ask.actor
    if call.method != "POST" or key is None or actor is None or not (actor.organisation_id and actor.person_id):
        return _reply(call, call.function(ask, **sent))
    kept = take_key(
        ask.db, key, organisation_id=actor.organisation_id, person_id=actor.person_id, asked=received.digest(),
        at=ask.at,
    )  # fmt: skip
    if kept.status:
        return Reply(kept.status, kept.body.encode(), headers={**kept.headers, "idempotency-replayed": "true"})
    reply, public = _made(call, call.function(ask, **sent))
    keep_answer(kept, status=reply.status, headers=reply.headers, body=public)
    return reply


def _made(call: Call, given: Any) -> tuple[Reply, str]:
    """The reply, and its body as it is kept: a secret is shown once, and never kept."""
    reply = _reply(call, given)
    body = given.body if isinstance(given, Answer) else given
    if isinstance(body, BaseModel) and "secret" in type(body).model_fields:
        return reply, body.model_copy(update={"secret": None}).model_dump_json(by_alias=True)
    return reply, reply.content.decode() if isinstance(reply.content, bytes) else ""


def _ask(db: Session, services: Services, received: Received) -> Asked:
    at = services.clock()
    return Asked(
        db=db, services=services, at=at, actor=_actor(db, received, at), query=Values(received.pairs),
        form=received.fields, path=received.path, url=received.url, address=received.address,
        device=received.headers.get("user-agent", "")[:200], headers=received.headers,
    )  # fmt: skip


def _actor(db: Session, received: Received, at: Any) -> Actor | None:
    """Who asks, by the token of the header; None where none was sent. Raises Unknown for one that is not ours."""
    sent = received.headers.get("authorization")
    if sent is None:
        return None
    scheme, _, token = sent.partition(" ")
    token = token.strip()
    known = scheme.lower() == SCHEME and 0 < len(token) <= LONGEST_TOKEN and token.isascii()
    actor = caller_by_token(db, hash_of(token), at=at) if known else None
    if actor is None:
        raise Unknown(
            "this token is not known, or has ended", "Send Authorization: Bearer tst_... with a token of yours."
        )
    return actor


def _counted_by(ask: Asked, allowance: Allowance) -> tuple[Any, str]:
    """Whose allowance a call takes from: the person acting for the organisation, or the network it comes from."""
    if ask.actor is not None:
        return allowance.signed_in, f"{ask.actor.organisation_id} {ask.actor.person_id}"
    return allowance.anybody, network_of(ask.address)


def allow(ask: Asked, call: Call) -> None:
    """The first, coarse question: actions ask the fine one. Raises Unknown, NotAllowed."""
    if call.who == PUBLIC:
        return
    if ask.actor is None:
        raise Unknown("this call needs a token", "Send Authorization: Bearer tst_... Tokens are made under Account.")
    if call.who != ANYBODY_SIGNED_IN and not ask.actor.may(Permission(call.who)):
        raise NotAllowed(
            f"this token does not allow {call.who}",
            "Make one with that scope, or ask a manager for a role that allows it.",
        )
    if call.scope and _lacks(ask.actor, call.scope):
        raise NotAllowed(f"this token was made without {call.scope}", "Make one that has it among its scopes.")


def _lacks(actor: Actor, scope: Who) -> bool:
    """Whether a token leaves out what its person may do: what nobody gave them by role is for the action to say."""
    left_out = permissions_of(actor.roles, actor.organisation_kind) - actor.permissions
    return bool(left_out) if scope == EVERYTHING else scope in left_out


def _sent(call: Call, received: Received, services: Services) -> dict[str, Any]:
    """Everything that was sent, as the types that the function asks for."""
    sent: dict[str, Any] = {}
    for name, kind in call.parameters.items():
        sent[name] = _parameter(received.parameters[name], kind)
    filters = {facet.key: facet for facet in facets(services.frameworks)} if call.filters else {}
    also = dict.fromkeys(name for name, _ in received.pairs) if call.free else filters
    if call.query is not None:
        known = {name: None for name in also if name not in call.query.model_fields}
        sent["query"] = read_query(received.pairs, call.query, also=known)
    elif received.pairs:
        name = quote(received.pairs[0][0])
        fact = f"this call takes no {name} in its address"
        raise Invalid(fact, "Leave it out.", fields={"query": f"Leave out {name}."})
    if call.body is not None:
        sent["body"] = read_body(received.body, received.headers.get("content-type", ""), call.body)
    if call.form is not None:
        sent["form"] = read_form(received.fields, call.form)
    return sent


def _parameter(text: str, kind: type) -> Any:
    if kind is str:
        return text
    try:
        return UUID(text) if kind is UUID else _small(text)
    except ValueError as garbage:
        raise NotFound("there is nothing at this address", "Take the address from the list that names it.") from garbage


def _small(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(text)
    return int(text)


def _reply(call: Call, given: Any, *, is_shared: bool = False) -> Reply:
    headers = {"cache-control": SHARED if is_shared else "no-store"}
    if isinstance(given, Document):
        return Reply(call.status, given.content, given.media_type, {**headers, **given.headers})
    answer = given if isinstance(given, Answer) else Answer(given)
    if answer.version is not None:
        headers["etag"] = etag(answer.version)
    if answer.location:
        headers["location"] = answer.location
    if answer.body is None:
        return Reply(call.status, b"", headers=headers)
    return Reply(call.status, answer.body.model_dump_json(by_alias=True).encode(), headers=headers)


def _response(received: Received, reply: Reply, headers: dict[str, str]) -> Response[Any]:
    sent = {**headers, **reply.headers}
    if not isinstance(reply.content, bytes):
        return Stream(reply.content, status_code=reply.status, media_type=reply.media_type, headers=sent)
    if received.method == "GET" and reply.status == 200 and reply.content:
        sent.setdefault("etag", f'W/"{hashlib.sha256(reply.content).hexdigest()[:24]}"')
        if sent["etag"] in {tag.strip() for tag in received.headers.get("if-none-match", "").split(",")}:
            return Response(b"", status_code=304, headers=sent, media_type=reply.media_type)
    return Response(reply.content, status_code=reply.status, headers=sent, media_type=reply.media_type)
