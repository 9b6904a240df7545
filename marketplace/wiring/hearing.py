"""Which event wakes which subscriber, room by room, and which events are kept for the record alone."""

from marketplace.faces.services import Services
from marketplace.faces.webhooks import HOOKS, queue_webhooks
from marketplace.kit.events import Event
from marketplace.kit.jobs import Subscriber, Subscribers
from marketplace.wiring import (
    accounts,
    assurance,
    cases,
    contracts,
    evidence,
    house,
    joint,
    outcomes,
    payments,
    safety,
    transparency,
)

TABLES = (house, accounts, evidence, assurance, safety, cases, joint, contracts, outcomes, payments, transparency)

FOR_THE_RECORD: tuple[type[Event], ...] = tuple(event for table in TABLES for event in table.FOR_THE_RECORD)


def subscribers_over(services: Services) -> Subscribers:
    """Every subscriber by the name of the event that it hears; several rooms may hear one event."""
    rows: dict[str, list[tuple[str, Subscriber]]] = {}
    for table in TABLES:
        for event, heard in table.hears(services).items():
            rows.setdefault(event.recorded_as, []).extend(heard)
    for event in HOOKS:
        rows.setdefault(event.recorded_as, []).append(("queue webhooks", queue_webhooks))
    return rows
