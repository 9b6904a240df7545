"""The parties, and what the contract obliges each to: as a list, as a calendar, ticked off with a note."""

from itertools import groupby
from typing import Any
from uuid import UUID

from marketplace.contracts.actions.obligations import finish_obligation
from marketplace.contracts.models import Contract, Obligation
from marketplace.contracts.policies.agreements import may_finish
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.queries.dates import entries_of
from marketplace.contracts.queries.overview import find_obligation, obligations_of
from marketplace.contracts.rules.obligations import is_due_soon
from marketplace.faces.ask import Ask
from marketplace.identity.policies import owns
from marketplace.identity.queries.successions import history_of
from marketplace.kit.errors import NotFound, Refusal
from marketplace.kit.icalendar import calendar
from marketplace.kit.text import quote
from marketplace.web.contracts.common import contract_of, frame_of, today_of, told_of, typed
from marketplace.web.contracts.contracts import ROLES
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post


@page("/contracts/{ref:str}/parties", who=ANYBODY_SIGNED_IN)
def show_parties(ask: Ask, ref: str) -> Page:
    """Who is bound, from when until when, and which share each has."""
    contract = contract_of(ask, ref)
    parties = parties_of(ask.db, contract.id)
    total = sum(party.weight for party in parties if party.left_on is None)
    rows = [
        {
            "name": party.organisation.name,
            "ref": party.organisation.ref,
            "role": ROLES[party.role],
            "weight": party.weight,
            "total": total,
            "joined_on": party.joined_on,
            "left_on": party.left_on,
            "is_own": owns(ask.by, party.organisation_id),
            "purchase_order": party.purchase_order,
            "cost_code": party.cost_code,
        }
        for party in parties
    ]
    past = history_of(ask.db, contract.id)
    return Page("contracts/parties.html", {"frame": frame_of(ask, contract, "parties"), "parties": rows, "past": past})


@page("/contracts/{ref:str}/obligations", who=ANYBODY_SIGNED_IN)
def show_obligations(ask: Ask, ref: str, duty: str = "", refusal: Refusal | None = None) -> Page:
    """Every dated task of the contract: what is late or near first, then the rest by month."""
    contract = contract_of(ask, ref)
    rows = [_shown(ask, one) for one in obligations_of(ask.db, contract.id)]
    mine = ask.query.one("whose") != "all"
    rows = [row for row in rows if row["is_own"] or not mine]
    waiting = [row for row in rows if not row["done_at"]]
    values = {
        "frame": frame_of(ask, contract, "obligations"),
        "near": [row for row in waiting if row["is_near"]],
        "later": _by_month([row for row in waiting if not row["is_near"]]),
        "done": [row for row in rows if row["done_at"]],
        "is_mine": mine,
        "is_signed": contract.text_number > 0,
        "dates": entries_of(ask.db, ask.services.frameworks, contract, with_obligations=False),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("contracts/obligations.html", values)


@post("/contracts/{ref:str}/obligations/{duty:str}/completion", who=ANYBODY_SIGNED_IN, again=show_obligations)
def finish(ask: Ask, ref: str, duty: str) -> Goto:
    """Say that it is done, and how."""
    contract = contract_of(ask, ref)
    finish_obligation(ask.db, obligation_of(ask, contract, duty), note=ask.form.one("note"), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/obligations", told="Done, with your name beside it.")


@page("/contracts/{ref:str}/calendar.ics", who=ANYBODY_SIGNED_IN)
def take_calendar(ask: Ask, ref: str) -> Download:
    """Term, notice and warning days, and the obligations of one's own organisation, for any calendar."""
    contract = contract_of(ask, ref)
    entries = entries_of(ask.db, ask.services.frameworks, contract, organisation_id=ask.by.organisation_id)
    headers = {"content-disposition": f'attachment; filename="{contract.ref}.ics"'}
    return Download(calendar(contract.name, entries, at=ask.at), "text/calendar; charset=utf-8", headers)


def obligation_of(ask: Ask, contract: Contract, duty: str) -> Obligation:
    """Raises NotFound, for what is no id too."""
    try:
        key = UUID(duty)
    except ValueError as wrong:
        raise NotFound(f"there is no obligation {quote(duty)}", "The contract lists them.") from wrong
    return find_obligation(ask.db, contract.id, key)


def _shown(ask: Ask, one: Obligation) -> dict[str, Any]:
    today = today_of(ask)
    return {
        "id": str(one.id),
        "label": one.label,
        "owner": one.organisation.name,
        "due_on": one.due_on,
        "is_late": one.due_on < today,
        "is_near": is_due_soon(one.due_on, today),
        "is_own": owns(ask.by, one.organisation_id),
        "may_finish": may_finish(ask.by, one),
        "done_at": one.done_at,
        "note": one.note,
    }


def _by_month(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    months = groupby(rows, key=lambda row: f"{row['due_on']:%B %Y}")
    return [{"month": month, "rows": list(found)} for month, found in months]


ROUTES = [show_parties, show_obligations, finish, take_calendar]
