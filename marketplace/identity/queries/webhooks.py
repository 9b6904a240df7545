"""The webhooks of an organisation, and what became of each delivery."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.identity.models import Webhook, WebhookDelivery
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor

SIZE = 50


def webhooks_of(db: Session, *, by: Actor) -> list[Webhook]:
    """The webhooks of the actor's organisation that have not ended, the latest first."""
    mine = select(Webhook).where(Webhook.organisation_id == by.organisation_id, Webhook.ended_at.is_(None))
    return list(db.scalars(mine.order_by(Webhook.id.desc())))


def find_webhook(db: Session, webhook_id: UUID, *, by: Actor) -> Webhook:
    """One of them. Raises NotFound, for those of others too."""
    found = next((each for each in webhooks_of(db, by=by) if each.id == webhook_id), None)
    if found is None:
        raise NotFound("there is no such webhook", "See the webhooks of your organisation.")
    return found


def listening(db: Session, event: str, organisation_ids: Collection[UUID] | None) -> list[Webhook]:
    """The webhooks that hear of an event: of these organisations, or of all where None is given."""
    alive = select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)
    if organisation_ids is not None:
        alive = alive.where(Webhook.organisation_id.in_(organisation_ids))
    return [each for each in db.scalars(alive) if event in each.events]


def deliveries_of(
    db: Session, webhook: Webhook, *, after: str = "", limit: int = SIZE
) -> Page[WebhookDelivery]:
    """What was sent to a webhook, or is on its way, the latest first. Raises Invalid for a damaged cursor."""
    mine = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    counted = select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == webhook.id).limit(COUNTED + 1)
    total = db.scalar(select(func.count()).select_from(counted.subquery())) or 0
    if after:
        (last,) = decode_cursor(after, (UUID,))
        mine = mine.where(WebhookDelivery.id < last)
    rows = list(db.scalars(mine.order_by(WebhookDelivery.id.desc()).limit(limit + 1)))
    return Page(rows[:limit], total, encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


def find_delivery(db: Session, webhook: Webhook, delivery_id: UUID) -> WebhookDelivery:
    """A delivery to a webhook. Raises NotFound."""
    found = db.get(WebhookDelivery, delivery_id)
    if found is None or found.webhook_id != webhook.id:
        raise NotFound("there is no such delivery", "See the deliveries of the webhook.")
    return found


def oldest_waiting(db: Session, *, at: datetime) -> datetime | None:
    """Since when the longest waiting delivery has been due: alarms watch ages."""
    waiting = (WebhookDelivery.done_at.is_(None), WebhookDelivery.parked_at.is_(None), WebhookDelivery.due_at <= at)
    return db.scalar(select(func.min(WebhookDelivery.due_at)).where(*waiting))
