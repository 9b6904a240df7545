"""What each side keeps for its invoices: purchase orders with the buyer, billing details with everybody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.contracts.queries.contracts import parties_of
from marketplace.identity.policies import Actor, is_the_house
from marketplace.kit.db import hold_version
from marketplace.kit.errors import NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.payments.events import BillingDescribed, PurchaseOrderSet
from marketplace.payments.models import BillingDetails, PurchaseOrder
from marketplace.payments.policies import may_manage
from marketplace.payments.queries.orders import Order, billing_of, order_for
from marketplace.payments.schemas import Described, read_order


def set_purchase_order(
    db: Session, contract: Contract, *, number: str, cost_code: str, by: Actor, at: datetime
) -> PurchaseOrder | None:
    """Give the number under which the actor's organisation takes invoices of a contract; None where it is the same.

    Invoices that are issued keep the number that they were issued with. Raises NotAllowed, Invalid by field.
    """
    buyers = {party.organisation_id for party in parties_of(db, contract.id) if party.role != "supplier"}
    if by.organisation_id not in buyers or not may_manage(by, by.organisation_id):
        raise NotAllowed("only a finance officer of a buyer gives its purchase order", "Ask one of your organisation.")
    kept, code = read_order(number, cost_code)
    if order_for(db, contract.id, by.organisation_id) == Order(kept, code):
        return None
    order = PurchaseOrder(
        id=new_id(at), contract_id=contract.id, organisation_id=by.organisation_id, number=kept, cost_code=code, at=at,
        by_id=by.person_id,
    )  # fmt: skip
    db.add(order)
    told = PurchaseOrderSet(contract_id=contract.id, organisation_id=by.organisation_id, number=kept, cost_code=code)
    record(db, told, by=by, at=at)
    db.flush()
    return order


def describe_billing(
    db: Session, organisation_id: UUID, given: Described, *, expected: int | None = None, by: Actor, at: datetime
) -> BillingDetails:
    """Say how an organisation is named, addressed and paid on invoices from now on. Raises NotAllowed, Conflict."""
    if not (is_the_house(by) or may_manage(by, organisation_id)):
        raise NotAllowed("only a finance officer keeps the billing details", "Ask one of your organisation.")
    details = billing_of(db, organisation_id)
    values = {name: getattr(given, name) for name in given.__struct_fields__}
    if details is None:
        details = BillingDetails(organisation_id=organisation_id, gateway_account="", changed_at=at, **values)
        changed = sorted(name for name, value in values.items() if value)
        db.add(details)
    else:
        hold_version(expected, details.row_version)
        changed = sorted(name for name, value in values.items() if getattr(details, name) != value)
        for name, value in values.items():
            setattr(details, name, value)
    if changed:
        details.changed_at, details.changed_by_id = at, by.person_id
        record(db, BillingDescribed(organisation_id=organisation_id, changed=changed), by=by, at=at)
    db.flush()
    return details
