"""Who hears what of invoices, receipts and the gateway."""

from marketplace.contracts.events import AmountDue, SeatPassed
from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.payments import events
from marketplace.payments import subscribers as money
from marketplace.payments.queries.declared import rates_of
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of invoices, receipts and the gateway."""
    rates = rates_of(services.frameworks)
    issue = ("issue", money.issues(rates))
    return {
        AmountDue: [("raise invoice", money.raises(rates))],
        SeatPassed: [issue],
        events.InvoiceRaised: [issue],
        events.PurchaseOrderSet: [issue],
        events.BillingDescribed: [issue],
        events.InvoiceIssued: [("send", money.sends(rates)), issue],
        events.InvoiceSent: [("set credits", money.sets_credits), ("tell of sending", money.tells_of_sending)],
        events.InvoiceHeld: [("tell of hold", money.tells_of_hold)],
        events.PaymentReceived: [("tell of payment", money.tells_of_payment)],
        events.GatewayRefused: [("tell of refusal", money.tells_of_refusal)],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    events.CreditSet, events.CreditPaidBack, events.BankLineAdded, events.BankLineMatched, events.BankLineSetAside,
    events.BankLineTakenUp, events.GatewayTold, events.Reconciled,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
