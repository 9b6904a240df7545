"""Verdicts of many product versions under every framework after one of them changed, in one process, with progress."""

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import joinedload

from bench.tables import Row
from marketplace.assurance.models import Answer
from marketplace.assurance.queries.foreseen import standings_over
from marketplace.assurance.queries.standings import standings_of
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks, load
from marketplace.frameworks.schema.criteria import Criterion
from marketplace.identity.models import Organisation
from marketplace.kit.db import Database
from marketplace.kit.ids import new_id, new_reference
from marketplace.migrations.run import migrate
from marketplace.settings import HOUSE

PRODUCTS = int(os.environ.get("TOUCHSTONE_BENCH_VERSIONS", "10000"))
OF_EACH_SUPPLIER = 20
ALL_SECONDS, ONE_MS = 60, 20
_ANSWERS = insert(Answer.__table__)  # type: ignore[arg-type]
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ON = date(2026, 11, 24)
DESCRIBED: Mapping[str, Any] = {
    "uses-generative-ai": "yes", "purpose": ["ambient-scribing"], "medical-device-class": "class-i",
    "autonomy": "drafts",
}  # fmt: skip
"""Enough for most frameworks to apply."""
SILENT = 0.1
OTHERWISE = 0.05
"""So many of the answers are missing, and so many of the choices are others than those that pass: products differ."""


def measure() -> list[Row]:
    frameworks = load(HOUSE / "frameworks")
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{name}/bench.db")
        migrate(database)
        fill(database, frameworks)
        everything, count = over_all(database, frameworks)
        one = over_one(database, frameworks)
        database.close()
    many = len(frameworks.assurance)
    return [
        Row(
            f"verdicts of {count:,} product versions under {many} frameworks", f"{everything:.1f} s", "",
            f"under {ALL_SECONDS} s", everything < ALL_SECONDS if count >= 10_000 else None,
        ),
        Row("verdicts of one product under all of them", f"{one:.1f} ms", "", f"under {ONE_MS} ms", one < ONE_MS),
    ]  # fmt: skip


def over_all(database: Database, frameworks: Frameworks) -> tuple[float, int]:
    began, count = time.perf_counter(), 0
    with database.reading() as db:
        for _, standings in standings_over(db, frameworks, on=ON, at=AT, told=progress):
            count += bool(standings)
    print(file=sys.stderr)
    return time.perf_counter() - began, count


def over_one(database: Database, frameworks: Frameworks) -> float:
    """Milliseconds for one product, the middle of many, its answers read anew each time."""
    taken = []
    with database.reading() as db:
        ids = list(db.scalars(select(Product.id).limit(100)))
        for product_id in ids:
            db.expunge_all()
            loaded = (joinedload(Product.supplier), joinedload(Product.live_version))
            product = db.get_one(Product, product_id, options=loaded)
            began = time.perf_counter()
            standings_of(db, frameworks, product, on=ON, at=AT)
            taken.append(time.perf_counter() - began)
    return sorted(taken)[len(taken) // 2] * 1000


def progress(done: int, of: int) -> None:
    print(f"\r{done:,} of {of:,}", end="", file=sys.stderr, flush=True)


def fill(database: Database, frameworks: Frameworks) -> None:
    """Products with a description and answers to nearly everything, organisation by organisation."""
    choose = random.Random(7)
    asked = {each.question_id: each for framework in frameworks.assurance.values() for each in framework.criteria
             if each.who == "supplier" and not each.known}  # fmt: skip
    for first in range(0, PRODUCTS, OF_EACH_SUPPLIER):
        with database.writing() as db:
            supplier_id = new_id(AT)
            db.execute(insert(Organisation), [organisation(supplier_id, first)])
            rows = [product(supplier_id, first + at, choose) for at in range(min(OF_EACH_SUPPLIER, PRODUCTS - first))]
            db.execute(insert(Product), [each for each, _ in rows])
            db.execute(insert(Version), [version for _, version in rows])
            for of in (None, *(each["id"] for each, _ in rows)):
                db.execute(_ANSWERS, list(answers(supplier_id, of, asked, choose)))
    with database.writing() as db:
        live = select(Version.id).where(Version.product_id == Product.id).scalar_subquery()
        db.execute(update(Product).values(state="live", live_version_id=live))


def organisation(key: UUID, number: int) -> dict[str, Any]:
    return {
        "id": key, "ref": new_reference("ORG"), "kind": "supplier", "name": f"Supplier {number}",
        "skeleton": f"supplier{number}", "state": "active", "created_at": AT,
    }  # fmt: skip


def product(supplier_id: UUID, number: int, choose: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    key = new_id(AT)
    name = f"Product {number}"
    row = {
        "id": key, "ref": new_reference("PRD"), "organisation_id": supplier_id, "kind": "genai-application",
        "name": name, "skeleton": f"product{number}", "state": "draft", "source": {}, "created_at": AT,
        "touched_at": AT, "is_demonstration": False, "state_reason": "", "row_version": 1,
    }  # fmt: skip
    described = {**DESCRIBED, **{each: choose.choice(("yes", "no")) for each in ("meets-patients", "leaves-uk")}}
    shown = {
        "id": new_id(AT), "product_id": key, "edition": 1, "number": "1.0", "name": name, "state": "published",
        "change": "first", "answers": described, "created_at": AT, "published_at": AT, "row_version": 1,
    }  # fmt: skip
    return row, shown


def answers(
    supplier_id: UUID, product_id: UUID | None, asked: Mapping[str, Criterion], choose: random.Random
) -> Iterator[dict[str, Any]]:
    """Each of another day, with documents and words of its own, as the answers of many suppliers are."""
    for name, criterion in asked.items():
        if (criterion.unit == "organisation") == (product_id is None) and choose.random() > SILENT:
            documents = [
                {"attachment_id": "", "digest": f"{choose.getrandbits(256):064x}", "name": "Paper"}
                for _ in range(criterion.documents)
            ]
            yield {
                "id": new_id(AT), "organisation_id": supplier_id, "product_id": product_id, "version_id": None,
                "question_id": name, "value": value_of(criterion, choose), "documents": documents, "by_id": None,
                "dated": ON - timedelta(days=choose.randrange(400)) if criterion.dated else None, "at": AT,
            }  # fmt: skip


def value_of(criterion: Criterion, choose: random.Random) -> Any:
    """An answer that passes, now and then any other; words and numbers differ from product to product."""
    rule, question = criterion.passes, criterion.question
    words = f"In words {choose.getrandbits(32)}"
    several = question.kind == "choices"
    if question.labels and choose.random() < OTHERWISE:
        other = choose.choice(list(question.labels))
        return [other] if several else other
    if rule is not None and (rule.options or rule.all_of):
        return list(rule.all_of or rule.options[:1]) if several else (rule.options or rule.all_of)[0]
    if question.kind == "table":
        return [{column.id: words for column in question.columns if column.kind == "text"}]
    plain: dict[str, Any] = {"number": choose.randint(5, 90), "date": "2026-06-12", "list": [words]}
    first = next(iter(question.labels), words)
    return [first] if several else plain.get(question.kind, first)
