"""Reminding who has not answered a notice, by the clock."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.assurance.events.safety import NoticeChased
from marketplace.assurance.models import Receipt, SafetyNotice
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.notices import finals_of, open_notices, receipts_of
from marketplace.assurance.rules.safety.declared import Clocks
from marketplace.assurance.rules.safety.limits import chase_on
from marketplace.assurance.rules.safety.receipts import due_of, standing_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK
from marketplace.kit.calendar import day_in_london
from marketplace.kit.record import record


def chase_notices(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """Remind every organisation whose day is near or past; returns how many. At most once a day each. Repeatable."""
    clocks, today, new = clocks_of(frameworks), day_in_london(at), 0
    notices = open_notices(db)
    receipts = receipts_of(db, [notice.id for notice in notices])
    for notice in notices:
        for receipt in receipts[notice.id]:
            new += _chase(db, notice, receipt, clocks, today, at)
    db.flush()
    return new


def _chase(db: Session, notice: SafetyNotice, receipt: Receipt, clocks: Clocks, today: date, at: datetime) -> bool:
    if notice.acknowledge_by is None or notice.act_by is None:
        return False
    standing = standing_of(receipt, finals_of(clocks, notice.kind))
    due = due_of(standing, notice.acknowledge_by, notice.act_by)
    every = clocks.urgency[notice.urgency or "urgent"].chase_days
    if due is None or receipt.chased_on == today or not chase_on(due, every, receipt.chased_on, today=today):
        return False
    receipt.chased, receipt.chased_on = receipt.chased + 1, today
    chased = NoticeChased(
        notice_id=notice.id, product_id=notice.product_id, supplier_id=notice.supplier_id,
        organisation_id=receipt.organisation_id, times=receipt.chased, overdue=today > due,
    )  # fmt: skip
    record(db, chased, by=CLOCK, at=at)
    return True
