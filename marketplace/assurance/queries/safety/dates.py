"""The days of clinical safety: notices to acknowledge and to act on, changes that take effect, incidents to judge."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Receipt, SafetyNotice
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.desk import incidents_waiting
from marketplace.assurance.queries.safety.notices import SENT, finals_of
from marketplace.assurance.rules.safety.declared import Clocks
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.icalendar import Entry

SAFETY, MOST = "safety", 200


def dates_of(db: Session, frameworks: Frameworks, *, by: Actor, first: date, last: date) -> list[Entry]:
    """What the actor's organisation has to answer or to judge of safety, from `first` to `last`."""
    if by.organisation_id is None:
        return []
    clocks = clocks_of(frameworks)
    found = list(_notices(db, by.organisation_id, clocks))
    if by.may(Permission.CATALOGUE_WRITE):
        found += _incidents(db, by.organisation_id, clocks)
    return [entry for entry in found if first <= entry.on <= last]


def _notices(db: Session, organisation_id: UUID, clocks: Clocks) -> Iterator[Entry]:
    loaded = joinedload(Receipt.notice).options(joinedload(SafetyNotice.product))
    mine = select(Receipt).join(SafetyNotice).options(loaded)
    mine = mine.where(Receipt.organisation_id == organisation_id, SafetyNotice.state.in_(SENT))
    for receipt in db.scalars(mine.order_by(Receipt.id.desc()).limit(MOST)):
        notice = receipt.notice
        is_over = notice.state == "closed" or receipt.answer in finals_of(clocks, notice.kind)
        days = {
            "Acknowledge": (notice.acknowledge_by, receipt.acknowledged_at is not None or is_over),
            "Act on": (notice.act_by, is_over),
            "Takes effect": (notice.takes_effect_on, is_over),
        }
        for word, (day, is_done) in days.items():
            if day is not None:
                yield _of_notice(receipt, word, day, is_done)


def _of_notice(receipt: Receipt, word: str, day: date, is_done: bool) -> Entry:
    notice = receipt.notice
    joint = ":" if word == "Takes effect" else ""
    uid = f"{word.split()[0].lower()}-{receipt.id}@touchstone"
    title = f"{word}{joint} {notice.title}"
    return Entry(
        uid,
        day,
        title,
        notice.product.name,
        is_done,
        SAFETY,
        f"/safety-notices/{notice.ref}",
        is_task=word != "Takes effect",
    )


def _incidents(db: Session, supplier_id: UUID, clocks: Clocks) -> Iterator[Entry]:
    for incident, due_at in incidents_waiting(db, supplier_id, clocks):
        yield _of_incident(incident.id, incident.ref, incident.product.name, due_at)


def _of_incident(key: UUID, ref: str, product: str, due_at: datetime) -> Entry:
    title = f"Judge incident {ref}"
    return Entry(
        f"incident-{key}@touchstone", day_in_london(due_at), title, product, kind=SAFETY, path=f"/incidents/{ref}",
        at=due_at,
    )  # fmt: skip
