"""Accepting an outcome, which settles, splits and records, against five bare rows written in one transaction."""

import sqlite3
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from bench.tables import Row
from marketplace.assurance.models import Case, Certificate
from marketplace.catalogue.models import Product, Version
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome
from marketplace.contracts.models import Contract, ContractParty, Settlement, Share
from marketplace.contracts.rules.periods import periods_between
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.db import Database
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.starting import keep_what_is_there
from marketplace.migrations.run import migrate
from marketplace.procurement.models import Procurement

MONTHS, WARM, PART = 600, 50, 0.4
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEYS = ("minutes", "returned")
MEASURES = [{"key": key, "better": "lower", "threshold": "12", "target": "8", "weight": "50"} for key in KEYS]


def measure() -> list[Row]:
    """Acceptances a second, and bare transactions a second on the same disk, taken in turns, in a process that keeps
    what is there as a server does.
    """
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{name}/bench.db")
        migrate(database)
        contract_id, by = scene(database)
        contract, months = found(database, contract_id)
        keep_what_is_there()
        accepted, bare = [], []
        plain = bare_table(Path(name) / "bare.db")
        for place, month in enumerate(months):
            began = time.perf_counter()
            accept(database, contract, month, by)
            accepted.append(time.perf_counter() - began)
            began = time.perf_counter()
            five_rows(plain, place)
            bare.append(time.perf_counter() - began)
        plain.close()
        database.close()
    figure, floor = rate(accepted), rate(bare)
    return [
        Row(
            "accepting an outcome: settle, split, record (SQLite)", f"{figure:.0f} a second",
            f"{floor:.0f} a second for 5 bare rows", f"at least {PART} of the floor", figure >= PART * floor,
        )
    ]  # fmt: skip


def rate(taken: list[float]) -> float:
    """How many a second, once warm."""
    counted = taken[WARM:]
    return len(counted) / sum(counted)


def accept(database: Database, contract: Contract, settlement: Settlement, by: Actor) -> None:
    """The action in its own transaction; contract and settlement were found before, as a page finds them."""
    with database.writing() as db:
        accept_outcome(db, contract, settlement, by=by, at=AT)


def found(database: Database, contract_id: UUID) -> tuple[Contract, list[Settlement]]:
    with database.reading() as db:
        contract = db.get_one(Contract, contract_id)
        months = list(db.scalars(select(Settlement).order_by(Settlement.period)))
        db.expunge_all()
        return contract, months


