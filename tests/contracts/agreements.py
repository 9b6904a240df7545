"""What tests of texts and signatures say over and over: a settled procurement, its people, and a contract on its way."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.contracts.actions.drafting import change_parameters, draft_contract
from marketplace.contracts.actions.signing import read_text, sign
from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.rules.assembly import Facts, PartyFacts
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id, new_reference
from marketplace.procurement.models import Party, Procurement
from tests import cast

MINUTES: dict[str, Any] = {
    "key": "letter-minutes", "label": "Minutes to finish a letter", "definition": "From the end of the visit until the letter is signed.",
    "unit": "minutes", "better": "lower", "population": "All adult outpatient visits.", "source": "The record system's log",
    "validator": "The trusts' analysts", "design": "before-after", "threshold": 9, "target": 6.5, "weight": 60,
    "minimum": 0, "maximum": 240, "fewest": 100,
}  # fmt: skip
SENT: dict[str, Any] = {
    "key": "sent-in-7-days", "label": "Letters sent within seven days", "definition": "Share of letters sent within seven days of the visit.",
    "unit": "%", "better": "higher", "population": "All adult outpatient visits.", "source": "The record system's log",
    "validator": "The trusts' analysts", "design": "before-after", "threshold": 70, "target": 90, "weight": 40,
    "minimum": 0, "maximum": 100, "fewest": 100,
}  # fmt: skip
ERRORS: dict[str, Any] = {
    "key": "serious-errors", "label": "Serious errors in a sample", "definition": "Serious errors for each 100 letters checked by two clinicians.",
    "unit": "errors per 100 letters", "better": "lower", "population": "A random sample of 100 letters a month.", "source": "Audit",
    "validator": "Two clinicians who do not use the product", "design": "none", "guard": "yes", "guard-limit": 2, "minimum": 0,
}  # fmt: skip
FILLED: dict[str, Any] = {
    "question": "Does the product save clinicians the evening hours without making letters worse?",
    "exit-criteria": ["Minutes to finish a letter fall by a quarter", "No serious harm"],
    "stop-rule": "One serious harm in which the product had a part.",
    "starts-on": "2027-01-04",
    "ends-on": "2027-09-30",
    "fee-pence": 6_000_000,
    "at-risk-percent": 20,
    "cap-pence": 54_000_000,
    "price-afterwards": "£12 for each user and month, fixed for two years.",
    "measures": [MINUTES, SENT, ERRORS],
    "data-kinds": ["Voice of patients and staff", "Clinic letters"],
}


def facts(**changes: Any) -> Facts:
    """What a text of two trusts and a supplier says of the world."""
    told: dict[str, Any] = {
        "contract": "CON-7K3M-QX9F-C", "procurement": "PRC-7K3M-QX9F-C", "product": "Lumen Scribe",
        "product_ref": "PRD-7K3M-QX9F-C", "product_version": "1.0", "intended_use": "Drafting clinic letters in adult outpatients.",
        "certificate": "certificate CER-7K3M-QX9F-C under DTAC 2.0, issued on 1 November 2026",
        "parties": (
            PartyFacts("ORG-1", "Ashdown Hospitals NHS Trust", "lead", 3, "ODS RAA", "Ashdown"),
            PartyFacts("ORG-2", "Calder Valley NHS Trust", "participant", 2, "ODS RBB", "Calder"),
            PartyFacts("ORG-3", "Lumen Health Ltd", "supplier", 0, "Companies House 01234567"),
        ),
        "effective_on": date(2026, 11, 24),
    }  # fmt: skip
    return Facts(**{**told, **changes})


@dataclass(frozen=True)
class Signers:
    """Who signs, in the order of the template: the participant, the lead, the supplier."""

    participant: Actor
    lead: Actor
    supplier: Actor

    @property
    def in_order(self) -> tuple[Actor, Actor, Actor]:
        return self.participant, self.lead, self.supplier


def signers(db: Session, *, supplier: Actor, at: datetime) -> Signers:
    participant = cast.an_actor(db, "Ffion Hale", "Calder Valley NHS Trust", "trust", "approver", at=at)
    lead = cast.an_actor(db, "Noor Aziz", "Ashdown Hospitals NHS Trust", "trust", "approver", at=at)
    return Signers(participant, lead, supplier)


def a_settled_procurement(
    db: Session, product: Product, *, lead: Actor, others: tuple[Actor, ...] = (), at: datetime, **changes: Any
) -> Procurement:
    """A joint pilot whose parties have joined, with the weights 3, 2, 1 in their order."""
    told: dict[str, Any] = {
        "procedure": "joint-pilot", "procedure_version": 1, "name": "Scribing together", "question": FILLED["question"],
        "exit_criteria": "\n".join(FILLED["exit-criteria"]), "stop_rule": FILLED["stop-rule"], "starts_on": date(2027, 1, 4),
        "ends_on": date(2027, 9, 30), "price_afterwards": FILLED["price-afterwards"], "fee_ceiling_pence": 54_000_000,
        "state": "settled", "route": {}, "admits": [],
    }  # fmt: skip
    procurement = Procurement(
        id=new_id(at), ref=new_reference("PRC"), organisation_id=lead.organisation_id, product_id=product.id,
        version_id=product.live_version_id, supplier_id=product.organisation_id, started_at=at, started_by_id=lead.person_id,
        **{**told, **changes},
    )  # fmt: skip
    db.add(procurement)
    db.flush()
    for position, actor in enumerate((lead, *others)):
        role = "participant" if position else "lead"
        db.add(
            Party(
                id=new_id(at), procurement_id=procurement.id, organisation_id=actor.organisation_id, role=role,
                position=position, state="joined", weight=max(3 - position, 1), invited_at=at, joined_at=at,
            )
        )  # fmt: skip
    db.flush()
    return procurement


def a_draft(
    db: Session, frameworks: Frameworks, procurement: Procurement, *, by: Actor, at: datetime, **changes: Any
) -> Contract:
    """A contract that is filled in and not issued; a change of None leaves the value out."""
    contract = draft_contract(db, procurement, frameworks.contracts["joint-pilot"], by=by, at=at)
    values = {name.replace("_", "-"): value for name, value in changes.items()}
    change_parameters(db, frameworks, contract, {**FILLED, **values}, by=by, at=at)
    db.flush()
    return find_contract(db, contract.ref, by=by)


def signed_by(
    db: Session, frameworks: Frameworks, contract: Contract, *people: Actor, at: datetime, text: ContractText | None = None
) -> None:
    """These people read the text that waits and sign it, one after another."""
    waiting = text or open_text(db, contract.id)
    assert waiting is not None
    for person in people:
        read_text(db, contract, digest=waiting.digest, by=person, at=at)
        sign(db, frameworks, contract, digest=waiting.digest, capacity="Director", by=person, at=at)
    db.flush()


def a_signed_contract(
    db: Session, frameworks: Frameworks, procurement: Procurement, people: Signers, *, by: Actor, at: datetime, **changes: Any
) -> Contract:
    contract = a_draft(db, frameworks, procurement, by=by, at=at, **changes)
    issue_contract(db, frameworks, contract, by=by, at=at)
    signed_by(db, frameworks, contract, *people.in_order, at=at)
    return contract


def organisation_of(actor: Actor) -> UUID:
    assert actor.organisation_id is not None
    return actor.organisation_id
