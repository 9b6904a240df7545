"""What the gateway tells: twenty times, out of order, late, or not at all; the end is the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.faces.payments import go_to_gateway, reconcile_gateway, rehearsal_of, take_webhook
from marketplace.faces.services import Services
from marketplace.identity.policies import CLOCK
from marketplace.kit.values import replace
from marketplace.payments.actions.errands import FIRST_WAIT, MOST_ATTEMPTS, retry_errand, wait
from marketplace.payments.actions.gateway import run_errands
from marketplace.payments.models import BankLine, Errand, GatewayEvent, Invoice, Payment, Reconciliation
from marketplace.payments.queries.checking import money_faults
from marketplace.payments.queries.gateway import stuck_errands
from marketplace.payments.queries.invoices import balance_of, every_invoice, find_invoice
from tests.clients import committed
from tests.payments.scenes import Deal, a_deal, declared, falls_due, settled


def the_invoice(services: Services) -> Invoice:
    with services.database.reading() as db:
        return find_invoice(db, "LUME-000001", by=CLOCK)


def waiting(services: Services, now) -> list[tuple[bytes, str]]:
    """What the gateway has to tell and nobody heard; it counts as told now."""
    gateway = rehearsal_of(services)
    told = list(gateway.waiting(at=now))
    for event_id, _, _ in told:
        gateway.taken(event_id)
    return [(body, signature) for _, body, signature in told]


def run(services: Services) -> None:
    run_errands(services.database, services.gateway, declared(services.frameworks), clock=services.clock)


def holds(services: Services) -> None:
    with services.database.reading() as db:
        assert list(money_faults(db)) == []


def test_one_event_twenty_times_at_once_has_one_effect(deal: Deal, services: Services, now):
    rehearsal_of(services).receive(the_invoice(services).gateway_ref, 120_000)
    (paid, *_) = waiting(services, now)

    with ThreadPoolExecutor(10) as threads:
        news = list(threads.map(lambda _: take_webhook(services, *paid), range(20)))
    run(services)
    assert take_webhook(services, *paid) is False
    run(services)

    assert sum(news) == 1
    with services.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Payment)) == 1
    assert the_invoice(services).state == "paid"
    holds(services)


def test_one_look_answers_all_that_was_told_of_an_invoice_and_nobody_else_looks_into(deal: Deal, services: Services, now):
    gateway, ref, asked = rehearsal_of(services), the_invoice(services).gateway_ref, []
    gateway.wire.fault = lambda method, path: asked.append(path) or ""
    for pence in (20_000, 30_000, 50_000, 20_000):
        gateway.receive(ref, pence)
    for told in waiting(services, now)[:4]:
        take_webhook(services, *told)
    with services.database.writing() as db:
        *_, last = db.scalars(select(Errand).where(Errand.done_at.is_(None)).order_by(Errand.id))
        last.leased_until = now + timedelta(minutes=1)
    asked.clear()

    run(services)

    assert len(asked) == 1
    with services.database.reading() as db:
        told = db.scalars(select(GatewayEvent).order_by(GatewayEvent.id.desc()).limit(4)).all()
    assert [one.outcome for one in reversed(told)] == ["£1,200.00 received", "nothing new", "nothing new", ""]
    holds(services)


def test_all_orders_of_four_events_end_alike(db: Session, services: Services, now):
    deal = a_deal(db)
    ends = set()
    for turn in range(24):
        falls_due(db, deal, 10_000 + turn, period=f"20{turn + 10}-01")
    committed(db)
    settled(services)
    with services.database.reading() as reading:
        refs = [one.gateway_ref for one in every_invoice(reading, by=CLOCK)]
    for ref, order in zip(refs, permutations(range(4)), strict=True):
        gateway = rehearsal_of(services)
        gateway.receive(ref, 5_000)
        gateway.receive(ref, gateway.look(ref, account="").left_pence)
        gateway.wire.act("update", ref, {})
        told = waiting(services, now)
        assert len(told) == 4
        for place in order:
            take_webhook(services, *told[place])
            run(services)
        with services.database.reading() as reading:
            invoice = next(one for one in every_invoice(reading, by=CLOCK) if one.gateway_ref == ref)
        ends.add((invoice.state, balance_of(invoice).left, sum(one.pence for one in invoice.payments) == invoice.gross_pence))

    assert ends == {("paid", 0, True)}
    holds(services)


def test_events_that_were_missed_for_days_are_found_by_the_daily_comparison(deal: Deal, services: Services, now):
    rehearsal_of(services).receive(the_invoice(services).gateway_ref, 70_000)
    assert waiting(services, now)

    reconcile_gateway(services, now + timedelta(days=4))

    assert balance_of(the_invoice(services)).left == 50_000
    with services.database.reading() as db:
        (found,) = db.scalars(select(Reconciliation))
    assert (found.compared, found.differences, found.difference_pence) == (1, [], 0)
    holds(services)


def test_a_difference_is_told_with_its_pence(deal: Deal, services: Services, db: Session, now):
    ref = the_invoice(services).gateway_ref
    rehearsal_of(services).wire.act("void", ref, {})
    rehearsal_of(services).wire.act("create customers", "", {})

    reconcile_gateway(services, now)

    with services.database.reading() as reading:
        (found,) = reading.scalars(select(Reconciliation))
    assert [(one["number"], one["words"]) for one in found.differences] == [("LUME-000001", "the gateway calls it void")]
    assert found.difference_pence == 120_000


def test_what_comes_in_above_is_shown_and_never_set_against_the_invoice(deal: Deal, services: Services):
    rehearsal_of(services).receive(the_invoice(services).gateway_ref, 125_000)
    settled(services)
    settled(services)

    with services.database.reading() as db:
        (line,) = db.scalars(select(BankLine))
    assert (line.source, line.over_pence) == ("gateway", 5_000)
    assert balance_of(the_invoice(services)).left == 0
    holds(services)


def test_an_event_of_something_else_is_kept_and_changes_nothing(deal: Deal, services: Services, now):
    gateway = rehearsal_of(services)
    gateway.wire.act("create customers", "", {"name": "Somebody"})
    for told in waiting(services, now):
        take_webhook(services, *told)

    run(services)

    with services.database.reading() as db:
        last = db.scalars(select(GatewayEvent).order_by(GatewayEvent.id.desc()).limit(1)).one()
    assert last.outcome == "of no concern here"


def test_a_gateway_that_is_down_is_asked_again_later_and_at_most_eight_times_in_the_first_hour(db: Session, services: Services, now):
    deal = a_deal(db)
    falls_due(db, deal, 100_000)
    committed(db)
    rehearsal_of(services).wire.fault = lambda method, path: "429"
    later = [now]
    down = replace(services, clock=lambda: later[0])
    settled(down, rounds=1)

    for _ in range(60):
        later[0] += timedelta(minutes=1)
        go_to_gateway(down)

    with services.database.reading() as reading:
        (stuck,) = stuck_errands(reading)
        assert 3 <= stuck.attempts <= 8
        assert "RateLimitError" in stuck.error
    rehearsal_of(services).wire.fault = lambda method, path: ""
    later[0] += timedelta(hours=7)
    settled(down)
    assert the_invoice(services).state == "sent"


def test_waits_grow_to_six_hours_and_the_last_try_is_some_days_later():
    waits = [wait(attempt, jitter=lambda: 0.5) for attempt in range(1, MOST_ATTEMPTS + 1)]

    assert waits[0] == FIRST_WAIT
    assert max(waits) == timedelta(hours=6)
    assert timedelta(days=2) < sum(waits, timedelta()) < timedelta(days=4)


def test_what_the_gateway_will_not_take_is_parked_told_and_tried_again_by_an_operator(db: Session, services: Services, now):
    deal = a_deal(db)
    falls_due(db, deal, 100_000)
    committed(db)
    rehearsal_of(services).wire.fault = lambda method, path: "403" if path == "/v1/invoices" and method == "post" else ""
    settled(services)
    with services.database.writing() as writing:
        (parked,) = stuck_errands(writing)
        assert parked.parked_at is not None
        retry_errand(writing, parked, at=now)
    rehearsal_of(services).wire.fault = lambda method, path: ""

    settled(services)

    assert the_invoice(services).state == "sent"
    with services.database.reading() as reading:
        assert reading.scalars(select(Errand).where(Errand.done_at.is_(None))).all() == []