def bare_table(path: Path) -> sqlite3.Connection:
    """A table on a connection that writes as safely as the house does."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, about TEXT, at TEXT, payload TEXT)")
    return connection


def five_rows(connection: sqlite3.Connection, place: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for number in range(5):
        row = (f"{place}-{number}", "about", "2026-11-24T09:00:00", "x" * 300)
        connection.execute("INSERT INTO bare VALUES (?, ?, ?, ?)", row)
    connection.execute("COMMIT")


def scene(database: Database) -> tuple[UUID, Actor]:
    """A contract of two trusts that runs for fifty years, each of its months computed and open."""
    with database.writing() as db:
        trusts = [organisation(n, "trust") for n in range(2)]
        supplier = organisation(9, "supplier")
        person = Person(id=new_id(AT), name="Marta Lind", email="marta@example.org", created_at=AT)
        db.add_all([*trusts, supplier, person])
        db.flush()
        product = Product(
            id=new_id(AT), ref=new_reference("PRD"), organisation_id=supplier.id, kind="genai-application",
            name="Lumen", skeleton="lumen", state="draft", source={}, created_at=AT, touched_at=AT,
        )  # fmt: skip
        db.add(product)
        db.flush()
        version = Version(
            id=new_id(AT), product_id=product.id, edition=1, number="1.0", name="Lumen", state="published",
            change="first", answers={}, created_at=AT, published_at=AT,
        )  # fmt: skip
        db.add(version)
        db.flush()
        named = {"product_id": product.id, "version_id": version.id, "supplier_id": supplier.id}
        db.add(certificate_case := a_case(named))
        purchase = Procurement(
            id=new_id(AT), ref=new_reference("PRC"), procedure="joint-pilot", procedure_version=1, name="Bench",
            organisation_id=trusts[0].id, state="running", started_at=AT, **named,
        )  # fmt: skip
        db.add(purchase)
        db.flush()
        db.add(a_certificate(named, certificate_case))
        contract = a_contract(named, purchase, trusts[0])
        db.add(contract)
        db.flush()
        db.add_all(
            ContractParty(
                id=new_id(AT), contract_id=contract.id, organisation_id=one.id, position=place, weight=1,
                role="participant" if place else "lead",
            )
            for place, one in enumerate(trusts)
        )  # fmt: skip
        settlements = [a_settlement(contract, trusts, period)
                       for period in periods_between(date(2000, 1, 1), date(2049, 12, 31))[:MONTHS]]  # fmt: skip
        db.add_all(settlements)
        db.flush()
        permissions = frozenset({Permission.CONTRACT_MANAGE, Permission.CONTRACT_READ})
        by = Actor(person.id, trusts[0].id, permissions, person.name, trusts[0].name, "trust", trusts[0].ref)
        return contract.id, by


def organisation(number: int, kind: str) -> Organisation:
    return Organisation(
        id=new_id(AT), ref=new_reference("ORG"), kind=kind, name=f"Organisation {number}", skeleton=f"o{number}",
        created_at=AT,
    )  # fmt: skip


def a_case(named: dict[str, UUID]) -> Case:
    return Case(
        id=new_id(AT), ref=new_reference("CAS"), body_id=named["supplier_id"], framework_id="dtac",
        framework_version=1, state="decided", outcome="met", applied_at=AT, answers_at=AT, ended_at=AT, **named,
    )  # fmt: skip


def a_certificate(named: dict[str, UUID], case: Case) -> Certificate:
    return Certificate(
        id=new_id(AT), ref=new_reference("CER"), case_id=case.id, body_id=named["supplier_id"], framework_id="dtac",
        framework_version=1, outcome="met", scope="", issued_on=AT.date(), issued_at=AT, state="in-force",
        state_at=AT, document={}, **named,
    )  # fmt: skip


def a_contract(named: dict[str, UUID], purchase: Procurement, lead: Organisation) -> Contract:
    return Contract(
        id=new_id(AT), ref=new_reference("CON"), procurement_id=purchase.id, template_id="joint-pilot",
        template_version=1, name="Bench", organisation_id=lead.id, parameters={}, state="live", drafted_at=AT,
        starts_on=date(2000, 1, 1), ends_on=date(2049, 12, 31), live_at=AT, **named,
    )  # fmt: skip


def a_settlement(contract: Contract, trusts: list[Organisation], period: str) -> Settlement:
    """A month as it is computed, with what nine months of two trusts leave in its basis."""
    rows = [
        {"period": f"2026-{month:02}", "measure": one["key"], "party": trust.ref, "value": "9.25", "count": 400}
        for month in range(1, 10) for one in MEASURES for trust in trusts
    ]  # fmt: skip
    basis = {"mechanism": "at-risk-fee", "terms": {"fee-pence": 1_200_000, "measures": MEASURES}, "measurements": rows}
    shares = [
        Share(id=new_id(AT), organisation_id=trust.id, position=place, part="1/2", base_pence=480_000,
              at_risk_pence=90_000, parts={"minutes": 45_000, "returned": 45_000}, verdict="", disputed=[])
        for place, trust in enumerate(trusts)
    ]  # fmt: skip
    return Settlement(
        id=new_id(AT), contract_id=contract.id, period=period, number=1, state="computed", base_pence=960_000,
        at_risk_pence=180_000, total_pence=1_140_000, basis=basis, computed_at=AT, shares=shares,
    )  # fmt: skip
