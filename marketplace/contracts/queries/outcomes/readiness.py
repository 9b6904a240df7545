"""What is missing before a pilot may go live: every thing at once, each with where it is put right."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.catalogue.models import Product
from marketplace.contracts.models import Contract, ContractText, Measure
from marketplace.contracts.queries.contracts import binding_text
from marketplace.contracts.queries.facts import certificate_of
from marketplace.contracts.queries.outcomes.books import measures_of
from marketplace.contracts.rules.terms import terms_from
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import in_words, parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.queries.joint.standing import what_blocks

NEEDED = {
    "question": "the question of the pilot",
    "exit-criteria": "its exit criteria",
    "stop-rule": "its stop rule",
    "ends-on": "its last day",
    "price-afterwards": "the price afterwards",
}


class Missing(Value):
    """One thing in the way of going live, what to do, and where."""

    fact: str
    hint: str
    url: str


def missing_for_live(db: Session, frameworks: Frameworks, contract: Contract, *, on: date) -> list[Missing]:
    """Everything that stands in the way of going live on a day; empty where nothing does."""
    base = f"/contracts/{contract.ref}"
    text = binding_text(db, contract)
    return [
        *_of_text(contract, text, base, on),
        *_of_procurement(db, frameworks, contract, on),
        *_of_certificate(db, frameworks, contract, on),
        *_of_baseline(text, measures_of(db, contract.id), base),
    ]


def _of_text(contract: Contract, text: ContractText | None, base: str, on: date) -> Iterator[Missing]:
    if text is None:
        yield Missing("not every party has signed", "Each party signs the text.", f"{base}/signatures")
    given = text.parameters if text is not None else contract.parameters
    for name, words in NEEDED.items():
        if not _says(given.get(name)):
            yield Missing(f"{words} is missing", "It belongs into the text that all sign.", f"{base}/parameters")
    starts_on, ends_on = _day(given.get("starts-on")), _day(given.get("ends-on"))
    if text is not None and starts_on is not None and on < starts_on:
        yield Missing(
            f"its first day, {in_words(starts_on)}, is still to come",
            "The term begins on that day: go live then, or later. An earlier day is agreed on by a variation.",
            f"{base}/changes",
        )
    if ends_on is not None and ends_on < on:
        yield Missing(
            f"its last day, {in_words(ends_on)}, is over", "Agree on a later one by a variation.", f"{base}/changes"
        )


def _of_procurement(db: Session, frameworks: Frameworks, contract: Contract, on: date) -> Iterator[Missing]:
    procurement = procurement_of(db, contract)
    if procurement.state not in ("settled", "running"):
        url = f"/procurements/{procurement.ref}"
        yield Missing(f"the procurement is {procurement.state}", "Settle it: everybody joins and approves.", url)
        return
    for blocker in what_blocks(db, frameworks, procurement, "run", on=on):
        yield Missing(blocker.fact, blocker.hint, f"/procurements/{procurement.ref}/{blocker.tab}".rstrip("/"))


def _of_certificate(db: Session, frameworks: Frameworks, contract: Contract, on: date) -> Iterator[Missing]:
    if certificate_of(db, frameworks, contract, on=on) is None:
        yield Missing(
            f"no certificate of this version is in force on {in_words(on)}",
            "The product's page says why. The supplier renews it, or the assessor reinstates it.",
            f"/products/{db.get_one(Product, contract.product_id).ref}/assurance",
        )


def _of_baseline(text: ContractText | None, measures: list[Measure], base: str) -> Iterator[Missing]:
    wanted = terms_from(text.parameters).keys if text is not None else ()
    locked = {measure.key for measure in measures if measure.baseline_locked_at is not None}
    if not locked or not locked.issuperset(wanted):
        yield Missing(
            "the baseline is not locked", "Each trust records what it found before; the lead locks it.",
            f"{base}/measurements",
        )  # fmt: skip


def procurement_of(db: Session, contract: Contract) -> Procurement:
    """The purchase that the contract is for, with its parties, as its own actions need it."""
    rows = select(Procurement).options(
        joinedload(Procurement.organisation), joinedload(Procurement.supplier), joinedload(Procurement.product),
        joinedload(Procurement.version), selectinload(Procurement.parties).joinedload(Party.organisation),
    )  # fmt: skip
    return db.scalars(rows.where(Procurement.id == contract.procurement_id)).one()


def _says(value: Any) -> bool:
    return any(str(each).strip() for each in value) if isinstance(value, list) else bool(str(value or "").strip())


def _day(value: Any) -> date | None:
    try:
        return parse_day(str(value)) if value else None
    except Invalid:
        return None
