"""What tests of this room say over and over."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.evidence.actions.claims import add_claim, publish_claim
from marketplace.evidence.actions.protocols import add_protocol
from marketplace.evidence.actions.publishing import publish_study
from marketplace.evidence.actions.writing import add_study, set_results
from marketplace.evidence.models import Claim, Protocol, Study
from marketplace.evidence.queries.declared import protocol_rules, strength_rules
from marketplace.evidence.schemas import Described, Measured, read_described
from marketplace.evidence.schemas.claims import Stated
from marketplace.evidence.schemas.protocols import read_planned
from marketplace.faces.evidence import vocabulary
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor

TRIAL = {
    "title": "Writing time with Lumen Scribe, a randomised trial",
    "kind": "study",
    "design": "randomised-trial",
    "version_number": "1.0",
    "setting": "Outpatient clinics of two hospitals",
    "country": "gb",
    "population": "120 consultants and registrars",
    "comparator": "Typed notes as before",
    "participants": "120",
    "sites": "2",
    "began_on": "2026-03-02",
    "ended_on": "2026-08-31",
    "funder": "Northern Trials Fund",
    "supplier_funded": "no",
    "supplier_run": "no",
    "conflicts": "None declared.",
    "summary": "Parallel groups over six months, analysed as randomised.",
    "plain_summary": "Clinicians wrote for three minutes less.",
}
FASTER = Measured(
    measure="Minutes per note", unit="minutes", better="lower", effect="difference", estimate=Decimal("-3.1"),
    low=Decimal("-4.0"), high=Decimal("-2.2"), participants=120, at_time="after 6 months", role="workload",
)  # fmt: skip


def described(frameworks: Frameworks, at: datetime, **changes: str) -> Described:
    return read_described({**TRIAL, **changes}, vocabulary(frameworks), on=at.date())


def a_study(
    db: Session, frameworks: Frameworks, product_id: UUID, *results: Measured, by: Actor, at: datetime, **changes: str
) -> Study:
    """A draft with its results; FASTER where none are given."""
    study = add_study(db, product_id, described(frameworks, at, **changes), by=by, at=at)
    set_results(db, study, results or (FASTER,), by=by, at=at)
    return study


def a_published(
    db: Session, frameworks: Frameworks, product_id: UUID, *results: Measured, by: Actor, at: datetime, **changes: str
) -> Study:
    study = a_study(db, frameworks, product_id, *results, by=by, at=at, **changes)
    publish_study(db, study, strength_rules(frameworks), is_on_show=True, by=by, at=at)
    return study


def measured(**changes: Any) -> Measured:
    """FASTER with changes."""
    facts = {name: getattr(FASTER, name) for name in Measured.__struct_fields__}
    return Measured(**{**facts, **changes})


LESS_WRITING = Stated(
    words="Clinicians write for at least two minutes less per note.", measure="Minutes per note", unit="minutes",
    effect="difference", better="lower", direction="lower", size=Decimal(2), setting="outpatients",
    population="adults", role="workload",
)  # fmt: skip


def stated(**changes: Any) -> Stated:
    """LESS_WRITING with changes, and without a size where none is among them."""
    facts = {name: getattr(LESS_WRITING, name) for name in Stated.__struct_fields__}
    return Stated(**{**facts, "size": None, **changes})


def a_claim(db: Session, product_id: UUID, *, by: Actor, at: datetime, **changes: Any) -> Claim:
    """A claim on show; LESS_WRITING with changes."""
    facts = {name: getattr(LESS_WRITING, name) for name in Stated.__struct_fields__}
    claim = add_claim(db, product_id, Stated(**{**facts, **changes}), by=by, at=at)
    publish_claim(db, claim, is_on_show=True, by=by, at=at)
    return claim


def a_plan(
    db: Session, frameworks: Frameworks, product_id: UUID, *, by: Actor, at: datetime, **changes: str
) -> Protocol:
    """A draft of a protocol of a review of notes, with every section written."""
    rules = protocol_rules(frameworks)
    answers = {f"section-{one.id}": "As written." for one in rules.sections_of("note-review")}
    raw = {"template": "note-review", "title": "Notes of four clinics", "version_number": "1.0", "supplier_funded": "no"}
    planned = read_planned({**raw, **answers, **changes}, rules)
    return add_protocol(db, product_id, planned, is_suppliers=False, by=by, at=at)
