"""Appeals: filed by the supplier, heard by somebody new, and what came of them for everybody to read."""

from typing import Any
from uuid import UUID

from marketplace.assurance.actions.appealing import (
    assign_appeal,
    file_appeal,
    open_hearing,
    settle_appeal,
    withdraw_appeal,
)
from marketplace.assurance.models import Appeal, Case
from marketplace.assurance.policies import has_opened, may_hear, may_reply
from marketplace.assurance.queries.appeals import appealable, find_appeal, published_appeals
from marketplace.assurance.queries.bodies import able_people, accredited_bodies
from marketplace.assurance.queries.cases import cases_of, find_case, framework_of, opinions_of
from marketplace.assurance.queries.declared import service
from marketplace.assurance.queries.given import findings_of, papers_of_case
from marketplace.assurance.queries.people import find_body
from marketplace.assurance.states import AGAINST, APPEAL, APPEAL_WORDS, OUTCOMES
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, Refusal
from marketplace.kit.text import quote
from marketplace.web.assurance.answering import WRITE
from marketplace.web.assurance.papers import linked_papers
from marketplace.web.assurance.showing import Status, shown_answer
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post

ASSESS = Permission.ASSURANCE_ASSESS
MARKS = {"upheld": "met", "dismissed": "not-met", "withdrawn": "withdrawn"}


@page("/assurance/appeals", who=PUBLIC)
def list_appeals(ask: Ask) -> Page:
    """What came of appeals: the grounds, who heard it, and why it was upheld or dismissed."""
    values = {
        "appeals": [row_of(each) for each in published_appeals(ask.db)],
        "service": service(ask.services.frameworks),
    }
    return Page("assurance/appeals.html", values, shared=True)


