"""What several tests of assurance begin with: a supplier who answered, a body of assessors, a case on its way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.applying import apply
from marketplace.assurance.actions.assessing import assign, declare, find
from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.actions.keys import Seal
from marketplace.assurance.models import Accreditation, Case, Certificate
from marketplace.assurance.queries.cases import framework_of, hold_case
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.rules.judging import judge
from marketplace.catalogue.actions.documents import attach
from marketplace.catalogue.models import Attachment, Product, Version
from marketplace.faces.sealing import sealing
from marketplace.faces.services import Services
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.ids import new_id
from tests.cast import a_product, an_actor

ANSWERS: dict[str, Any] = {
    "dtac-product-type": "software-as-a-service",
    "dtac-intended-use": "workforce",
    "software-as-a-medical-device": "no",
    "informs-direct-care": "yes",
    "dcb0129-done": "yes",
    "clinical-risk-management-system": "provided",
    "clinical-safety-case": "provided",
    "clinical-safety-officer": "Dr Wen Li, consultant physician, registered with the General Medical Council.",
    "dspt": "confirmed",
    "processes-personal-data": "yes",
    "ico-registration": "provided",
    "product-dpia": "provided",
    "transparency-information": "provided",
    "terms-of-data-use": "provided",
    "leaves-uk": "no",
    "cyber-essentials": "provided",
    "cyber-charter": "no",
    "penetration-test": "provided",
    "penetration-test-worst": 4.3,
    "software-security-code": "confirmed",
    "multi-factor-plan": "yes",
    "multi-factor-supplier": "yes",
    "logging-defined": "yes",
    "exposes-apis": "no",
    "exchanges-patient-data": "no",
    "web-or-mobile": "no",
    "usability-tested": "yes",
    "accessible-information": "confirmed",
}
"""Every answer of DTAC that counts, each of them passing."""
AGO = {
    "clinical-safety-officer": -400, "dspt": 150, "ico-registration": 90, "cyber-essentials": 60,
    "penetration-test": 30,
}  # fmt: skip
"""How many days ago each dated thing was; the registration ends in the future."""
BEHIND = {
    "clinical-risk-management-system": 1, "clinical-safety-case": 2, "ico-registration": 1, "product-dpia": 1,
    "transparency-information": 1, "terms-of-data-use": 1, "cyber-essentials": 1, "penetration-test": 1,
}  # fmt: skip
"""How many documents stand behind each answer."""


@dataclass(frozen=True)
class Bench:
    """A body with three assessors, and what makes a certificate out of a decision."""

    services: Services
    first: Actor
    second: Actor
    third: Actor

    @property
    def seal(self) -> Seal:
        return sealing(self.services)

    def body(self, db: Session) -> Organisation:
        return db.scalars(select(Organisation).where(Organisation.id == self.first.organisation_id)).one()


def a_bench(db: Session, services: Services, *, at: datetime) -> Bench:
    people = [
        an_actor(db, name, "Sandlings Assurance", "assessor-body", "assessor", at=at)
        for name in ("Dr Ruth Bell", "Tom Sexton", "Ivy Marlowe")
    ]
    accredit_for_all(db, services, people[0].organisation_id, at=at)
    return Bench(services, *people)


def accredit_for_all(db: Session, services: Services, body_id: UUID | None, *, at: datetime, but: str = "") -> None:
    """The body may assess under every framework, from three years ago to three years on."""
    since, until = day_in_london(at) - timedelta(days=1095), day_in_london(at) + timedelta(days=1095)
    db.add_all(
        Accreditation(id=new_id(at), body_id=body_id, framework_id=name, since=since, until=until, given_at=at)
        for name in services.frameworks.assurance if name != but
    )
    db.flush()


def papers(db: Session, services: Services, product: Product, *, by: Actor, at: datetime) -> list[Attachment]:
    """Two documents of the product: a safety case and a hazard log."""
    texts = (b"The safety case, as it was.\n", b"The hazard log, as it was.\n")
    return [
        attach(
            db, services.files, product, BytesIO(text), file_name=f"paper-{number}.txt", kind="clinical-safety-case",
            access="on-request", by=by, at=at,
        ) for number, text in enumerate(texts, start=1)
    ]  # fmt: skip


def answer_all(
    db: Session, services: Services, product: Product, *, by: Actor, at: datetime, but: tuple[str, ...] = (),
    tested: int | None = None, **changed: Any,
) -> None:  # fmt: skip
    """Answer everything, but what is named; `tested` is how many days ago the penetration test was."""
    framework = services.frameworks.assurance["dtac"]
    behind = papers(db, services, product, by=by, at=at)
    given = {**ANSWERS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    ago = {**AGO, **({"penetration-test": tested} if tested is not None else {})}
    listed = product.live_version.answers if product.live_version else {}
    saved = answer(
        db, product, {name: value for name, value in given.items() if name not in {*but, *listed}}, framework=framework,
        dated={name: day_in_london(at) - timedelta(days=days) for name, days in ago.items() if name not in but},
        documents={name: [each.id for each in behind[:count]] for name, count in BEHIND.items() if name not in but},
        by=by, at=at,
    )  # fmt: skip
    assert not saved.errors, saved.errors


def an_answered_product(
    db: Session, services: Services, *, of: Actor, at: datetime, name: str = "Lumen Scribe", **more: Any
) -> Product:
    product = whole(db, a_product(db, of=of, at=at, name=name))
    answer_all(db, services, product, by=of, at=at, **more)
    return product


def whole(db: Session, product: Product) -> Product:
    """The product as a page has it: with its supplier and its edition on show."""
    db.flush()
    loaded = (joinedload(Product.supplier), joinedload(Product.live_version))
    return db.get_one(Product, product.id, options=loaded, populate_existing=True)


def a_case(
    db: Session, bench: Bench, product: Product, *, by: Actor, at: datetime, framework: str = "dtac"
) -> Case:
    """Applied for, and waiting."""
    version = db.get_one(Version, product.live_version_id)
    wanted = bench.services.frameworks.assurance[framework]
    return apply(db, product, version, framework=wanted, body=bench.body(db), by=by, at=at)


def begin(db: Session, case: Case, by: Actor, *, at: datetime) -> None:
    """The next seat taken, without a conflict."""
    assert by.person_id
    assign(db, case, by.person_id, by=by, at=at)
    declare(db, case, has_conflict=False, by=by, at=at)


def judge_all(db: Session, bench: Bench, case: Case, by: Actor, *, at: datetime, **otherwise: dict[str, Any]) -> None:
    """Everything that counts found met, but the codes of `otherwise` (C3_5 for C3.5)."""
    case = hold_case(db, case)
    framework = framework_of(bench.services.frameworks, case)
    given = papers_of_case(db, case, framework, answers_at=case.answers_at).given
    verdict = judge(framework, given, on=day_in_london(at))
    special = {code.replace("_", "."): more for code, more in otherwise.items()}
    for each in verdict.criteria:
        if each.counts:
            more = special.get(each.criterion.code, {"judgement": "met"})
            find(db, case, each.criterion.code, frameworks=bench.services.frameworks, by=by, at=at, **more)


def a_certificate(
    db: Session, bench: Bench, product: Product, *, by: Actor, at: datetime, outcome: str = "met",
    **otherwise: dict[str, Any],
) -> Certificate:  # fmt: skip
    """The product assessed by two people and certified."""
    case = a_case(db, bench, product, by=by, at=at)
    begin(db, case, bench.first, at=at)
    judge_all(db, bench, case, bench.first, at=at, **otherwise)
    frameworks = bench.services.frameworks
    propose(db, case, outcome, "All of it holds.", frameworks=frameworks, by=bench.first, at=at)
    begin(db, case, bench.second, at=at)
    certificate = decide(db, case, outcome, "I agree.", frameworks=frameworks, seal=bench.seal, by=bench.second, at=at)
    assert certificate is not None
    return certificate
