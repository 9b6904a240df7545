"""Contracts: the list, beginning one, and where one stands."""

from typing import Any

from marketplace.contracts.actions.drafting import approve_departure, cancel_contract, draft_contract
from marketplace.contracts.actions.texts import issue_contract, issue_variation, recall
from marketplace.contracts.models import Contract
from marketplace.contracts.policies.agreements import DRAFTING, may_approve_departure
from marketplace.contracts.queries.contracts import contracts_of
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.outcomes.books import holds_of
from marketplace.contracts.queries.overview import Overview, newer_clauses, overview_of, to_contract
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.states import CONTRACT
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.values import asdict
from marketplace.procurement.queries.joint.finding import find_procurement
from marketplace.web.contracts.common import STATES, contract_of, frame_of, today_of, told_of, typed, wanted_first
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post

ROLES = {"lead": "Lead", "participant": "Participant", "supplier": "Supplier"}
TEXT_STATES = {
    "draft": ("Written", "draft"),
    "issued": ("Waits for signatures", "submitted"),
    "binding": ("Binding", "met"),
    "replaced": ("Replaced", "unknown"),
    "declined": ("Declined", "not-met"),
    "recalled": ("Recalled", "withdrawn"),
}


@page("/contracts", who=ANYBODY_SIGNED_IN)
def list_contracts(ask: Ask) -> Page:
    """The contracts that my organisation is a party of, newest first."""
    found = contracts_of(ask.db, by=ask.by, after=ask.query.one("after") or None)
    rows = [
        {
            "ref": one.contract.ref,
            "name": one.contract.name,
            "product": one.contract.product.name,
            "supplier": one.contract.supplier.name,
            "buyers": ", ".join(one.buyers),
            "state": STATES[one.contract.state],
            "ends_on": one.contract.ends_on,
        }
        for one in found.items
    ]
    next_url = f"/contracts?after={found.next}" if found.next else ""
    values = {"contracts": rows, "total": str(found.count), "next_url": next_url, "may_begin": _may_begin(ask)}
    return Page("contracts/contracts.html", values)


