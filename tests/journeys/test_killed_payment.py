"""People accept outcomes and the worker turns them into invoices at a gateway that loses answers; both are killed again
and again. Nothing is lost, nothing doubled, and no penny is astray."""

import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from marketplace import worker
from marketplace.catalogue.models import Product
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome
from marketplace.contracts.models import Contract, ContractText, Due, Settlement, Share
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.kit import jobs, schedules
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict
from marketplace.kit.jobs import Delivery
from marketplace.kit.record import Outbox
from marketplace.payments.actions import errands
from marketplace.payments.models import BankLine, Errand, Invoice, Payment
from marketplace.payments.queries.checking import money_faults, undelivered
from marketplace.payments.queries.invoices import balance_of
from marketplace.ports.gateway.rehearsal import RehearsalGateway
from marketplace.settings import Settings
from marketplace.wiring import House, schedules_over, subscribers_over
from marketplace.wiring.engines import frameworks_in
from tests import cast
from tests.contracts.outcomes import a_certificate
from tests.databases import postgresql_copy
from tests.journeys.nursery import NURSERY, Child
from tests.journeys.processes import SHORT_LEASE, kill, wait_for
from tests.moments import MOMENTS
from tests.payments.scenes import a_deal
from tests.services import services_over

SEED = 20_261_125
FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)
MONTHS = [f"2026-{month:02}" for month in range(1, 7)]
LOSES = 0.15
"""How often the gateway loses an answer: the work is done there, and nobody here knows."""
SOON = timedelta(seconds=0.1)
"""How long the worker pauses, and waits before it goes to the gateway again."""
Who = tuple[UUID, UUID]


@dataclass
class Ground:
    """A database with a contract of six settled months, a worker over it, and those who accept them."""

    folder: Path
    database: Database
    contract_id: UUID
    managers: list[Who]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("template"), tmp_path / "touchstone.db")
        yield prepared(tmp_path, Database(f"sqlite:///{tmp_path}/touchstone.db"))
    else:
        with postgresql_copy(request.getfixturevalue("postgresql")) as database:
            yield prepared(tmp_path, database)


def prepared(folder: Path, database: Database) -> Ground:
    """Six months, each measured by both trusts and settled, none accepted yet."""
    with database.writing() as db:
        deal = a_deal(db, at=FIRST)
        a_certificate(db, db.get_one(Product, deal.contract.product_id), at=FIRST)
        text = db.query(ContractText).one()
        deal.contract.live_at, deal.contract.starts_on, text.effective_on = FIRST, FIRST.date(), FIRST.date()
        deal.contract.parameters = text.parameters = {**text.parameters, "starts-on": "2026-01-01"}
        db.flush()
        trusts = (("Marta Lind", "Ashdown Hospitals NHS Trust"), ("Owen Price", "Calder Valley NHS Trust"))
        managers = [cast.an_actor(db, name, trust, "trust", "contract-manager", at=FIRST) for name, trust in trusts]
        for turn, month in enumerate(MONTHS):
            for manager in managers:
                row = Measured("minutes", Decimal(8 + turn % 5) + Decimal("0.37"), 211, "")
                add_measurements(db, deal.contract, month, [row], by=manager, at=datetime(2026, 11, 2, 9, tzinfo=UTC))
        return Ground(folder, database, deal.contract.id, [(one.person_id, one.organisation_id) for one in managers])


@pytest.mark.slow
def test_killed_at_fifty_moments_of_settling_splitting_invoicing_and_sending_no_penny_is_astray(ground: Ground) -> None:
    chance, kills = random.Random(SEED), 0

    while kills < MOMENTS and not all_is_done(ground):
        both = accepting(ground), working(ground)
        time.sleep(chance.uniform(0.02, 0.3))
        kills += sum(kill(process) for process in both)
    finish(ground)

    assert kills >= MOMENTS // 5, "the work was over before it could be killed"
    holds(ground)


@pytest.mark.slow
def test_a_gateway_that_loses_most_of_its_answers_sends_nothing_twice(ground: Ground) -> None:
    finish(ground, loses=0.3)

    holds(ground)


def finish(ground: Ground, *, loses: float = LOSES) -> None:
    """Let everything that is left be done; then a month is corrected, and the trusts pay what is open."""
    people = accepting(ground)
    people.join(timeout=60)
    until_done(ground, loses)
    correct(ground)
    until_done(ground, loses)
    gateway = gateway_of(ground)
    with ground.database.reading() as db:
        waiting = db.scalars(select(Invoice.gateway_ref).where(Invoice.state == "sent", Invoice.kind == "invoice")).all()
    for ref in waiting:
        gateway.receive(ref, gateway.look(ref, account="").left_pence)
    until_done(ground, loses)


