"""Purchase orders of buyers, and how organisations stand on invoices."""

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post, put
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.contracts.queries.contracts import find_contract, parties_of
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotAllowed
from marketplace.payments.actions.keeping import describe_billing, set_purchase_order
from marketplace.payments.models import BillingDetails
from marketplace.payments.queries.orders import billing_of, order_for
from marketplace.payments.schemas import read_billing

READ, MANAGE = Permission.CONTRACT_READ, Permission.PAYMENT_MANAGE


class OrderIn(In):
    """The number under which invoices of a contract are taken, and the cost code that stands on them."""

    number: Line
    cost_code: Line = ""


class OrderOut(Out):
    """A buyer's purchase order; of the other buyers only whether there is one, unless one supplies them."""

    organisation: str
    has_number: bool
    number: str
    cost_code: str


class BillingIn(In):
    """How an organisation stands on invoices."""

    legal_name: Line
    address: Text
    vat_number: Line = ""
    company_number: Line = ""
    invoice_email: Line = ""
    bank_name: Line = ""
    sort_code: Line = ""
    account_number: Line = ""


class BillingOut(Out):
    legal_name: str
    address: str
    vat_number: str
    company_number: str
    invoice_email: str
    bank_name: str
    sort_code: str
    account_number: str


@get("/contracts/{ref:str}/purchase-orders", who=ANYBODY_SIGNED_IN, scope=READ)
def list_orders(ask: Asked, ref: str) -> Listed[OrderOut]:
    """The buyers of a contract, with their purchase orders."""
    contract = find_contract(ask.db, ref, by=ask.by)
    found = []
    for party in parties_of(ask.db, contract.id):
        if party.role == "supplier":
            continue
        order, is_own = (
            order_for(ask.db, contract.id, party.organisation_id),
            party.organisation_id == ask.by.organisation_id,
        )
        shows = is_own or contract.supplier_id == ask.by.organisation_id
        found.append(OrderOut(
            organisation=party.organisation.name, has_number=bool(order.number), number=order.number if shows else "",
            cost_code=order.cost_code if is_own else "",
        ))  # fmt: skip
    return all_of(found)


@post("/contracts/{ref:str}/purchase-order", who=ANYBODY_SIGNED_IN, scope=MANAGE)
def give_order(ask: Asked, ref: str, body: OrderIn) -> OrderOut:
    """Give one's own purchase order number; what waited for it goes out."""
    contract = find_contract(ask.db, ref, by=ask.by)
    set_purchase_order(ask.db, contract, number=body.number, cost_code=body.cost_code, by=ask.by, at=ask.at)
    if ask.by.organisation_id is None:
        raise NotAllowed("a purchase order belongs to an organisation", "Act for one.")
    order = order_for(ask.db, contract.id, ask.by.organisation_id)
    return OrderOut(
        organisation=ask.by.organisation_name, has_number=True, number=order.number, cost_code=order.cost_code
    )


@get("/billing", who=MANAGE)
def show_billing(ask: Asked) -> BillingOut:
    """How one's own organisation stands on invoices; empty where it said nothing yet."""
    details = billing_of(ask.db, ask.by.organisation_id) if ask.by.organisation_id else None
    return _billing(details)


@put("/billing", who=MANAGE)
def keep_billing(ask: Asked, body: BillingIn) -> BillingOut:
    """Say it anew; invoices that are issued keep what they say."""
    if ask.by.organisation_id is None:
        raise NotAllowed("billing details belong to an organisation", "Act for one.")
    given = read_billing(body.model_dump())
    return _billing(describe_billing(ask.db, ask.by.organisation_id, given, by=ask.by, at=ask.at))


def _billing(details: BillingDetails | None) -> BillingOut:
    return BillingOut(**{name: getattr(details, name, "") for name in BillingOut.model_fields})


CALLS = [list_orders, give_order, show_billing, keep_billing]
