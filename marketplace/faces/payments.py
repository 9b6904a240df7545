"""The gateway's way in and our way out to it, as every face and the clock use them."""

from collections.abc import Callable
from datetime import datetime

from marketplace.faces.services import Services
from marketplace.kit.errors import NotFound
from marketplace.kit.values import replace
from marketplace.payments.actions.gateway import run_errands, store_event
from marketplace.payments.actions.reconciling import reconcile
from marketplace.payments.queries.declared import rates_of
from marketplace.ports.gateway.port import Rehearsed


def take_webhook(services: Services, body: bytes, signature: str) -> bool:
    """Keep what the gateway sent, once by its id; whether it was new. Raises Forged, and then nothing is kept."""
    at = services.clock()
    told = services.gateway.told(body, signature, at=at)
    with services.database.writing() as db:
        return store_event(db, told, body.decode(), at=at)


def go_to_gateway(services: Services, *, clock: Callable[[], datetime] | None = None) -> int:
    """Run what is to be done at the gateway; a rehearsal also tells what came of it. Returns how many were tried."""
    when = clock or services.clock
    rates = rates_of(services.frameworks)
    tried = run_errands(services.database, services.gateway, rates, clock=when)
    if isinstance(services.gateway, Rehearsed) and deliver_rehearsed(services, clock=when):
        tried += run_errands(services.database, services.gateway, rates, clock=when)
    return tried


def deliver_rehearsed(services: Services, *, clock: Callable[[], datetime] | None = None) -> int:
    """Send what the rehearsed gateway has to tell through our own door, signed; returns how many it were."""
    gateway, when = rehearsal_of(services), clock or services.clock
    told = list(gateway.waiting(at=when()))
    for _, body, signature in told:
        take_webhook(replace(services, clock=when), body, signature)
    if told:
        gateway.taken(*(event_id for event_id, _, _ in told))
    return len(told)


def rehearsal_of(services: Services) -> Rehearsed:
    """The gateway of the demonstration. Raises NotFound where the real one is plugged in."""
    if not isinstance(services.gateway, Rehearsed):
        raise NotFound("there is no rehearsed gateway here", "Real invoices are paid at the bank.")
    return services.gateway


def reconcile_gateway(services: Services, at: datetime) -> None:
    """Once a day: our invoices against the gateway's list."""
    reconcile(services.database, services.gateway, at=at)
