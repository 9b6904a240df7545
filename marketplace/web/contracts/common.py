"""What every page of a contract stands in: its head, its tabs, and what all its forms share."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.contracts.models import Contract, ContractParty
from marketplace.contracts.policies.agreements import may_draft, may_sign
from marketplace.contracts.queries.contracts import find_contract, parties_of
from marketplace.contracts.queries.outcomes.baselines import wanted_baselines
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.rules.assembly import term_in_words
from marketplace.faces.ask import Ask, Values
from marketplace.identity.policies import owns
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.kit.values import Value

STATES = {
    "draft": ("Draft", "draft"),
    "issued": ("Waits for signatures", "submitted"),
    "signed": ("Signed", "met"),
    "live": ("Live", "live"),
    "ended": ("Ended", "unknown"),
    "cancelled": ("Cancelled", "withdrawn"),
}
TABS = {
    "": "Overview",
    "text": "Text",
    "parties": "Parties",
    "outcomes": "Outcomes",
    "money": "Money",
    "obligations": "Obligations",
    "register": "Public register",
}
"""Path below the contract -> what its tab says."""


class Frame(Value):
    """The head of a contract's pages: `word` and `kind` tell its state; what may be done here by this actor.

    `buyers`: those who share the fee, the lead first, without those who left.
    `may_draft`: fill in, issue, recall. `may_sign`: sign for an own organisation, whoever's turn it is.
    """

    ref: str
    name: str
    base: str
    state: str
    word: str
    kind: str
    lead: str
    buyers: Sequence[str]
    supplier: str
    product: str
    product_url: str
    term: str
    may_draft: bool
    may_sign: bool
    is_supplier: bool
    tabs: Sequence[Mapping[str, Any]]


def contract_of(ask: Ask, ref: str) -> Contract:
    """The contract, where this actor may know of it. Raises NotFound."""
    return find_contract(ask.db, ref, by=ask.by)


def frame_of(ask: Ask, contract: Contract, tab: str) -> Frame:
    """The head of a page of a contract, with `tab` open."""
    word, kind = STATES[contract.state]
    base = f"/contracts/{contract.ref}"
    tabs = [{"label": label, "url": f"{base}/{key}".rstrip("/"), "current": key == tab} for key, label in TABS.items()]
    parties = parties_of(ask.db, contract.id)
    return Frame(
        ref=contract.ref, name=contract.name, base=base, state=contract.state, word=word, kind=kind,
        lead=contract.organisation.name, buyers=_buyers(parties, contract), supplier=contract.supplier.name,
        product=contract.product.name, product_url=f"/products/{contract.product.ref}",
        term=term_in_words(*term_of(contract)), may_draft=may_draft(ask.by, contract),
        may_sign=may_sign(ask.by, _own(ask, parties)),
        is_supplier=owns(ask.by, contract.supplier_id), tabs=tabs,
    )  # fmt: skip


def own_party(ask: Ask, contract: Contract) -> ContractParty | None:
    """The party that the actor acts for."""
    return _own(ask, parties_of(ask.db, contract.id))


def _own(ask: Ask, parties: Sequence[ContractParty]) -> ContractParty | None:
    return next((party for party in parties if owns(ask.by, party.organisation_id)), None)


def _buyers(parties: Sequence[ContractParty], contract: Contract) -> list[str]:
    lead = contract.organisation.name
    shared = [party.organisation.name for party in parties if party.role != "supplier" and party.left_on is None]
    return [lead, *[name for name in shared if name != lead]]


def term_of(contract: Contract) -> tuple[date | None, date | None]:
    """First and last day: those that bind, or those of the draft."""
    if contract.starts_on is not None:
        return contract.starts_on, contract.ends_on
    given = (contract.parameters.get(name) for name in ("starts-on", "ends-on"))
    starts, ends = (date.fromisoformat(day) if day else None for day in given)
    return starts, ends


def today_of(ask: Ask) -> date:
    return day_in_london(ask.at)


def typed(form: Values) -> dict[str, str]:
    """The first value of each field, as it was typed."""
    return {name: values[0] for name, values in form.items().items() if values}


def told_of(refusal: Refusal | None) -> dict[str, Any]:
    """What a page says of a refusal: the fact, the hint, and what is wrong by field."""
    if refusal is None:
        return {"refusal": None, "errors": {}}
    return {"refusal": {"fact": refusal.fact, "hint": refusal.hint}, "errors": refusal.fields}


def wanted_first(ask: Ask, contract: Contract) -> str:
    """The measures that a variation adds to a live contract, and whose baseline is not locked; empty for none."""
    if contract.state != "live":
        return ""
    return wanted_baselines(ask.db, book_of(ask.db, contract), on=today_of(ask)).labels
