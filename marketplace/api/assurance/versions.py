"""A new version and what is still to be put right: classed, confirmed, planned, shown, closed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from marketplace.api.assurance.cases import own_case
from marketplace.api.calls import Asked, get, post
from marketplace.api.shapes import Asking, In, Line, Listed, Out, Text, all_of
from marketplace.assurance.actions.changes import class_change, confirm_answers
from marketplace.assurance.actions.remedies import offer_remedy, plan_remedy, settle_remedy
from marketplace.assurance.models import Remedy
from marketplace.assurance.queries.delta import delta_of
from marketplace.assurance.queries.editions import shown_of
from marketplace.assurance.queries.remedies import remedies_of, remedies_of_product, remedy_in
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import own_product
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.text import quote

WRITE, ASSESS = Permission.CATALOGUE_WRITE, Permission.ASSURANCE_ASSESS


class WhichFramework(Asking):
    framework: str = "dtac"


class ClassingIn(In):
    """How the version on show differs: correction, fix, same-model or new-model; and kinds that nothing else shows."""

    change: Line
    kinds: list[Line] = []
    words: Text


class ConfirmedIn(In):
    """The codes of criteria whose answers are true of the version on show, too."""

    framework: Line = "dtac"
    confirmed: list[Line]


class DeltaOut(Out):
    """What a case of the version on show would go on from. `reopened` is why each criterion is looked at again."""

    number: str
    change: str
    goes_on_from: str
    changes: list[str]
    carried: list[str]
    reopened: Mapping[str, str]
    unconfirmed: list[str]


class PlanIn(In):
    owner: UUID | None = None
    planned_on: date | None = None


class EvidenceIn(In):
    words: Text
    documents: list[UUID] = []


class ClosureIn(In):
    """Whether it is done; where it is not, what is missing."""

    decision: Literal["close", "return"]
    has_no_conflict: bool
    words: Text = ""


class RemedyOut(Out):
    id: UUID
    case: str
    code: str
    kind: str
    severity: str
    words: str
    owner: str
    due_on: date | None
    planned_on: date | None
    state: str
    opened_at: datetime
    closed_at: datetime | None


@get("/listings/{ref:str}/assurance/version", who=WRITE)
def show_version(ask: Asked, ref: str, query: WhichFramework) -> DeltaOut:
    """What the version on show opens again, against the case of an earlier one."""
    return _delta(ask, own_product(ask.db, ref, by=ask.by), _framework(ask, query.framework))


@post("/listings/{ref:str}/assurance/version", who=WRITE)
def send_confirmed(ask: Asked, ref: str, body: ConfirmedIn) -> DeltaOut:
    """Say which answers are true of the version on show, too."""
    product, framework = own_product(ask.db, ref, by=ask.by), _framework(ask, body.framework)
    confirm_answers(
        ask.db, product, _on_show(product), body.confirmed, framework=framework, frameworks=ask.services.frameworks,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return _delta(ask, product, framework)


@post("/listings/{ref:str}/assurance/classing", who=WRITE, status=201)
def send_classing(ask: Asked, ref: str, body: ClassingIn) -> DeltaOut:
    """Say how the version on show differs from the one before it; everybody reads why."""
    product = own_product(ask.db, ref, by=ask.by)
    class_change(
        ask.db, product, _on_show(product), body.change, kinds=body.kinds, words=body.words,
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _delta(ask, product, _framework(ask, "dtac"))


@get("/listings/{ref:str}/assurance/remediation", who=WRITE)
def show_plan(ask: Asked, ref: str) -> Listed[RemedyOut]:
    """What is still to be put right of a product, what is due first ahead."""
    product = own_product(ask.db, ref, by=ask.by)
    return all_of(_remedy(each) for each in remedies_of_product(ask.db, product.id))


@post("/listings/{ref:str}/assurance/remediation/{remedy:str}/plan", who=WRITE)
def send_plan(ask: Asked, ref: str, remedy: UUID, body: PlanIn) -> RemedyOut:
    """Say who puts it right, and by when."""
    product = own_product(ask.db, ref, by=ask.by)
    item = remedy_in(ask.db, product.id, remedy)
    plan_remedy(ask.db, item, owner_id=body.owner, planned_on=body.planned_on, by=ask.by, at=ask.at)
    return _remedy(remedy_in(ask.db, product.id, item.id))


@post("/listings/{ref:str}/assurance/remediation/{remedy:str}/evidence", who=WRITE)
def send_evidence(ask: Asked, ref: str, remedy: UUID, body: EvidenceIn) -> RemedyOut:
    """Show that it is put right, with documents of the product."""
    product = own_product(ask.db, ref, by=ask.by)
    item = remedy_in(ask.db, product.id, remedy)
    offer_remedy(ask.db, item, words=body.words, documents=body.documents, by=ask.by, at=ask.at)
    return _remedy(remedy_in(ask.db, product.id, item.id))


@get("/cases/{ref:str}/remediation", who=ASSESS)
def show_remedies(ask: Asked, ref: str) -> Listed[RemedyOut]:
    """What a case left open."""
    return all_of(_remedy(each) for each in remedies_of(ask.db, own_case(ask, ref).id))


@post("/cases/{ref:str}/remediation/{remedy:str}", who=ASSESS)
def send_closure(ask: Asked, ref: str, remedy: UUID, body: ClosureIn) -> RemedyOut:
    """Close an item, or say what is still missing."""
    case = own_case(ask, ref)
    item = remedy_in(ask.db, case.product_id, remedy)
    settle_remedy(
        ask.db, item, closes=body.decision == "close", words=body.words, has_no_conflict=body.has_no_conflict,
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _remedy(remedy_in(ask.db, case.product_id, item.id))


def _delta(ask: Asked, product: Product, framework: AssuranceFramework) -> DeltaOut:
    version, frameworks = _on_show(product), ask.services.frameworks
    delta = delta_of(ask.db, frameworks, framework, product, version, at=ask.at)
    shown = shown_of(ask.db, frameworks, [product.id])[product.id]
    return DeltaOut(
        number=version.number, change=next(each.change for each in shown if each.version.id == version.id),
        goes_on_from=delta.basis.ref if delta.basis else "", changes=[each.id for each in delta.changes],
        carried=sorted(delta.carried), reopened=delta.reopened, unconfirmed=list(delta.unconfirmed),
    )  # fmt: skip


def _remedy(item: Remedy) -> RemedyOut:
    return RemedyOut(
        id=item.id, case=item.case.ref, code=item.code, kind=item.kind, severity=item.severity, words=item.words,
        owner=item.owner.name if item.owner else "", due_on=item.due_on, planned_on=item.planned_on, state=item.state,
        opened_at=item.opened_at, closed_at=item.closed_at,
    )  # fmt: skip


def _on_show(product: Product) -> Version:
    if product.live_version is None:
        raise Conflict(f"{product.name} is not on show", "Publish it first.")
    return product.live_version


def _framework(ask: Asked, name: str) -> AssuranceFramework:
    found = ask.services.frameworks.assurance.get(name)
    if found is None:
        raise NotFound(f"there is no framework {quote(name)}", "GET /v1/frameworks lists them.")
    return found


CALLS = [
    show_version, send_confirmed, send_classing, show_plan, send_plan, send_evidence, show_remedies, send_closure,
]  # fmt: skip
