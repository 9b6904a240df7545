"""The contract of a pilot: drafted, issued, read and signed by everybody in the order that its template asks for."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.actions.drafting import approve_departure, change_parameters, draft_contract
from marketplace.contracts.actions.signing import read_text, sign
from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.rules.parameters import departures
from marketplace.demonstration.pilots.content import Calendar, PilotOf
from marketplace.demonstration.pilots.preparing import procurement_of
from marketplace.demonstration.stage import Scene, Stage, product_known
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.procurement.models import Procurement

DRAFTED, SIGNED = 44, 36
"""Days before the first day of the pilot."""
DATA = ("Voices and words of patients and staff", "Notes, letters and summaries", "Log-ins and times of use")
CAPACITIES = {"approver": "Approver, within the scheme of delegation", "supplier-manager": "Director"}


def scenes(stage: Stage, pilot: PilotOf, calendar: Calendar) -> Iterator[Scene]:
    """Drafting, then signing: participants, lead, supplier."""
    at = calendar.before(DRAFTED)
    yield Scene(at, partial(_draft, stage, pilot, calendar, at))
    for place, name in enumerate([*(party.organisation for party in pilot.parties[1:]), pilot.lead, ""]):
        at = calendar.before(SIGNED - 2 * place)
        yield Scene(at, partial(_sign, stage, pilot, name, at))


def contract_of(db: Session, pilot: PilotOf, by: Actor) -> Contract:
    """The contract of a pilot as somebody of one of its parties finds it. Raises NotFound."""
    of_pilot = select(Contract.ref).join(Procurement, Procurement.id == Contract.procurement_id)
    ref = db.scalars(of_pilot.where(Procurement.name == pilot.name).order_by(Contract.id.desc())).first()
    if ref is None:
        raise NotFound(f"there is no contract for {quote(pilot.name)}", "Play it from the start.")
    db.expire_all()
    return find_contract(db, ref, by=by)


def supplier_of(db: Session, stage: Stage, pilot: PilotOf) -> str:
    """The name of the product's supplier."""
    return db.get_one(Organisation, product_known(db, pilot.product).organisation_id).name


def _draft(stage: Stage, pilot: PilotOf, calendar: Calendar, at: datetime, db: Session) -> None:
    by, frameworks = stage.somebody(db, pilot.lead, "buyer"), stage.frameworks
    draft_contract(db, procurement_of(db, pilot, by), frameworks.contracts["joint-pilot"], by=by, at=at)
    change_parameters(db, frameworks, contract_of(db, pilot, by), _terms(pilot, calendar), by=by, at=at)
    contract, approver = contract_of(db, pilot, by), stage.somebody(db, pilot.lead, "approver")
    for departure in departures(template_of(frameworks, contract), contract.parameters):
        approve_departure(
            db, frameworks, contract, departure.parameter, by=approver, at=at,
            reason="Agreed between the trusts and the supplier when the pilot was prepared.",
        )  # fmt: skip
    issue_contract(db, frameworks, contract_of(db, pilot, by), by=by, at=at)


def _terms(pilot: PilotOf, calendar: Calendar) -> dict[str, Any]:
    return {
        "question": pilot.question, "exit-criteria": pilot.exit_criteria.split(". "), "stop-rule": pilot.stop_rule,
        "starts-on": calendar.begins.isoformat(), "ends-on": calendar.ends.isoformat(), "fee-pence": pilot.fee_pence,
        "at-risk-percent": pilot.at_risk_percent, "cap-pence": pilot.cap_pence,
        "price-afterwards": pilot.price_afterwards, "measures": list(pilot.measures), "data-kinds": list(DATA),
        "extension-months": 3,
    }  # fmt: skip


def _sign(stage: Stage, pilot: PilotOf, name: str, at: datetime, db: Session) -> None:
    role = "approver" if name else "supplier-manager"
    by = stage.somebody(db, name or supplier_of(db, stage, pilot), role)
    contract = contract_of(db, pilot, by)
    text = open_text(db, contract.id)
    if text is None:
        raise NotFound(f"nothing waits to be signed for {quote(pilot.name)}", "Play it from the start.")
    read_text(db, contract, digest=text.digest, by=by, at=at)
    sign(db, stage.frameworks, contract, digest=text.digest, capacity=CAPACITIES[role], by=by, at=at)