def holds(ground: Ground) -> None:
    """Each line of the ledger is one invoice, here and at the gateway, to the penny; all of it is paid once."""
    seen = {one.ours: one for one in gateway_of(ground).listed(since=FIRST, account="")}
    with ground.database.reading() as db:
        assert list(money_faults(db)) == []
        assert undelivered(db) == 0
        dues = db.scalars(select(Due)).all()
        invoices = db.scalars(select(Invoice).options(selectinload(Invoice.payments))).all()
        now = select(func.sum(Share.base_pence + Share.at_risk_pence)).join(Settlement)
        shares = db.scalar(now.where(Settlement.state != "replaced"))
        came = db.scalar(select(func.sum(Payment.pence)).where(Payment.kind == "gateway"))
        assert db.scalars(select(BankLine)).all() == []
    real = [one for one in invoices if one.kind == "invoice"]
    assert len([due for due in dues if due.net_pence > 0]) == 2 * len(MONTHS), "two trusts, six months"
    assert {due.period for due in dues if due.net_pence < 0} == {MONTHS[0]}, "one month was corrected"
    assert sum(due.net_pence for due in dues) == shares
    assert sorted(due.id for due in dues) == sorted(one.due_id for one in invoices)
    assert {one.ref: one.gross_pence for one in real} == {ours: one.total_pence for ours, one in seen.items()}
    assert {one.state for one in real} == {"paid"}
    assert came == sum(one.paid_pence for one in seen.values())
    assert sum(one.gross_pence for one in invoices) == came
    assert {balance_of(one).left for one in invoices} == {0}


def accepting(ground: Ground) -> Child:
    return NURSERY.child(accept_all, ground.database.url, ground.contract_id, ground.managers)


def accept_all(url: str, contract_id: UUID, managers: list[Who]) -> None:
    """As the people of both trusts do, one outcome after another; what was accepted before is left."""
    database = Database(url)
    for month in MONTHS:
        for who in managers:
            try:
                with database.writing() as db:
                    contract = db.get_one(Contract, contract_id)
                    rows = select(Settlement).where(Settlement.period == month, Settlement.state != "replaced")
                    accept_outcome(db, contract, db.scalars(rows).one(), by=actor(db, who), at=datetime.now(UTC))
            except Conflict:
                continue


def correct(ground: Ground) -> None:
    """Both trusts find that one month was worse than they said: each gets money back."""
    with ground.database.writing() as db:
        contract = db.get_one(Contract, ground.contract_id)
        for who in ground.managers:
            row = Measured("minutes", Decimal("11.5"), 211, "The log had a gap.")
            add_measurements(db, contract, MONTHS[0], [row], by=actor(db, who), at=datetime.now(UTC))


def actor(db: Session, who: Who) -> Actor:
    person, organisation = db.get_one(Person, who[0]), db.get_one(Organisation, who[1])
    return actor_for(db, person, organisation, on=date(2026, 11, 24))


def working(ground: Ground, loses: float = LOSES) -> Child:
    return NURSERY.child(work_on, ground.database.url, ground.folder, loses)


def work_on(url: str, folder: Path, loses: float) -> None:
    """The worker's own loop, over a gateway that loses answers, with leases and waits that a test can wait for."""
    jobs.LEASE = schedules.LEASE = errands.LEASE = SHORT_LEASE
    errands.FIRST_WAIT, errands.LONGEST_WAIT, worker.PAUSE = SOON, 5 * SOON, SOON
    errands.MOST_ATTEMPTS = 1_000
    chance = random.Random()
    services = services_over(Database(url), folder, frameworks_in(Settings().frameworks), lambda: datetime.now(UTC))
    services.gateway.wire.fault = lambda method, path: "drop" if chance.random() < loses else ""
    every = schedules_over(services)
    mine = {"gateway": (SOON, every["gateway"][1]), "reconcile": every["reconcile-payments"]}
    worker.work(House(services, subscribers_over(services), mine), Event())


def until_done(ground: Ground, loses: float) -> None:
    """Let the worker run until nothing is left to do, and look again when it went round some more times."""
    process, pause = working(ground, loses), SOON.total_seconds()
    try:
        wait_for(lambda: all_is_done(ground), seconds=90, every=pause, what="for the worker to finish")
        time.sleep(3 * pause)
        wait_for(lambda: all_is_done(ground), seconds=90, every=pause, what="for the worker to finish what followed")
    finally:
        kill(process)


def all_is_done(ground: Ground) -> bool:
    """Whether all is accepted and heard of, and nothing waits at the gateway or with a subscriber."""
    if gateway_of(ground).wire.events():
        return False
    with ground.database.reading() as db:
        unspoken = select(Share.id).join(Settlement).where(Settlement.state != "replaced", Share.verdict == "")
        left = (
            unspoken, select(Outbox.entry_id).where(Outbox.heard.is_(False)),
            select(Delivery.id).where(Delivery.done_at.is_(None)), select(Errand.id).where(Errand.done_at.is_(None)),
        )  # fmt: skip
        return not any(db.execute(one.limit(1)).first() for one in left)


def gateway_of(ground: Ground) -> RehearsalGateway:
    return RehearsalGateway(ground.folder / "gateway", lambda: datetime.now(UTC))