@page("/listings/{ref:str}/assurance/appeal", who=WRITE)
def show_filing(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What can be appealed against, until when, and who could hear it."""
    product, today = own_product(ask.db, ref, by=ask.by), day_in_london(ask.at)
    case = case_of(ask, product)
    framework = framework_of(ask.services.frameworks, case)
    possible = appealable(ask.db, ask.services.frameworks, case, on=today)
    if not possible or case.product_id != product.id:
        raise Conflict(f"nothing of {case.ref} can be appealed against now", "The page of the appeals says why.")
    latest = {each.code: each for each in findings_of(ask.db, [case.id])[case.id]}
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "case": {"ref": case.ref, "body": case.body.name},
        "against": [
            {"value": name, "label": f"Against {AGAINST[name]}", "until": until} for name, until in possible.items()
        ],
        "codes": [
            {"value": code, "label": f"{code} {framework.by_code[code].label}: {OUTCOMES[each.judgement].lower()}"}
            for code, each in sorted(latest.items()) if each.judgement != "met"
        ],
        "bodies": [
            {"value": each.ref, "label": each.name + (", which decided" if each.id == case.body_id else "")}
            for each in accredited_bodies(ask.db, case.framework_id, on=today)
        ],
        "typed": {
            **{name: ask.form.one(name) for name in ("grounds", "body")}, "codes": ask.form.all("codes"),
            "against": ask.form.one("against") or next(iter(possible)),
        },
        "errors": errors_of(refusal),
        "service": service(ask.services.frameworks),
    }  # fmt: skip
    return Page("assurance/appeal_new.html", values)


@post("/listings/{ref:str}/assurance/appeal", who=WRITE, again=show_filing)
def send_appeal(ask: Ask, ref: str) -> Goto:
    """File an appeal."""
    product = own_product(ask.db, ref, by=ask.by)
    appeal = file_appeal(
        ask.db, case_of(ask, product), against=ask.form.one("against"), grounds=ask.form.one("grounds"),
        codes=ask.form.all("codes"), body=find_body(ask.db, ask.form.one("body")),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    told = f"Filed. {appeal.body.name} hears it by {appeal.due_on.day} {appeal.due_on:%B %Y}."
    return Goto(f"/appeals/{appeal.ref}", told=told)


@page("/appeals/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_appeal(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """An appeal as the supplier and the hearing body see it; with the papers open, what is contested."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    hears, today = may_hear(ask.by, appeal), day_in_london(ask.at)
    is_mine = hears and appeal.assessor_id == ask.by.person_id
    is_open = hears and is_mine and appeal.declared_at is not None
    values = {
        "appeal": row_of(appeal),
        "hears": hears,
        "may_assign": hears and APPEAL.allows("assign", appeal.state),
        "people": _people(ask, appeal, today) if hears and appeal.state == "filed" else [],
        "must_declare": is_mine and appeal.state == "assigned",
        "may_settle": is_mine and appeal.state == "open",
        "may_withdraw": may_reply(ask.by, appeal.case) and APPEAL.allows("withdraw", appeal.state),
        "contested": contested_of(ask, appeal) if is_open or appeal.ended_at else [],
        "opinions": _opinions(ask, appeal) if is_open or may_reply(ask.by, appeal.case) else [],
        "typed": {name: ask.form.one(name) for name in ("person", "conflict", "words", "outcome", "reasons", "reason")},
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/appeal.html", values)


@post("/appeals/{ref:str}/assignment", who=ASSESS, again=show_appeal)
def send_assignment(ask: Ask, ref: str) -> Goto:
    """Name who hears it: oneself, or a colleague."""
    appeal, typed = find_appeal(ask.db, ref, by=ask.by), ask.form.one("person")
    try:
        person_id = UUID(typed) if typed else ask.person_id
    except ValueError as wrong:
        told = "Choose one of the list."
        raise Invalid(f"{quote(typed)} is nobody", told, fields={"person": told}) from wrong
    assign_appeal(ask.db, appeal, person_id, by=ask.by, at=ask.at)
    return Goto(f"/appeals/{appeal.ref}", told="Named. They declare first; then the papers open.")


@post("/appeals/{ref:str}/declaration", who=ASSESS, again=show_appeal)
def send_declaration(ask: Ask, ref: str) -> Goto:
    """Say whether one has a conflict of interest."""
    appeal, said = find_appeal(ask.db, ref, by=ask.by), ask.form.one("conflict")
    if said not in ("yes", "no"):
        told = "Say whether you have a conflict of interest."
        raise Invalid("nothing was declared", told, fields={"conflict": told})
    open_hearing(ask.db, appeal, has_conflict=said == "yes", words=ask.form.one("words"), by=ask.by, at=ask.at)
    told = "Somebody else is needed." if said == "yes" else "Declared. The papers are open to you."
    return Goto(f"/appeals/{appeal.ref}", told=told)


@post("/appeals/{ref:str}/outcome", who=ASSESS, again=show_appeal)
def send_outcome(ask: Ask, ref: str) -> Goto:
    """Uphold it or dismiss it."""
    appeal, outcome = find_appeal(ask.db, ref, by=ask.by), ask.form.one("outcome")
    if outcome not in ("uphold", "dismiss"):
        told = "Uphold it, or dismiss it."
        raise Invalid("nothing was decided", told, fields={"outcome": told})
    case = settle_appeal(
        ask.db, appeal, upholds=outcome == "uphold", reasons=ask.form.one("reasons"),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    if case is not None:
        return Goto(f"/cases/{case.ref}", told="Upheld. What was contested is assessed anew here.")
    return Goto(f"/appeals/{appeal.ref}", told="Settled. Both sides are told, and everybody may read it.")


@post("/appeals/{ref:str}/withdrawal", who=WRITE, again=show_appeal)
def send_appeal_back(ask: Ask, ref: str) -> Goto:
    """Take an appeal back."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    withdraw_appeal(ask.db, appeal, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/appeals/{appeal.ref}", told="The appeal is taken back.")


def case_of(ask: Ask, product: Product) -> Case:
    """The case that the address or the form names, or the last of the product. Raises Conflict where it has none."""
    named = ask.form.one("case") or ask.query.one("case")
    if named:
        return find_case(ask.db, named, by=ask.by)
    known = cases_of(ask.db, product.id)
    if not known:
        raise Conflict(f"{product.name} was never assessed", "There is nothing to appeal against.")
    return known[0]


def row_of(appeal: Appeal) -> dict[str, Any]:
    """An appeal in plain values."""
    case = appeal.case
    return {
        "ref": appeal.ref, "name": case.version.name, "number": case.version.number, "product_ref": case.product.ref,
        "supplier": appeal.supplier.name, "decided_by": case.body.name, "heard_by": appeal.body.name,
        "against": AGAINST[appeal.against], "grounds": appeal.grounds, "codes": appeal.codes, "case": case.ref,
        "status": Status(APPEAL_WORDS[appeal.state], MARKS.get(appeal.state, "submitted")),
        "filed_at": appeal.filed_at, "due_on": appeal.due_on, "ended_at": appeal.ended_at, "reasons": appeal.reasons,
        "assessor": appeal.assessor.name if appeal.assessor else "",
    }  # fmt: skip


def contested_of(ask: Ask, appeal: Appeal) -> list[dict[str, Any]]:
    """Each contested criterion with its answer, its documents and what was found."""
    case = appeal.case
    framework = framework_of(ask.services.frameworks, case)
    papers = papers_of_case(ask.db, case, framework, answers_at=case.answers_at)
    base = f"/appeals/{appeal.ref}/documents/" if has_opened(ask.by, appeal) else ""
    documents = linked_papers(ask, case.supplier_id, papers.answers.values(), base)
    found = {each.code: each for each in findings_of(ask.db, [case.id], at=appeal.filed_at)[case.id]}
    rows = []
    for code in appeal.codes:
        criterion, finding = framework.by_code[code], found.get(code)
        rows.append({
            "code": code, "label": criterion.label, "ask": criterion.question.ask,
            "answer": shown_answer(framework, papers.given, criterion.question_id),
            "documents": documents.get(criterion.question_id, []),
            "finding": OUTCOMES[finding.judgement] if finding else "", "note": finding.note if finding else "",
            "condition": finding.condition if finding else "",
        })  # fmt: skip
    return rows


def _opinions(ask: Ask, appeal: Appeal) -> list[dict[str, str]]:
    return [{"label": OUTCOMES[each.outcome], "text": each.reasons} for each in opinions_of(ask.db, appeal.case)]


def _people(ask: Ask, appeal: Appeal, today: Any) -> list[dict[str, str]]:
    """Who of the hearing body could take it: nobody who had a part in the case."""
    case = appeal.case
    seats = {case.first_assessor_id, case.second_assessor_id, case.third_assessor_id, ask.by.person_id}
    able = able_people(ask.db, appeal.body_id, case.framework_id, case.supplier_id, on=today)
    return [
        {"value": str(each.person.id), "label": f"{each.person.name} ({each.open_cases} open)"}
        for each in able if not each.hindrance and each.person.id not in seats
    ]  # fmt: skip


ROUTES = [
    list_appeals, show_filing, send_appeal, show_appeal, send_assignment, send_declaration, send_outcome,
    send_appeal_back,
]  # fmt: skip
