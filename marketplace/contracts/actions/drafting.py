"""Drafting a contract on a template: who its parties are, what it is filled with, what departs from the template."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.events import ContractCancelled, ContractChanged, ContractDrafted, DeviationApproved
from marketplace.contracts.models import Contract, ContractParty, Deviation
from marketplace.contracts.policies.agreements import may_approve_departure, may_begin, may_draft
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.rules.parameters import amended, departures
from marketplace.contracts.states import CONTRACT, TEXT
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.identity.policies import Actor
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.fields import reason_of
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import quote
from marketplace.procurement.actions.joint.ending import mark_not_awarded
from marketplace.procurement.actions.joint.holding import hold
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries.joint.finding import joined_parties

CLOSED = ("cancelled", "ended")
ONE_OF_THE_LEAD = "Ask a buyer or contract manager of the organisation that leads."


def draft_contract(
    db: Session, procurement: Procurement, template: ContractTemplate, *, by: Actor, at: datetime
) -> Contract:
    """Begin the contract of a settled procurement, filled with what the procurement says already.

    Raises NotAllowed, Conflict where it is not settled or has a contract.
    """
    if not may_begin(by, procurement):
        raise NotAllowed("a contract is drafted by the organisation that leads the procurement", ONE_OF_THE_LEAD)
    hold(db, procurement)
    _check_settled(procurement)
    _check_alone(db, procurement)
    contract = Contract(
        id=new_id(at), ref=new_reference("CON"), procurement_id=procurement.id, template_id=template.id,
        template_version=template.version, name=procurement.name, organisation_id=procurement.organisation_id,
        supplier_id=procurement.supplier_id, product_id=procurement.product_id, version_id=procurement.version_id,
        parameters=_first_values(template, procurement), state=CONTRACT.start, drafted_at=at,
        is_demonstration=by.is_demonstration,
    )  # fmt: skip
    db.add(contract)
    db.flush()
    follow_procurement(db, contract, at=at)
    drafted = ContractDrafted(
        contract_id=contract.id, procurement_id=procurement.id, product_id=contract.product_id,
        organisation_id=contract.organisation_id, supplier_id=contract.supplier_id, template=template.id,
        template_version=template.version,
    )  # fmt: skip
    record(db, drafted, by=by, at=at)
    return contract


def change_parameters(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    raw: Mapping[str, object],
    *,
    expected: int | None = None,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Put values into a draft; a blank clears one, what is not named is kept. Returns the parameters that changed.

    `expected` is the version that the form showed. Raises NotAllowed, Conflict, Invalid by field.
    """
    check_drafts(by, contract)
    if contract.state != "draft":
        raise Conflict(f"the contract is {contract.state}", "Recall it first, or begin a variation once it is signed.")
    hold_version(expected, contract.row_version)
    before = contract.parameters
    values = amended(template_of(frameworks, contract), before, raw)
    changed = sorted(name for name in before.keys() | values.keys() if before.get(name) != values.get(name))
    if changed:
        contract.parameters = values
        record(db, ContractChanged(contract_id=contract.id, changed=changed), by=by, at=at)
    return changed


