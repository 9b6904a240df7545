"""Why an invoice waits, and what a month that ends asks for. Pure."""

from datetime import date, timedelta

from marketplace.kit.calendar import add_months
from marketplace.kit.values import Value

NO_ORDER, NO_ORIGINAL, NO_BUYER = "purchase-order", "original", "buyer-details"
NO_SELLER, NO_VAT_NUMBER = "supplier-details", "vat-number"
REASONS = {
    NO_ORDER: "There is no purchase order number of the buyer. Without one the invoice would be sent back unpaid.",
    NO_BUYER: "The buyer has not said at which address it takes invoices.",
    NO_SELLER: "The supplier has not said under which name and address it invoices.",
    NO_VAT_NUMBER: "The supplier charges VAT and has not given its VAT number.",
    NO_ORIGINAL: "The invoice that this credit note corrects is not issued yet.",
}
WARNING_DAYS = 5
"""Days before the month ends on which the buyer's finance officer is told, and again on the day before."""


class Readiness(Value):
    """What is known when an invoice might be issued."""

    purchase_order: str
    buyer_address: str
    supplier_address: str
    vat_number: str
    vat_pence: int
    waits_for_original: bool = False


def hold_reason(ready: Readiness) -> str:
    """The first reason for which an invoice is not issued; empty where there is none."""
    if not ready.purchase_order:
        return NO_ORDER
    if not ready.buyer_address:
        return NO_BUYER
    if not ready.supplier_address:
        return NO_SELLER
    if ready.vat_pence and not ready.vat_number:
        return NO_VAT_NUMBER
    return NO_ORIGINAL if ready.waits_for_original else ""


def last_of_month(day: date) -> date:
    """The last day of the month that a day is in."""
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def month_ends_soon(day: date) -> str:
    """The month that ends within the warning, as 2026-11; empty on other days."""
    return f"{day:%Y-%m}" if (last_of_month(day) - day).days < WARNING_DAYS else ""
