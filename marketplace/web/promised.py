"""What waits for somebody in joint pilots, contracts, outcomes and payments: lines of the desk."""

from collections.abc import Iterator
from typing import Any

from marketplace.contracts.queries import desk as texts
from marketplace.contracts.queries import outcomes
from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.payments.queries.desk import waiting_money
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
    for owed in waiting_money(ask.db, by=ask.by, on=on):
        yield {"title": owed.title, "url": owed.url, "text": owed.text, "due": owed.due}
