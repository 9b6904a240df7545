"""The demonstration's bank: play a trust that pays. What the gateway then tells comes in signed, by our own door."""

from marketplace.faces.ask import Ask
from marketplace.faces.payments import go_to_gateway, rehearsal_of
from marketplace.identity.policies import CLOCK
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Refusal
from marketplace.kit.money import Money
from marketplace.payments.queries.invoices import balance_of, every_invoice, find_invoice
from marketplace.ports.gateway.port import GatewayRefused
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.payments.showing import shown, told_of, typed


@page("/dev/payments", who=ANYBODY_SIGNED_IN)
def show_bank(ask: Ask, refusal: Refusal | None = None, number: str = "") -> Page:
    """Every invoice that waits to be paid, with a button that pays it."""
    today = day_in_london(ask.at)
    waiting = [one for one in every_invoice(ask.db, by=CLOCK) if one.gateway_ref and balance_of(one).left > 0]
    values = {
        "invoices": [shown(one, today=today) for one in waiting], "gateway": ask.services.gateway.name,
        "typed": typed(ask.form), **told_of(refusal),
    }  # fmt: skip
    return Page("payments/dev.html", values)


@post("/dev/payments/{number:str}/payment", who=ANYBODY_SIGNED_IN, again=show_bank, slow=True)
def pay(ask: Ask, number: str) -> Goto:
    """Pay an invoice, all of it or the amount that was typed, and let the gateway tell of it."""
    gateway = rehearsal_of(ask.services)
    invoice = find_invoice(ask.db, number, by=CLOCK)
    amount = ask.form.one("amount")
    pence = Money.parse(amount).pence if amount else balance_of(invoice).left
    if not invoice.gateway_ref or pence <= 0:
        raise Conflict("this invoice cannot be paid now", "It is not sent yet, or nothing is left of it.")
    try:
        gateway.receive(invoice.gateway_ref, pence)
    except GatewayRefused as wrong:
        raise Conflict("the bank could not pay", wrong.reason) from wrong
    go_to_gateway(ask.services)
    return Goto("/dev/payments", told=f"The bank paid {Money(pence)} for {number}; the gateway has told us.")


ROUTES = [show_bank, pay]
