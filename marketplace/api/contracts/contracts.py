"""Contracts: listed, drafted on a template, filled in, issued, recalled, given up; and the templates themselves."""

from datetime import date
from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Answer, Asked, get, patch, post
from marketplace.api.contracts.common import ContractOut, answer, contract_of
from marketplace.api.shapes import In, Line, Listed, Out, Paged, Reason, Ref, Text, all_of, page_of
from marketplace.contracts.actions.drafting import (
    approve_departure,
    cancel_contract,
    change_parameters,
    draft_contract,
)
from marketplace.contracts.actions.texts import issue_contract, issue_variation, recall
from marketplace.contracts.queries.contracts import Listed as ListedContract
from marketplace.contracts.queries.contracts import contracts_of
from marketplace.contracts.queries.signing import open_text
from marketplace.frameworks.schema.base import Source
from marketplace.frameworks.schema.contracts import ContractTemplate, Parameter
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote
from marketplace.procurement.queries.joint.finding import find_procurement

READ = Permission.CONTRACT_READ


class ContractRowOut(Out):
    ref: str
    name: str
    state: str
    product: str
    supplier: str
    buyers: list[str]
    ends_on: date | None
    url: str


class ContractIn(In):
    """The contract of a settled procurement, on a template."""

    procurement: Ref
    template: Line = "joint-pilot"


class TermsIn(In):
    """Values by parameter: see /v1/contract-templates. Money in whole pence; null or an empty text clears a value."""

    parameters: dict[str, Any]


class DepartureIn(In):
    """Which value that departs from the template is approved, and why."""

    parameter: Line
    reason: Text


class ParameterOut(Out):
    """Something to fill in. Columns are those of a table, each with the same facts."""

    id: str
    label: str
    ask: str
    kind: str
    unit: str
    is_money: bool
    is_required: bool
    default: Any
    options: list[str]
    minimum: float | None
    maximum: float | None
    columns: list[dict[str, Any]]
    source: str


class ClauseOut(Out):
    id: str
    version: int
    heading: str
    source: str


class TemplateOut(Out):
    """A template: what it asks for and which clauses it has. `notice` says what it is not."""

    id: str
    version: int
    label: str
    notice: str
    digest: str
    parameters: list[ParameterOut]
    clauses: list[ClauseOut]
    signing: list[str]


@get("/contracts", who=ANYBODY_SIGNED_IN, scope=READ)
def list_contracts(ask: Asked, query: Paged) -> Listed[ContractRowOut]:
    """The contracts that one's organisation is a party of, newest first."""
    found = contracts_of(ask.db, by=ask.by, after=query.after or None, limit=query.limit)
    return page_of(found, (_row(one) for one in found.items))


@post("/contracts", who=ANYBODY_SIGNED_IN, scope=READ, status=201)
def begin(ask: Asked, body: ContractIn) -> Answer[ContractOut]:
    """Draft the contract of a settled procurement."""
    procurement = find_procurement(ask.db, body.procurement, by=ask.by)
    contract = draft_contract(ask.db, procurement, _template(ask, body.template), by=ask.by, at=ask.at)
    return answer(ask, contract.ref, location=f"/v1/contracts/{contract.ref}")


