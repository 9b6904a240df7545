"""The money of a contract: what was invoiced and paid, its statement, and the purchase order of each buyer."""

from collections.abc import Iterator
from typing import Any

from marketplace.contracts.models import Contract
from marketplace.contracts.queries.contracts import parties_of
from marketplace.faces.ask import Ask
from marketplace.faces.invoices import pounds
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.payments.actions.keeping import set_purchase_order
from marketplace.payments.policies import may_manage
from marketplace.payments.queries.invoices import every_invoice
from marketplace.payments.queries.orders import order_for
from marketplace.payments.queries.statements import statement_of
from marketplace.payments.rules.holding import last_of_month
from marketplace.web.contracts.common import contract_of, frame_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.payments.showing import shown, told_of, totals_of, typed
from marketplace.web.payments.statements import shown_statement


@page("/contracts/{ref:str}/money", who=ANYBODY_SIGNED_IN)
def show_money(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Invoices with their state, purchase orders, and the statement; of a buyer its own alone."""
    contract = contract_of(ask, ref)
    invoices = every_invoice(ask.db, by=ask.by, contract_id=contract.id)
    today = day_in_london(ask.at)
    rows = [shown(one, today=today) for one in invoices]
    orders = list(_orders(ask, contract))
    values = {
        "frame": frame_of(ask, contract, "money"),
        "invoices": rows[::-1],
        "totals": totals_of(rows),
        "bars": _bars(rows),
        "orders": orders,
        "needed": [one["name"] for one in orders if not one["number"]],
        "month_ends_on": last_of_month(today),
        "waiting": sum(row["net"] for row in rows if row["is_held"]),
        "typed": {"number": next((one["number"] for one in orders if one["is_own"]), ""),
                  "cost_code": next((one["cost_code"] for one in orders if one["is_own"]), ""), **typed(ask.form)},
        **shown_statement(statement_of(invoices), today=today),
        **told_of(refusal),
    }  # fmt: skip
    return Page("payments/money.html", values)


@post("/contracts/{ref:str}/purchase-order", who=ANYBODY_SIGNED_IN, again=show_money)
def give_order(ask: Ask, ref: str) -> Goto:
    """Give the number under which my organisation takes invoices; what waited for it goes out."""
    number, cost_code = ask.form.one("number"), ask.form.one("cost_code")
    contract = contract_of(ask, ref)
    kept = set_purchase_order(ask.db, contract, number=number, cost_code=cost_code, by=ask.by, at=ask.at)
    told = "The purchase order is kept. What waited for it is sent within a minute."
    return Goto(f"/contracts/{ref}/money", told=told if kept else "That is the number already kept.")


def _orders(ask: Ask, contract: Contract) -> Iterator[dict[str, Any]]:
    """The buyers with their numbers: the supplier sees all, a buyer its own and whether the others have one."""
    for party in parties_of(ask.db, contract.id):
        if party.role == "supplier":
            continue
        is_own = party.organisation_id == ask.by.organisation_id
        order = order_for(ask.db, contract.id, party.organisation_id)
        is_shown = is_own or ask.by.organisation_id == contract.supplier_id
        yield {
            "name": party.organisation.name, "is_own": is_own, "has": bool(order.number),
            "number": order.number if is_shown else ("Given" if order.number else ""),
            "cost_code": order.cost_code if is_own else "",
            "may_set": is_own and may_manage(ask.by, party.organisation_id),
        }  # fmt: skip


def _bars(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Invoiced, paid and left, with VAT, as a chart with its sentence."""
    issued = [row for row in rows if not row["is_held"]]
    totals = totals_of(issued)
    title = f"{pounds(totals['paid'])} of {pounds(totals['gross'])} invoiced is paid"
    parts = (("Invoiced less credits", totals["gross"]), ("Paid", totals["paid"]), ("Still to be paid", totals["left"]))
    return {"title": title, "bars": [{"label": label, "value": pence / 100} for label, pence in parts]}


ROUTES = [show_money, give_order]
