"""Products as the tests of the catalogue need them: complete, priced, on their way. All made through the actions."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.actions.editions import add_product, name_edition, save_answers
from marketplace.catalogue.actions.listing import publish_listing, submit_listing
from marketplace.catalogue.actions.prices import declare_prices
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import open_version
from marketplace.catalogue.rules.offers import Offer, Tier
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.cast import DESCRIPTION

COMPLETE: dict[str, Any] = {
    **DESCRIPTION,
    "base-models": [
        {"name": "Llama 3.1", "provider": "Meta", "version": "70B", "host": "Own servers", "country": "gb",
         "since": "2026-03-01"},
    ],
    "oversight": "every-output",
    "model-change-notice": 30,
    "known-risks": "A letter may leave out what was said quietly.",
    "known-biases": "Worse with strong regional accents.",
    "medical-device-class": "not-a-device",
    "data-processed": ["consultation-audio"],
    "hosting-model": ["supplier-cloud"],
    "leaves-uk": "no",
    "has-sub-processors": "yes",
    "sub-processors": [{"name": "Thames Hosting", "does": "Servers", "country": "gb", "since": "2025-01-01"}],
    "retention": "Recordings are deleted after 24 hours.",
    "epr-system": ["epic"],
    "integration-standard": ["fhir-uk-core"],
    "deployment-effort": "within-a-month",
    "support-hours": "working-hours",
    "accessibility-level": "wcag-22-aa",
    "exit": "Everything is given back as FHIR documents.",
}  # fmt: skip
LICENCE = Offer(model="per-user", label="Licence", unit="clinician", period="month", pence=1_200)
USE = Offer(model="per-use", label="Consultations", unit="consultation", tiers=(Tier(0, 40), Tier(10_000, 30)))
SET_UP = Offer(model="set-up", label="Set-up", period="once", pence=500_000)


def a_draft(db: Session, frameworks: Frameworks, *, by: Actor, at: datetime, name: str = "Lumen Scribe") -> Product:
    """A product with nothing but its name."""
    return add_product(db, name=name, form=frameworks.form("genai-application"), by=by, at=at)


def draft_of(db: Session, product: Product) -> Version:
    version = open_version(db, product)
    assert version is not None
    return version


def describe(
    db: Session, frameworks: Frameworks, product: Product, answers: dict[str, Any], *, by: Actor, at: datetime
) -> None:
    """Write answers on the open edition; all of them have to be good."""
    saved = save_answers(
        db, product, draft_of(db, product), answers, form=frameworks.form(product.kind), row_version=None, by=by, at=at
    )
    assert saved.errors == {}


def a_complete_draft(
    db: Session, frameworks: Frameworks, *, by: Actor, at: datetime, name: str = "Lumen Scribe", **answers: Any
) -> Product:
    """A draft that can be submitted."""
    product = a_draft(db, frameworks, by=by, at=at, name=name)
    said = {**COMPLETE, **{key.replace("_", "-"): value for key, value in answers.items()}}
    describe(db, frameworks, product, said, by=by, at=at)
    declare(db, product, [LICENCE, USE, SET_UP], by=by, at=at)
    return product


def declare(db: Session, product: Product, offers: list[Offer], *, by: Actor, at: datetime) -> None:
    declare_prices(db, product, offers, valid_from=at.date(), valid_until=None, row_version=None, by=by, at=at)


def submit(db: Session, frameworks: Frameworks, product: Product, *, by: Actor, at: datetime) -> Version:
    offers = [LICENCE]
    return submit_listing(db, product, form=frameworks.form(product.kind), offers=offers, by=by, at=at)


def a_submitted(db: Session, frameworks: Frameworks, *, by: Actor, at: datetime, **more: Any) -> Product:
    product = a_complete_draft(db, frameworks, by=by, at=at, **more)
    submit(db, frameworks, product, by=by, at=at)
    return product


def a_live(db: Session, frameworks: Frameworks, *, by: Actor, moderator: Actor, at: datetime, **more: Any) -> Product:
    product = a_submitted(db, frameworks, by=by, at=at, **more)
    publish_listing(db, product, by=moderator, at=at)
    return product


def rename(db: Session, product: Product, name: str, *, by: Actor, at: datetime, number: str = "2.0") -> None:
    name_edition(
        db, product, draft_of(db, product), name=name, number=number, change="fix", row_version=None, by=by, at=at
    )