def approve_departure(
    db: Session, frameworks: Frameworks, contract: Contract, parameter: str, *, reason: str, by: Actor, at: datetime
) -> Deviation:
    """Approve, by name, that a value departs from the template; another value needs another approval.

    Raises NotAllowed, Conflict where nothing departs there, Invalid without a reason.
    """
    if not may_approve_departure(by, contract) or by.person_id is None:
        raise NotAllowed(
            "what departs from the template is approved by an approver of the organisation that leads",
            "Ask one of its approvers.",
        )
    text = open_text(db, contract.id)
    values = text.parameters if text else contract.parameters
    found = {one.parameter: one for one in departures(template_of(frameworks, contract), values)}
    if parameter not in found:
        raise Conflict(f"{quote(parameter)} does not depart from the template", "There is nothing to approve.")
    why = reason_of(reason, "Say why the parties depart from the template here.")
    approved = Deviation(
        id=new_id(at), contract_id=contract.id, parameter=parameter, value_digest=found[parameter].digest, reason=why,
        person_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(approved)
    told = DeviationApproved(
        contract_id=contract.id, parameter=parameter, value_digest=approved.value_digest, reason=why
    )
    record(db, told, by=by, at=at)
    return approved


def cancel_contract(db: Session, contract: Contract, *, reason: str, by: Actor, at: datetime) -> None:
    """Give up a contract that is not live yet. Raises NotAllowed, Conflict, Invalid."""
    hold_contract(db, contract)
    check_drafts(by, contract)
    state = CONTRACT.after("cancel", contract.state)
    why = reason_of(reason, "Say why the contract is cancelled.")
    text = open_text(db, contract.id)
    if text is not None:
        text.state = TEXT.after("recall", text.state)
    contract.state, contract.state_reason = state, why
    mark_not_awarded(db, contract.procurement_id)
    record(db, ContractCancelled(contract_id=contract.id, reason=why), by=by, at=at)


def follow_procurement(db: Session, contract: Contract, *, at: datetime) -> list[ContractParty]:
    """Name as parties who takes part in the procurement now, the lead first and the supplier last.

    Only a contract that was not signed yet follows. Raises Conflict where a share is not given.
    """
    joined = joined_parties(db, contract.procurement_id)
    open_shares = [party.organisation.name for party in joined if not party.weight]
    if open_shares:
        raise Conflict(f"the share of {', '.join(open_shares)} is not given", "Give it in the procurement first.")
    known = {party.organisation_id: party for party in parties_of(db, contract.id)}
    wanted = [(one.organisation_id, one.role, one.weight, one.cost_code, one.purchase_order) for one in joined]
    wanted.append((contract.supplier_id, "supplier", 0, "", ""))
    for position, (organisation_id, role, weight, cost_code, purchase_order) in enumerate(wanted):
        party = known.pop(organisation_id, None)
        if party is None:
            party = ContractParty(id=new_id(at), contract_id=contract.id, organisation_id=organisation_id)
            db.add(party)
        party.role, party.position, party.weight = role, position, weight
        party.cost_code, party.purchase_order = cost_code, purchase_order
    for party in known.values():
        db.delete(party)
    db.flush()
    return parties_of(db, contract.id)


def hold_contract(db: Session, contract: Contract) -> None:
    """The contract to ourselves until the transaction ends, as it is now."""
    hold_row(db, Contract, contract.id)


def check_drafts(by: Actor, contract: Contract) -> None:
    """Raises NotAllowed unless the actor fills in and issues this contract."""
    if not may_draft(by, contract):
        raise NotAllowed("this is for the organisation that leads the contract", ONE_OF_THE_LEAD)


def _check_settled(procurement: Procurement) -> None:
    if procurement.state != "settled":
        raise Conflict(
            f"the procurement is {procurement.state}, not settled",
            "A contract is drafted once everybody has joined, confirmed and approved, and the lead has settled it.",
        )


def _check_alone(db: Session, procurement: Procurement) -> None:
    rows = select(Contract.ref).where(Contract.procurement_id == procurement.id, Contract.state.notin_(CLOSED))
    other = db.scalars(rows.limit(1)).one_or_none()
    if other is not None:
        raise Conflict(f"this procurement has the contract {other}", "Go on with that one, or cancel it first.")


def _first_values(template: ContractTemplate, procurement: Procurement) -> dict[str, Any]:
    """The defaults of the template, and what the procurement says of the same things."""
    said: dict[str, Any] = {
        "question": procurement.question,
        "exit-criteria": [line.strip() for line in procurement.exit_criteria.splitlines() if line.strip()],
        "stop-rule": procurement.stop_rule,
        "starts-on": procurement.starts_on.isoformat() if procurement.starts_on else "",
        "ends-on": procurement.ends_on.isoformat() if procurement.ends_on else "",
        "price-afterwards": procurement.price_afterwards,
        "cap-pence": procurement.fee_ceiling_pence,
    }
    return template.defaults | {name: value for name, value in said.items() if value and name in template.parameters}
