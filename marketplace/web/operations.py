"""What an operator looks at: deliveries that keep failing, jobs by the clock, the head of the record."""

from uuid import UUID

from sqlalchemy import select

from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission, require
from marketplace.kit.errors import NotFound
from marketplace.kit.jobs import Delivery, unpark
from marketplace.kit.ready import readiness
from marketplace.kit.record import Entry, Head
from marketplace.kit.schedules import Schedule
from marketplace.web.edge import Goto, Page, page, post

MOST = 50


@page("/operations", who=Permission.OPERATE)
def operations(ask: Ask) -> Page:
    """Ages, parked deliveries with their errors, and when each job last ran."""
    parked = select(Delivery, Entry).join(Entry, Entry.id == Delivery.entry_id).where(Delivery.parked_at.is_not(None))
    failing = select(Delivery, Entry).join(Entry, Entry.id == Delivery.entry_id)
    failing = failing.where(Delivery.parked_at.is_(None), Delivery.done_at.is_(None), Delivery.error != "")
    values = {
        "ready": readiness(ask.services.database, at=ask.at).facts,
        "parked": ask.db.execute(parked.order_by(Delivery.parked_at).limit(MOST)).all(),
        "failing": ask.db.execute(failing.order_by(Delivery.due_at).limit(MOST)).all(),
        "schedules": ask.db.scalars(select(Schedule).order_by(Schedule.name)).all(),
        "head": ask.db.scalars(select(Head).order_by(Head.size.desc()).limit(1)).one_or_none(),
    }
    return Page("operations/operations.html", values)


@post("/operations/deliveries/{delivery:str}/retry", who=Permission.OPERATE, again=operations)
def retry(ask: Ask, delivery: str) -> Goto:
    """Let a parked delivery try again."""
    require(ask.by, Permission.OPERATE)
    try:
        unpark(ask.db, UUID(delivery), at=ask.at)
    except ValueError as wrong:
        raise NotFound("there is no such delivery", "Open the page again.") from wrong
    return Goto("/operations", told="It tries again within a minute.")


ROUTES = [operations, retry]
