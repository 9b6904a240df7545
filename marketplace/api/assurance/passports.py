"""The passport of a product: how it stands under every framework today, its certificates, and what stays local."""

import json
from datetime import date
from typing import Any

from marketplace.api.assurance.certificates import whole
from marketplace.api.assurance.shapes import (
    CertificateOut,
    ConformityOut,
    CriterionOut,
    conformity_out,
    criterion_out,
)
from marketplace.api.calls import PUBLIC, Asked, Document, get
from marketplace.api.shapes import Out
from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import (
    certificates_of,
    conformity_of,
    papers_of_certificate,
    verdicts_of,
)
from marketplace.assurance.queries.declared import border
from marketplace.assurance.queries.passports import passport_of
from marketplace.assurance.rules.passports import Line
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import product_for
from marketplace.faces.cards import model_card
from marketplace.faces.oscal import oscal_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound


class StaysOut(Out):
    """What every organisation that uses the product still does itself."""

    id: str
    label: str
    who: str
    meaning: str


class FactOut(Out):
    """What a certificate of others says of itself: its number, its body, its scope."""

    label: str
    text: str


class PassportLineOut(Out):
    """A framework: whether and why it applies, how the product stands, who says so, and until when."""

    framework: str
    version: int
    label: str
    kind: str
    applies: bool
    reason: str
    mark: str
    status: str
    word: str
    cause: str
    said_by: str
    body: str
    scope: str
    until: date | None
    until_cause: str
    conditions: list[dict[str, str]]
    certificate: str
    facts: list[FactOut]
    answered: int
    asked: int


class AssuranceOut(Out):
    """How a product conforms today, framework by framework, its dated parts, and what stays with each buyer."""

    product: str
    today: ConformityOut
    frameworks: list[PassportLineOut]
    dated: list[CriterionOut]
    certificates: list[CertificateOut]
    stays: list[StaysOut]


@get("/products/{ref:str}/assurance", who=PUBLIC, is_shared=True)
def show_assurance(ask: Asked, ref: str) -> AssuranceOut:
    """How a product conforms today, and why."""
    product, today, frameworks = on_show(ask, ref), day_in_london(ask.at), ask.services.frameworks
    conformity = conformity_of(ask.db, frameworks, product.id, on=today)
    held = certificates_of(ask.db, product.id)
    shown = next((each for each in held if each.ref == conformity.certificate_ref), None)
    lines = passport_of(ask.db, frameworks, product, held, on=today, at=ask.at)
    return AssuranceOut(
        product=product.ref, today=conformity_out(conformity), frameworks=[_line(each) for each in lines],
        dated=_dated(ask, shown, today) if shown else [], certificates=[whole(ask, each) for each in held],
        stays=[StaysOut.model_validate(each) for each in border(frameworks).local],
    )  # fmt: skip


def on_show(ask: Asked, ref: str) -> Product:
    """A product that everybody may read of. Raises NotFound."""
    product = product_for(ask.db, ref, by=ask.actor)
    if product.live_version is None:
        raise NotFound(f"{product.name} is not on show", "Its supplier finds it under /v1/listings.")
    return product


def _line(line: Line) -> PassportLineOut:
    return PassportLineOut(
        framework=line.framework, version=line.version, label=line.label, kind=line.kind, applies=line.applies,
        reason=line.reason, mark=line.mark, status=line.status, word=line.word, cause=line.cause,
        said_by=line.said_by, body=line.body, scope=line.scope, until=line.until, until_cause=line.until_cause,
        conditions=[dict(each) for each in line.conditions], certificate=line.certificate,
        facts=[FactOut(label=label, text=text) for label, text in line.facts], answered=line.answered,
        asked=line.asked,
    )  # fmt: skip


def _dated(ask: Asked, certificate: Certificate, today: date) -> list[CriterionOut]:
    """The dated parts without anybody's answers: what ends first ahead."""
    verdict = verdicts_of(ask.db, ask.services.frameworks, [certificate], on=today)[certificate.id]
    papers = papers_of_certificate(ask.db, ask.services.frameworks, certificate, on=today)
    dated = sorted((each for each in verdict.criteria if each.counts and each.until), key=lambda each: str(each.until))
    closed: dict[str, Any] = {"value": None, "documents": [], "note": "", "judgement": ""}
    return [criterion_out(each, papers).model_copy(update=closed) for each in dated]


@get("/products/{ref:str}/oscal/{kind:str}", who=PUBLIC, media_type="application/json")
def show_oscal(ask: Asked, ref: str, kind: str) -> Document:
    """The passport as OSCAL 1.2.1: component-definition or assessment-results."""
    found = oscal_of(ask.db, ask.services, on_show(ask, ref), kind, at=ask.at)
    return Document(json.dumps(found, ensure_ascii=False).encode(), "application/json")


@get("/products/{ref:str}/model-card", who=PUBLIC, media_type="application/xml")
def show_model_card(ask: Asked, ref: str) -> Document:
    """The product as an Applied Model Card of the Coalition for Health AI, v0.1."""
    product, frameworks = on_show(ask, ref), ask.services.frameworks
    assert product.live_version is not None
    lines = passport_of(ask.db, frameworks, product, on=day_in_london(ask.at), at=ask.at)
    return Document(model_card(product, product.live_version, frameworks, lines), "application/xml")


CALLS = [show_assurance, show_oscal, show_model_card]
