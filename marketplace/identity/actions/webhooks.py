"""Webhooks: made, ended, tried out; events queued for them, sent, sent again, given up after three days.

Sending happens in no transaction: whoever does not answer keeps nobody waiting but themselves.
"""

import json
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.identity.events import WebhookEnded, WebhookMade
from marketplace.identity.models import Webhook, WebhookDelivery
from marketplace.identity.policies import Actor, Permission, require
from marketplace.identity.queries.webhooks import listening, webhooks_of
from marketplace.identity.rules.webhooks import secret_of, signature
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.jobs import wait
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, quote
from marketplace.kit.values import Value
from marketplace.ports.outward.port import Outward, Unreachable, checked_url

MOST = 20
MOST_ATTEMPTS = 23
"""With the waits of kit.jobs this is three days."""
LEASE = timedelta(minutes=2)
AT_ONCE, BATCH = 8, 40
TEST = "touchstone.test"


class Sending(Value):
    """A delivery taken up for sending: `attempt` fences it."""

    id: UUID
    attempt: int
    webhook_id: UUID
    event: str
    url: str
    body: bytes


class Sent(Value):
    """What became of a sending: the status answered, None where nobody answered, and why in words."""

    status: int | None
    error: str = ""

    @property
    def is_well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def make_webhook(
    db: Session, *, url: str, events: Collection[str], known: Collection[str], description: str, is_laptop: bool,
    by: Actor, at: datetime,
) -> Webhook:  # fmt: skip
    """Let an address hear of events, of those that are `known`. Raises NotAllowed, Conflict, Invalid by field."""
    require(by, Permission.TOKEN_MANAGE)
    if by.organisation_id is None:
        raise NotAllowed("a webhook belongs to an organisation", "Act for one.")
    if len(webhooks_of(db, by=by)) >= MOST:
        raise Conflict(f"there are {MOST} webhooks already", "End one that nobody listens to.")
    webhook = Webhook(
        id=new_id(at), organisation_id=by.organisation_id, url=checked_url(url, is_laptop=is_laptop),
        description=clean_line(description, 120), events=_events(events, known), made_by_id=by.person_id, made_at=at,
    )  # fmt: skip
    db.add(webhook)
    made = WebhookMade(organisation_id=webhook.organisation_id, webhook_id=webhook.id, events=webhook.events)
    record(db, made, by=by, at=at)
    db.flush()
    return webhook


def end_webhook(db: Session, webhook: Webhook, *, by: Actor, at: datetime) -> None:
    """Let an address hear nothing more; what is on its way is not sent. Raises NotAllowed."""
    require(by, Permission.TOKEN_MANAGE)
    webhook.ended_at = at
    record(db, WebhookEnded(organisation_id=webhook.organisation_id, webhook_id=webhook.id), by=by, at=at)


def try_out(db: Session, webhook: Webhook, *, by: Actor, at: datetime) -> WebhookDelivery:
    """Send a test, so that the receiver can be tried before something happens. Raises NotAllowed."""
    require(by, Permission.TOKEN_MANAGE)
    key = f"test {new_id(at)}"
    body = {"id": key, "type": TEST, "at": at.isoformat(), "about": {"kind": "webhook", "ref": str(webhook.id)}}
    delivery = _delivery(webhook, key, TEST, body, at)
    db.add(delivery)
    db.flush()
    return delivery


def send_again(db: Session, delivery: WebhookDelivery, *, by: Actor, at: datetime) -> None:
    """Send once more what was sent or given up, with the same id. Raises NotAllowed; Conflict while it is due."""
    require(by, Permission.TOKEN_MANAGE)
    if delivery.done_at is None and delivery.parked_at is None:
        raise Conflict("this is on its way already", "Wait for what becomes of it.")
    delivery.done_at = delivery.parked_at = delivery.leased_until = None
    delivery.attempts, delivery.due_at, delivery.error = 0, at, ""
    db.flush()


