"""Purchase orders and billing details: the last word counts."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import ContractParty
from marketplace.identity.models import Organisation
from marketplace.kit.values import Value
from marketplace.payments.models import BillingDetails, PurchaseOrder


class Order(Value):
    """The purchase order under which a buyer takes invoices of a contract, and its cost code; empty for none."""

    number: str = ""
    cost_code: str = ""


def order_for(db: Session, contract_id: UUID, organisation_id: UUID) -> Order:
    """The last number given; before there is one, that with which the buyer joined the contract."""
    rows = select(PurchaseOrder).where(
        PurchaseOrder.contract_id == contract_id, PurchaseOrder.organisation_id == organisation_id
    )
    last = db.scalars(rows.order_by(PurchaseOrder.id.desc()).limit(1)).one_or_none()
    if last is not None:
        return Order(last.number, last.cost_code)
    joined = select(ContractParty).where(
        ContractParty.contract_id == contract_id, ContractParty.organisation_id == organisation_id
    )
    party = db.scalars(joined).one_or_none()
    return Order(party.purchase_order, party.cost_code) if party else Order()


def orders_of(db: Session, contract_id: UUID, organisation_id: UUID) -> Sequence[PurchaseOrder]:
    """Every number that a buyer gave, newest first."""
    rows = select(PurchaseOrder).where(
        PurchaseOrder.contract_id == contract_id, PurchaseOrder.organisation_id == organisation_id
    )
    return db.scalars(rows.order_by(PurchaseOrder.id.desc())).all()


def billing_of(db: Session, organisation_id: UUID) -> BillingDetails | None:
    """What an organisation said of itself for invoices."""
    return db.get(BillingDetails, organisation_id)


def called(db: Session, organisation: Organisation) -> Mapping[str, str]:
    """How an organisation stands on an invoice that is issued now."""
    details = billing_of(db, organisation.id)
    known = {
        "ref": organisation.ref, "name": organisation.name, "address": organisation.town,
        "company-number": organisation.companies_house_number or "", "ods-code": organisation.ods_code or "",
        "vat-number": "", "email": "", "bank-name": "", "sort-code": "", "account-number": "",
    }  # fmt: skip
    if details is None:
        return known
    return known | {
        "name": details.legal_name, "address": details.address, "vat-number": details.vat_number,
        "company-number": details.company_number or known["company-number"], "email": details.invoice_email,
        "bank-name": details.bank_name, "sort-code": details.sort_code, "account-number": details.account_number,
    }  # fmt: skip
