"""The register: what was bought together, what was promised, what happened, what was paid. For everybody, cacheable."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.periods import in_words
from marketplace.contracts.rules.terms import DESIGNS, plain
from marketplace.faces.ask import Ask
from marketplace.faces.invoices import as_yaml, pounds
from marketplace.kit.calendar import day_in_london
from marketplace.payments.queries.invoices import money_by_month, paid_by_contract
from marketplace.transparency.queries import (
    Month,
    Promised,
    Register,
    find_public,
    recompute_basis,
    register_of,
    registered,
)
from marketplace.transparency.queries import hidden_of as left_out_of
from marketplace.transparency.rules import GROUNDS, PARTS
from marketplace.web.charts import figure
from marketplace.web.edge import PUBLIC, Download, Page, page

STATES = {"signed": ("Signed", "met"), "live": ("Running", "live"), "ended": ("Ended", "unknown")}
VERDICTS = {"scale": "Taken up for good", "extend": "Extended", "stop": "Stopped"}
BETTER = {"higher": "higher is better", "lower": "lower is better"}


@page("/register", who=PUBLIC)
def show_register(ask: Ask) -> Page:
    """Every contract that was signed, newest first, with what was invoiced and paid under it."""
    found = registered(ask.db, after=ask.query.one("after") or None)
    money = paid_by_contract(ask.db, [one.id for one in found.items])
    hidden = hidden_amounts(ask, found.items)
    rows = [row_of(one, *((None, None) if one.id in hidden else money[one.id])) for one in found.items]
    next_url = f"/register?after={found.next}" if found.next else ""
    return Page("register/register.html", {"rows": rows, "total": str(found.count), "next_url": next_url}, shared=True)


@page("/register/{ref:str}", who=PUBLIC)
def show_entry(ask: Ask, ref: str) -> Page:
    """One contract: parties, question, measures, months, what was promised against paid, the decision."""
    contract = find_public(ask.db, ref)
    entry = register_of(ask.db, contract, on=day_in_london(ask.at))
    money = money_by_month(ask.db, contract.id) if entry.shows("amounts") else {}
    word, tag = STATES[contract.state]
    values = {
        "ref": contract.ref, "name": contract.name, "word": word, "tag": tag, "entry": entry,
        "supplier": contract.supplier.name, "product": {"name": contract.product.name, "ref": contract.product.ref},
        "hidden": {part: hidden_of(entry, part) for part in PARTS},
        "measures": [measure_of(one) for one in entry.measures],
        "charts": charts_of(entry), "months": months_of(entry, money),
        "promised": promised_of(entry, money) if entry.shows("amounts") else None, "decision": decision_of(entry),
    }  # fmt: skip
    return Page("register/entry.html", values, shared=True)


@page("/register/{ref:str}/recompute.yaml", who=PUBLIC)
def download_basis(ask: Ask, ref: str) -> Download:
    """Terms, shares and measurements, as `marketplace desk settle` takes them."""
    contract = find_public(ask.db, ref)
    told = as_yaml(recompute_basis(ask.db, contract, on=day_in_london(ask.at)))
    headers = {
        "content-disposition": f'attachment; filename="{contract.ref}.yaml"',
        "cache-control": "public, max-age=30",
    }
    return Download(told, "application/yaml", headers)


def hidden_amounts(ask: Ask, contracts: Sequence[Contract]) -> set[UUID]:
    """The contracts whose amounts are left out today."""
    found = left_out_of(ask.db, [one.id for one in contracts], on=day_in_london(ask.at))
    return {contract_id for contract_id, parts in found.items() if "amounts" in parts}


def row_of(contract: Contract, net: int | None, paid: int | None) -> dict[str, Any]:
    """A contract in the list."""
    word, tag = STATES[contract.state]
    return {
        "ref": contract.ref, "name": contract.name, "lead": contract.organisation.name, "word": word, "tag": tag,
        "supplier": contract.supplier.name, "product": contract.product.name, "product_ref": contract.product.ref,
        "signed_at": contract.signed_at, "starts_on": contract.starts_on, "ends_on": contract.ends_on,
        "decision": VERDICTS.get(contract.decision, ""), "net": net, "paid": paid,
    }  # fmt: skip


def hidden_of(entry: Register, part: str) -> dict[str, Any] | None:
    """Why a part is left out; None where it is shown."""
    found = entry.hidden.get(part)
    if found is None:
        return None
    return {"label": PARTS[part], "ground": GROUNDS[found.ground], "reason": found.reason, "until": found.until}


def measure_of(one: Promised) -> dict[str, Any]:
    """A measure as it was promised."""
    terms = one.terms
    return {
        "label": terms.label, "unit": terms.unit, "better": BETTER.get(terms.better, ""), "key": terms.key,
        "definition": terms.definition, "source": terms.source, "design": DESIGNS.get(terms.design, ""),
        "baseline": "" if one.baseline is None else figure(float(one.baseline)), "n": one.baseline_n,
        "threshold": plain(terms.threshold), "target": plain(terms.target), "is_guard": terms.is_guard,
        "limit": plain(terms.guard_limit), "weight": plain(terms.weight),
    }  # fmt: skip


def charts_of(entry: Register) -> list[dict[str, Any]]:
    """A chart for each measure with what happened by month; its sentence says how the last month stands."""
    return [_chart(one, entry) for one in entry.measures if entry.months and entry.shows("measurements")]


def _chart(one: Promised, entry: Register) -> dict[str, Any]:
    key, terms = one.terms.key, one.terms
    points = [{"label": in_words(month.period), "value": _number(month.values.get(key))} for month in entry.months]
    known = [point for point in points if point["value"] is not None]
    baseline = None if one.baseline is None else float(one.baseline)
    title = f"{terms.label}: nothing was reported yet"
    if known:
        last = known[-1]
        title = f"{terms.label}: {figure(_number(last['value']), terms.unit)} in {last['label']}"
        title += f", from {figure(baseline)} before" if baseline is not None else ""
    target = terms.guard_limit if terms.is_guard else terms.target
    return {"title": title, "points": points, "unit": terms.unit, "baseline": baseline, "target": _number(target)}


def months_of(entry: Register, money: Mapping[str, tuple[int, int, int]]) -> list[dict[str, Any]]:
    """The months as a table: each measure, and what was promised, earned, invoiced and paid."""
    return [_month(month, entry, money.get(month.period, (0, 0, 0))) for month in entry.months]


def _month(month: Month, entry: Register, money: tuple[int, int, int]) -> dict[str, Any]:
    values = [figure(_number(month.values.get(one.terms.key))) for one in entry.measures]
    return {
        "label": in_words(month.period), "values": values, "fee": month.fee_pence, "worth": month.worth_pence,
        "net": money[0], "gross": money[1], "paid": money[2],
    }  # fmt: skip


def promised_of(entry: Register, money: Mapping[str, tuple[int, int, int]]) -> dict[str, Any]:
    """What was promised against what was paid: a sentence, bars, and numbers, before VAT but for what was paid."""
    fee = sum(month.fee_pence or 0 for month in entry.months)
    worth = sum(month.worth_pence or 0 for month in entry.months)
    net, gross, paid = (sum(each[place] for each in money.values()) for place in range(3))
    share = f"{worth * 100 // fee}%" if fee else "none"
    bars = (("Full fee of these months, if every target is met", fee), ("Earned by the results", worth),
            ("Invoiced, less credits", net))  # fmt: skip
    return {
        "title": f"{pounds(worth)} of {pounds(fee)} was earned: {share} of the full fee",
        "bars": [{"label": label, "value": pence / 100} for label, pence in bars],
        "fee": fee, "worth": worth, "net": net, "gross": gross, "paid": paid, "vat": gross - net,
    }  # fmt: skip


def decision_of(entry: Register) -> dict[str, Any] | None:
    """How the pilot ended, if it has; the reasons unless they are left out."""
    if entry.decision is None:
        return None
    reasons = entry.decision.reasons if entry.shows("decision") else ""
    return {"word": VERDICTS.get(entry.decision.verdict, ""), "reasons": reasons, "at": entry.decision.at}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


ROUTES = [show_register, show_entry, download_basis]
