"""Which clocks run for an incident and for a notice, and who is late by them. The moment is for the caller to say."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from marketplace.assurance.rules.safety.declared import Clocks, Limit, Urgency
from marketplace.kit.values import Value

ONE_DAY = timedelta(days=1)


class Running(Value):
    """A time limit of an incident: by when, and when it was done, if it was. `is_late` today, or when it was done."""

    limit: Limit
    due_at: datetime
    done_at: datetime | None
    is_late: bool


class IncidentFacts(Value):
    """What the clocks of an incident read. `done` says when what a limit asks for was done, by the limit's id."""

    severity: str
    is_device: bool
    reported_at: datetime
    done: Mapping[str, datetime | None]


def running(facts: IncidentFacts, clocks: Clocks, *, now: datetime) -> list[Running]:
    """The limits that hold for an incident, the earliest first. None for what its severity does not ask for."""
    found = []
    for limit in clocks.limits:
        hours = limit.hours.get(facts.severity)
        if hours is None or (limit.device and not facts.is_device):
            continue
        due_at, done_at = facts.reported_at + timedelta(hours=hours), facts.done.get(limit.id)
        found.append(Running(limit, due_at, done_at, (done_at or now) > due_at))
    return sorted(found, key=lambda each: each.due_at)


def dates_of(urgency: Urgency, issued_on: date) -> tuple[date, date]:
    """By when a notice is to be acknowledged, and acted on."""
    return issued_on + timedelta(days=urgency.acknowledge_days), issued_on + timedelta(days=urgency.act_days)


def chase_on(due: date, every: int, chased_on: date | None, *, today: date) -> bool:
    """Whether somebody who has not answered is reminded today: the day before, the day after, then every few days."""
    if today < due - ONE_DAY:
        return False
    if chased_on is None or chased_on < due - ONE_DAY:
        return True
    if chased_on <= due:
        return today > due
    return today >= chased_on + timedelta(days=max(1, every))
