"""How my organisation stands on invoices: its name, address, numbers and bank."""

from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Refusal
from marketplace.payments.actions.keeping import describe_billing
from marketplace.payments.queries.orders import billing_of
from marketplace.payments.schemas import read_billing, shown_sort_code
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.payments.showing import told_of, typed
from marketplace.web.proving import prove

FIELDS = ("legal_name", "address", "vat_number", "company_number", "invoice_email", "bank_name", "account_number")


@page("/billing", who=Permission.PAYMENT_MANAGE)
def show_billing(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The form, with what is known; the bank details are for whoever proves that it is them."""
    prove(ask)
    assert ask.by.organisation_id is not None
    details = billing_of(ask.db, ask.by.organisation_id)
    now = {name: getattr(details, name) for name in FIELDS} if details else {"legal_name": ask.by.organisation_name}
    now |= {"sort_code": shown_sort_code(details.sort_code)} if details else {}
    values = {
        "typed": {**now, **typed(ask.form)}, "version": details.row_version if details else 0,
        "is_buyer": ask.by.is_buyer, "changed_at": details.changed_at if details else None, **told_of(refusal),
    }  # fmt: skip
    return Page("payments/billing.html", values)


@post("/billing", who=Permission.PAYMENT_MANAGE, again=show_billing)
def keep_billing(ask: Ask) -> Goto:
    """Keep what was typed; invoices that are issued keep what they say."""
    prove(ask)
    assert ask.by.organisation_id is not None
    version = ask.form.one("version")
    expected = int(version) if version.isdigit() and int(version) else None
    given = read_billing(typed(ask.form))
    describe_billing(ask.db, ask.by.organisation_id, given, expected=expected, by=ask.by, at=ask.at)
    return Goto("/billing", told="The billing details are kept. Invoices from now on carry them.")


ROUTES = [show_billing, keep_billing]