@page("/contracts/new", who=ANYBODY_SIGNED_IN)
def new_contract(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Which settled procurement gets its contract, and on which template."""
    waiting = to_contract(ask.db, ask.by) if _may_begin(ask) else []
    rows = [
        {"value": one.ref, "label": one.name, "hint": f"{one.ref} · {one.product.name}"}
        for one in waiting
    ]  # fmt: skip
    chosen = ask.form.one("procurement") or ask.query.one("procurement")
    templates = ask.services.frameworks.contracts.values()
    values = {
        "procurements": rows,
        "chosen": chosen or (rows[0]["value"] if len(rows) == 1 else ""),
        "templates": [{"value": one.id, "label": one.label, "hint": one.declared.notice} for one in templates],
        "template": ask.form.one("template") or next(iter(ask.services.frameworks.contracts)),
        **told_of(refusal),
    }
    return Page("contracts/new.html", values)


@post("/contracts", who=ANYBODY_SIGNED_IN, again=new_contract)
def begin(ask: Ask) -> Goto:
    """Draft the contract of a procurement."""
    ref = ask.form.one("procurement")
    if not ref:
        raise Invalid("no procurement was chosen", "Choose one.", fields={"procurement": "Choose one."})
    procurement = find_procurement(ask.db, ref, by=ask.by)
    contract = draft_contract(ask.db, procurement, _template(ask), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{contract.ref}", told="The contract is drafted. Fill in what is open.")


@page("/contracts/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_contract(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Where the contract stands: what is open, what departs from the template, who has yet to act."""
    contract = contract_of(ask, ref)
    overview = overview_of(ask.db, ask.services.frameworks, contract)
    template = template_of(ask.services.frameworks, contract)
    values = {
        "frame": frame_of(ask, contract, ""),
        "reason": contract.state_reason,
        "holds": holds_of(ask.db, contract.id),
        "open": _open(template, overview),
        "departures": [
            {**asdict(one), "by": approved.person.name if approved else "", "why": approved.reason if approved else "",
             "at": approved.at if approved else None}
            for one, approved in overview.departures
        ],
        "may_approve": may_approve_departure(ask.by, contract),
        "is_ready": not overview.open and overview.is_approved,
        "may_cancel": CONTRACT.allows("cancel", contract.state),
        "steps": [{**asdict(step), "role": ROLES[step.role]} for step in overview.steps],
        "wanted": wanted_first(ask, contract),
        "text": overview.text.number if overview.text else 0,
        "approved": overview.approved,
        "text_state": overview.text.state if overview.text else "",
        "texts": texts_shown(contract, overview),
        "refusals": [asdict(one) for one in overview.refusals],
        "newer": newer_clauses(ask.db, ask.services.frameworks, contract, on=today_of(ask)),
        "template": {"label": template.label, "version": template.version, "notice": template.declared.notice},
        "sections": sections_of(template, contract),
        "typed": typed(ask.form),
        **told_of(refusal),
    }  # fmt: skip
    return Page("contracts/contract.html", values)


@post("/contracts/{ref:str}/issue", who=ANYBODY_SIGNED_IN, again=show_contract)
def issue(ask: Ask, ref: str) -> Goto:
    """Freeze the text, and put it before the parties for signature."""
    contract = contract_of(ask, ref)
    text = open_text(ask.db, contract.id)
    step = issue_variation if text is not None and text.number > 1 else issue_contract
    step(ask.db, ask.services.frameworks, contract, by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}", told="The text is issued. Each party reads it and signs in turn.")


@post("/contracts/{ref:str}/recall", who=ANYBODY_SIGNED_IN, again=show_contract)
def take_back(ask: Ask, ref: str) -> Goto:
    """Take back a text that is not signed by all."""
    recall(ask.db, contract_of(ask, ref), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}", told="The text is recalled.")


@post("/contracts/{ref:str}/cancellation", who=ANYBODY_SIGNED_IN, again=show_contract)
def cancel(ask: Ask, ref: str) -> Goto:
    """Give the contract up."""
    cancel_contract(ask.db, contract_of(ask, ref), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}", told="The contract is cancelled.")


@post("/contracts/{ref:str}/departures", who=Permission.CONTRACT_APPROVE, again=show_contract, makes=True)
def approve(ask: Ask, ref: str) -> Goto:
    """Approve, by name, that a value departs from the template."""
    contract, parameter = contract_of(ask, ref), ask.form.one("parameter")
    approve_departure(
        ask.db, ask.services.frameworks, contract, parameter, reason=ask.form.one("reason"), by=ask.by, at=ask.at
    )
    return Goto(f"/contracts/{ref}", told="Approved: your name and reason stand beside it.")


def texts_shown(contract: Contract, overview: Overview) -> list[dict[str, Any]]:
    """Every text with its links, the newest first."""
    base = f"/contracts/{contract.ref}"
    return [
        {
            "number": text.number,
            "key": f"{text.number}.{text.attempt}",
            "word": TEXT_STATES[text.state],
            "effective_on": text.effective_on,
            "reason": text.reason,
            "digest": text.digest,
            "url": f"{base}/text?text={text.number}.{text.attempt}",
            "pdf": f"{base}/text.pdf?text={text.number}.{text.attempt}",
        }
        for text in reversed(overview.texts)
    ]


def sections_of(template: ContractTemplate, contract: Contract) -> list[dict[str, Any]]:
    """The parts of the form, with how much of each is filled in."""
    base = f"/contracts/{contract.ref}/terms"
    return [
        {
            "label": section.label,
            "url": f"{base}/{section.id}",
            "filled": sum(entry.question.id in contract.parameters for entry in section.entries),
            "of": sum(entry.required or entry.question.id in contract.parameters for entry in section.entries),
        }
        for section in template.form.sections
    ]


def _open(template: ContractTemplate, overview: Overview) -> list[dict[str, str]]:
    """What stands in the way of issuing, each with the section where it is mended."""
    places = {entry.question.id: section.id for section in template.form.sections for entry in section.entries}
    return [{"text": text, "section": places[name], "field": name} for name, text in overview.open.items()]


def _template(ask: Ask) -> ContractTemplate:
    found = ask.services.frameworks.contracts.get(ask.form.one("template"))
    if found is None:
        raise Invalid("no template was chosen", "Choose one.", fields={"template": "Choose one of the templates."})
    return found


def _may_begin(ask: Ask) -> bool:
    return ask.by.is_buyer and any(map(ask.by.may, DRAFTING))


ROUTES = [list_contracts, new_contract, begin, show_contract, issue, take_back, cancel, approve]
