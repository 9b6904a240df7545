"""Webhooks: addresses of one's organisation that hear of events, signed, sent again until they answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import Answer, Asked, delete, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Paged, all_of, page_of
from marketplace.faces.webhooks import NAMES
from marketplace.identity.actions.webhooks import end_webhook, make_webhook, send_again, try_out
from marketplace.identity.models import Webhook, WebhookDelivery
from marketplace.identity.policies import Permission
from marketplace.identity.queries.webhooks import deliveries_of, find_delivery, find_webhook, webhooks_of
from marketplace.identity.rules.webhooks import secret_of

MANAGE = Permission.TOKEN_MANAGE


class WebhookIn(In):
    """An address, and the events that it hears of: see /v1/enumerations/webhook-events."""

    url: Line
    events: Annotated[list[Line], Field(min_length=1, max_length=60)]
    description: Line = ""


class WebhookOut(Out):
    id: UUID
    url: str
    events: list[str]
    description: str
    made_at: datetime


class WebhookMadeOut(WebhookOut):
    """A webhook that was just made, with the secret that its deliveries are signed with."""

    secret: str | None


class DeliveryOut(Out):
    """An event on its way: `state` is waiting, done, or parked after three days of trying."""

    id: UUID
    event: str
    state: str
    attempts: int
    status: int | None
    error: str
    queued_at: datetime
    due_at: datetime
    done_at: datetime | None
    body: str


@get("/webhooks", who=MANAGE)
def list_webhooks(ask: Asked) -> Listed[WebhookOut]:
    """The webhooks of one's organisation."""
    return all_of(WebhookOut.model_validate(each) for each in webhooks_of(ask.db, by=ask.by))


@post("/webhooks", who=MANAGE, status=201)
def make(ask: Asked, body: WebhookIn) -> Answer[WebhookMadeOut]:
    """Let an address hear of events."""
    made = make_webhook(
        ask.db, url=body.url, events=body.events, known=NAMES, description=body.description,
        is_laptop=ask.services.is_demonstration and not ask.services.is_secure, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Answer(_with_secret(ask, made), location=f"/v1/webhooks/{made.id}")


@get("/webhooks/{webhook:str}", who=MANAGE)
def show(ask: Asked, webhook: UUID) -> WebhookOut:
    """One webhook."""
    return WebhookOut.model_validate(find_webhook(ask.db, webhook, by=ask.by))


@get("/webhooks/{webhook:str}/secret", who=MANAGE)
def show_secret(ask: Asked, webhook: UUID) -> WebhookMadeOut:
    """The webhook with the secret that its deliveries are signed with."""
    return _with_secret(ask, find_webhook(ask.db, webhook, by=ask.by))


@delete("/webhooks/{webhook:str}", who=MANAGE)
def end(ask: Asked, webhook: UUID) -> None:
    """Let an address hear nothing more; what is on its way is not sent."""
    end_webhook(ask.db, find_webhook(ask.db, webhook, by=ask.by), by=ask.by, at=ask.at)


@post("/webhooks/{webhook:str}/test", who=MANAGE, status=202)
def test(ask: Asked, webhook: UUID) -> DeliveryOut:
    """Send a test; the worker does within seconds, and its delivery says what became of it."""
    return _delivery(try_out(ask.db, find_webhook(ask.db, webhook, by=ask.by), by=ask.by, at=ask.at))


@get("/webhooks/{webhook:str}/deliveries", who=MANAGE)
def list_deliveries(ask: Asked, webhook: UUID, query: Paged) -> Listed[DeliveryOut]:
    """What was sent, and what is on its way, the latest first."""
    found = deliveries_of(ask.db, find_webhook(ask.db, webhook, by=ask.by), after=query.after, limit=query.limit)
    return page_of(found, (_delivery(each) for each in found.items))


@post("/webhooks/{webhook:str}/deliveries/{delivery:str}/replay", who=MANAGE, status=202)
def replay(ask: Asked, webhook: UUID, delivery: UUID) -> DeliveryOut:
    """Send an event again, with the same id."""
    found = find_delivery(ask.db, find_webhook(ask.db, webhook, by=ask.by), delivery)
    send_again(ask.db, found, by=ask.by, at=ask.at)
    return _delivery(found)


def _with_secret(ask: Asked, webhook: Webhook) -> WebhookMadeOut:
    shown = WebhookOut.model_validate(webhook).model_dump()
    return WebhookMadeOut(**shown, secret=secret_of(webhook.id, ask.services.secret))


def _delivery(delivery: WebhookDelivery) -> DeliveryOut:
    state = "done" if delivery.done_at else "parked" if delivery.parked_at else "waiting"
    return DeliveryOut(
        id=delivery.id, event=delivery.event, state=state, attempts=delivery.attempts, status=delivery.status,
        error=delivery.error, queued_at=delivery.queued_at, due_at=delivery.due_at, done_at=delivery.done_at,
        body=delivery.body,
    )  # fmt: skip


CALLS = [list_webhooks, make, show, show_secret, end, test, list_deliveries, replay]