def queue(
    db: Session, event: str, body: Mapping[str, Any], *, key: str, organisation_ids: Collection[UUID] | None,
    at: datetime,
) -> int:  # fmt: skip
    """Put an event on its way to every webhook that hears of it; None is for all organisations. Repeatable by `key`."""
    hearing = listening(db, event, organisation_ids)
    if not hearing:
        return 0
    ids = [webhook.id for webhook in hearing]
    same = select(WebhookDelivery.webhook_id).where(WebhookDelivery.webhook_id.in_(ids), WebhookDelivery.key == key)
    told = set(db.scalars(same))
    new = [_delivery(webhook, key, event, body, at) for webhook in hearing if webhook.id not in told]
    db.add_all(new)
    return len(new)


def send_due(database: Database, outward: Outward, house_key: bytes, *, at: datetime) -> int:
    """Send what is due, several at a time; returns how many were tried. Each is sent by one worker alone."""
    with database.writing() as db:
        taken = _take_up(db, at)
    if not taken:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        sent = list(threads.map(partial(_send, outward, house_key, at), taken))
    with database.writing() as db:
        for sending, became in zip(taken, sent, strict=True):
            _note(db, sending, became, at)
    return len(taken)


def _take_up(db: Session, at: datetime) -> list[Sending]:
    free = (
        select(WebhookDelivery.id)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.done_at.is_(None), WebhookDelivery.parked_at.is_(None), WebhookDelivery.due_at <= at)
        .where(func.coalesce(WebhookDelivery.leased_until, at) <= at, Webhook.ended_at.is_(None))
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(BATCH)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    )
    ids = list(db.scalars(free))
    mine = update(WebhookDelivery).where(WebhookDelivery.id.in_(ids))
    db.execute(mine.values(leased_until=at + LEASE, attempts=WebhookDelivery.attempts + 1))
    rows = select(WebhookDelivery, Webhook.url).join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    return [
        Sending(one.id, one.attempts, one.webhook_id, one.event, url, one.body.encode())
        for one, url in db.execute(rows.where(WebhookDelivery.id.in_(ids)).order_by(WebhookDelivery.id))
    ]


def _send(outward: Outward, house_key: bytes, at: datetime, sending: Sending) -> Sent:
    headers = {
        "content-type": "application/json",
        "user-agent": "Touchstone",
        "touchstone-event": sending.event,
        "touchstone-delivery": str(sending.id),
        "touchstone-signature": signature(secret_of(sending.webhook_id, house_key), sending.body, at),
    }
    try:
        status = outward.post(sending.url, sending.body, headers)
    except Unreachable as failed:
        return Sent(None, failed.reason[:300])
    return Sent(status, "" if 200 <= status < 300 else f"it answered {status}")


def _note(db: Session, sending: Sending, became: Sent, at: datetime) -> None:
    """What became of it, unless another worker took it up meanwhile."""
    mine = update(WebhookDelivery).where(
        WebhookDelivery.id == sending.id, WebhookDelivery.attempts == sending.attempt, WebhookDelivery.done_at.is_(None)
    )
    values: dict[str, Any] = {"leased_until": None, "status": became.status, "error": became.error}
    if became.is_well:
        values |= {"done_at": at}
    else:
        values |= {"due_at": at + wait(sending.attempt)}
        values |= {"parked_at": at} if sending.attempt >= MOST_ATTEMPTS else {}
    db.execute(mine.values(**values))


def _delivery(webhook: Webhook, key: str, event: str, body: Mapping[str, Any], at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        id=new_id(at), webhook_id=webhook.id, key=key, event=event, queued_at=at, due_at=at, attempts=0, error="",
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def _events(events: Collection[str], known: Collection[str]) -> list[str]:
    strange = sorted(set(events) - set(known))
    if strange or not events:
        told = f"{quote(strange[0])} is no event to hear of." if strange else "Choose at least one event."
        hint = "See /v1/enumerations/webhook-events."
        raise Invalid("the events do not hold", hint, fields={"events": f"{told} {hint}"})
    return sorted(set(events))