@get("/contracts/{ref:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_contract(ask: Asked, ref: str) -> Answer[ContractOut]:
    """A contract: its terms, what is open, who has yet to act, and its ETag."""
    return answer(ask, ref)


@patch("/contracts/{ref:str}/terms", who=ANYBODY_SIGNED_IN, scope=READ, conditional=True)
def fill_in(ask: Asked, ref: str, body: TermsIn) -> Answer[ContractOut]:
    """Put values into a draft; what is not named is kept."""
    contract = contract_of(ask, ref)
    expected = ask.expected(contract.row_version)
    change_parameters(
        ask.db, ask.services.frameworks, contract, body.parameters, expected=expected, by=ask.by, at=ask.at
    )
    return answer(ask, ref)


@post("/contracts/{ref:str}/departures", who=Permission.CONTRACT_APPROVE)
def approve(ask: Asked, ref: str, body: DepartureIn) -> Answer[ContractOut]:
    """Approve, by name, that a value departs from the template."""
    contract = contract_of(ask, ref)
    approve_departure(
        ask.db, ask.services.frameworks, contract, body.parameter, reason=body.reason, by=ask.by, at=ask.at
    )
    return answer(ask, ref)


@post("/contracts/{ref:str}/issue", who=ANYBODY_SIGNED_IN, scope=READ)
def issue(ask: Asked, ref: str) -> Answer[ContractOut]:
    """Freeze the text, and put it before the parties for signature."""
    contract = contract_of(ask, ref)
    text = open_text(ask.db, contract.id)
    step = issue_variation if text is not None and text.number > 1 else issue_contract
    step(ask.db, ask.services.frameworks, contract, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/contracts/{ref:str}/recall", who=ANYBODY_SIGNED_IN, scope=READ)
def take_back(ask: Asked, ref: str, body: Reason) -> Answer[ContractOut]:
    """Take back a text that is not signed by all."""
    recall(ask.db, contract_of(ask, ref), reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/contracts/{ref:str}/cancellation", who=ANYBODY_SIGNED_IN, scope=READ)
def cancel(ask: Asked, ref: str, body: Reason) -> Answer[ContractOut]:
    """Give up a contract that is not live yet."""
    cancel_contract(ask.db, contract_of(ask, ref), reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@get("/contract-templates", who=PUBLIC, is_shared=True)
def list_templates(ask: Asked) -> Listed[TemplateOut]:
    """The templates, each in its newest version: what they ask for, and which clauses they have."""
    return all_of(_template_out(one) for one in ask.services.frameworks.contracts.values())


@get("/contract-templates/{template:str}", who=PUBLIC, is_shared=True)
def show_template(ask: Asked, template: str) -> TemplateOut:
    """One template in its newest version."""
    found = ask.services.frameworks.contracts.get(template)
    if found is None:
        raise NotFound(f"there is no template {quote(template)}", "They are listed under /v1/contract-templates.")
    return _template_out(found)


def _row(listed: ListedContract) -> ContractRowOut:
    contract = listed.contract
    return ContractRowOut(
        ref=contract.ref, name=contract.name, state=contract.state, product=contract.product.name,
        supplier=contract.supplier.name, buyers=list(listed.buyers), ends_on=contract.ends_on,
        url=f"/v1/contracts/{contract.ref}",
    )  # fmt: skip


def _template(ask: Asked, name: str) -> ContractTemplate:
    found = ask.services.frameworks.contracts.get(name)
    if found is None:
        told = f"There is no template {quote(name)}. See /v1/contract-templates."
        raise Invalid("the template does not exist", told, fields={"template": told})
    return found


def _template_out(template: ContractTemplate) -> TemplateOut:
    return TemplateOut(
        id=template.id, version=template.version, label=template.label, notice=template.declared.notice,
        digest=template.digest, parameters=[_parameter(one) for one in template.parameters.values()],
        signing=list(template.declared.signing),
        clauses=[
            ClauseOut(id=one.id, version=one.version, heading=one.heading, source=_source(one.source))
            for one in template.clauses
        ],
    )  # fmt: skip


def _parameter(one: Parameter) -> ParameterOut:
    return ParameterOut(
        id=one.id, label=one.label, ask=one.ask, kind=str(one.kind), unit=one.unit, is_money=one.money,
        is_required=one.required, default=one.default, options=list(one.labels), minimum=one.minimum,
        maximum=one.maximum, source=_source(one.source),
        columns=[
            {"id": column.id, "label": column.label, "kind": str(column.kind), "is_required": column.required,
             "options": list(column.labels)}
            for column in one.columns
        ],
    )  # fmt: skip


def _source(source: Source) -> str:
    return f"{source.document}, {source.section}" if source.section else source.document


CALLS = [
    list_contracts, begin, show_contract, fill_in, approve, issue, take_back, cancel, list_templates, show_template,
]  # fmt: skip
