"""What waits for somebody in joint pilots, contracts, outcomes and payments: lines of the desk."""

from collections.abc import Iterator
from typing import Any

from marketplace.contracts.queries import desk as texts
from marketplace.contracts.queries import outcomes
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.money import Money
from marketplace.payments.queries.invoices import held_for
from marketplace.procurement.queries import joint

Item = dict[str, Any]


def promised(ask: Ask) -> Iterator[Item]:
    """What the signed-in person has to do so that what was promised goes on; a fixed number of queries."""
    on = day_in_london(ask.at)
    for title, url, text, due in joint.waiting_for(ask.db, ask.by, on):
        yield {"title": title, "url": url, "text": text, "due": due}
    for one in texts.waiting_for(ask.db, ask.by, on):
        yield {"title": one.title, "url": one.path, "text": one.words, "due": one.due}
    for title, url, text, due in outcomes.waiting_for(ask.db, ask.by, on):
        yield {"title": title, "url": url, "text": text, "due": due}
    yield from _owing(ask)


def _owing(ask: Ask) -> Iterator[Item]:
    """Invoices that cannot be sent, for those who keep purchase orders."""
    if not ask.may(Permission.PAYMENT_MANAGE) or ask.by.organisation_id is None:
        return
    for one in held_for(ask.db, organisation_id=ask.by.organisation_id):
        yield {
            "title": f"{Money(one.gross_pence)} for {one.period} cannot be invoiced yet",
            "url": "/invoices?state=held",
            "text": "It waits for a purchase order number or for details of billing.",
        }
