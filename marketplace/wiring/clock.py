"""What runs by the clock: how often, and what. Each opens its own transactions and is repeatable."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from importlib import import_module

from marketplace.assurance.actions.ageing import tell_of_dated_answers
from marketplace.assurance.actions.certificates import tell_of_dated_parts
from marketplace.assurance.actions.remedies import tell_overdue
from marketplace.assurance.actions.surveillance import tell_of_visits
from marketplace.catalogue.actions.importing import run_import
from marketplace.catalogue.queries.imports import begun_by, running_imports
from marketplace.faces.bounces import AT_ONCE, read_mailbox
from marketplace.faces.payments import go_to_gateway, reconcile_gateway
from marketplace.faces.services import Services
from marketplace.faces.upkeep import compare_index, mend_index
from marketplace.identity.actions.digests import send_digests
from marketplace.identity.actions.tidy import forget
from marketplace.identity.actions.webhooks import send_due
from marketplace.kit.idempotency import forget_answers
from marketplace.kit.record import seal, sweep
from marketplace.kit.schedules import Schedules
from marketplace.kit.signing import sign_with
from marketplace.kit.unsent import forget_unsent
from marketplace.payments.actions.watching import tell_late, warn_before_month_ends
from marketplace.ports.mail.post import Post
from marketplace.ports.outward.port import Outward
from marketplace.procurement.actions.deadlines import tell_of_deadlines
from marketplace.procurement.actions.saved import tell_what_is_new
from marketplace.procurement.actions.watch import watch_prices_of_the_day
from marketplace.web.letters import letters_from
from marketplace.wiring import contracts, outcomes, safety

NEWS_BATCH = 50


def schedules_over(services: Services) -> Schedules:
    """What runs by the clock: how often, and what. Each opens its own transactions and is repeatable."""
    return {
        "imports": (timedelta(seconds=2), lambda at: go_on_with_imports(services)),
        "webhooks": (timedelta(seconds=2), lambda at: send_webhooks(services, at)),
        "gateway": (timedelta(seconds=2), lambda at: look_at_gateway(services)),
        "seal": (timedelta(minutes=1), lambda at: seal_record(services, at)),
        "mend-index": (timedelta(seconds=30), lambda at: mend_index(services)),
        "saved-searches": (timedelta(minutes=5), lambda at: look_for_news(services, at)),
        "prices-of-the-day": (timedelta(hours=6), lambda at: watch_prices(services, at)),
        "dated-parts": (timedelta(hours=1), lambda at: watch_dated_parts(services, at)),
        "deadlines": (timedelta(minutes=15), lambda at: watch_deadlines(services, at)),
        "delivery-reports": (timedelta(minutes=1), lambda at: read_reports(services, at)),
        "digests": (timedelta(hours=24), lambda at: mail_digests(services, at)),
        "forget": (timedelta(hours=6), lambda at: forget_old(services, at)),
        "payments-of-the-day": (timedelta(hours=6), lambda at: watch_payments(services, at)),
        "reconcile-payments": (timedelta(hours=24), lambda at: reconcile_gateway(services, at)),
        "compare-index": (timedelta(hours=24), lambda at: compare_index(services)),
        **contracts.schedules(services),
        **outcomes.schedules(services),
        **safety.schedules(services),
    }


def go_on_with_imports(services: Services) -> None:
    """Run each import that somebody started, from where it was; one that cannot go on keeps no other waiting."""
    with services.database.reading() as db:
        running = running_imports(db, among=services.frameworks.mappings)
        waiting = [(one.id, begun_by(db, one)) for one in running]
    with ExitStack() as every:  # calls them all, the last one first, and raises afterwards what any of them raised
        for import_id, by in reversed(waiting):
            every.callback(
                run_import, services.database.writing, services.files.open, services.frameworks, import_id, by=by,
                clock=services.clock,
            )  # fmt: skip


def seal_record(services: Services, at: datetime) -> None:
    """Put new entries in order, sign the head, forget what is done."""
    sign = sign_with(services.secret)
    with services.database.writing() as db:
        while seal(db, at=at, sign=sign).count:
            db.flush()
        sweep(db)


def send_webhooks(services: Services, at: datetime) -> None:
    """Send what webhooks have still to hear; what nobody takes is tried again, each time later."""
    web = import_module("marketplace.ports.outward.web")  # only the worker speaks to others, so only it reads this
    outward: Outward = web.WebOutward(is_laptop=services.is_demonstration)
    while send_due(services.database, outward, services.secret, at=at):
        pass


def look_at_gateway(services: Services) -> None:
    go_to_gateway(services)


def watch_payments(services: Services, at: datetime) -> None:
    """Tell whoever holds up an invoice before the month ends, and both sides of one that is late."""
    with services.database.writing() as db:
        warn_before_month_ends(db, at=at)
        tell_late(db, at=at)


def look_for_news(services: Services, at: datetime) -> None:
    looked = NEWS_BATCH
    while looked == NEWS_BATCH:
        with services.database.writing() as db:
            looked = tell_what_is_new(db, services.search, at=at, most=NEWS_BATCH)


def read_reports(services: Services, at: datetime) -> None:
    """Note what came back of our mails."""
    while read_mailbox(services, services.mailbox, at=at) == AT_ONCE:
        pass


def mail_digests(services: Services, at: datetime) -> None:
    """One mail a day to whoever prefers that."""
    post = Post(services.mail, letters_from(services.templates), services.base_url)
    send_digests(services.database, post, at=at)


def watch_prices(services: Services, at: datetime) -> None:
    with services.database.writing() as db:
        watch_prices_of_the_day(db, at=at)


def watch_dated_parts(services: Services, at: datetime) -> None:
    """Certificates stop to hold without anybody doing anything: tell of those that did, and of those that soon will."""
    with services.database.writing() as db:
        tell_of_dated_parts(db, services.frameworks, at=at)
        tell_of_dated_answers(db, services.frameworks, at=at)
        tell_overdue(db, at=at)
        tell_of_visits(db, services.frameworks, at=at)


def watch_deadlines(services: Services, at: datetime) -> None:
    """Tell people ahead of what is due in their projects, and of what is late."""
    with services.database.writing() as db:
        tell_of_deadlines(db, at=at)


def forget_old(services: Services, at: datetime) -> None:
    with services.database.writing() as db:
        forget(db, at=at)
        forget_unsent(db, at=at)
        forget_answers(db, at=at)
