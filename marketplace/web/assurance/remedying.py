"""What is still to be put right: the supplier's plan of a product, and what an assessor closes in a case."""

from typing import Any
from uuid import UUID

from marketplace.assurance.actions.remedies import offer_remedy, plan_remedy, settle_remedy
from marketplace.assurance.models import Remedy, RemedyStep
from marketplace.assurance.queries.people import members_who
from marketplace.assurance.queries.remedies import remedies_of, remedies_of_product, remedy_in, steps_of
from marketplace.assurance.states import REMEDY_WORDS, SEVERITIES
from marketplace.catalogue.queries.products import attachments_of, own_product
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.text import quote
from marketplace.web.assurance.answering import WRITE
from marketplace.web.assurance.bench import own_case
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.declaring import day_typed, read_day
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post

ASSESS = Permission.ASSURANCE_ASSESS
MARKS = {"open": "conditions", "offered": "submitted", "closed": "met"}
MOVES = {
    "plan": "Planned", "offer": "Said to be done", "return": "Not done yet", "close": "Closed", "overdue": "Late",
    "reopen": "Found at a visit",
}  # fmt: skip


@page("/listings/{ref:str}/assurance/remediation", who=WRITE)
def show_plan(ask: Ask, ref: str, refusal: Refusal | None = None, remedy: UUID | None = None) -> Page:
    """Each condition and each thing that was not met: who puts it right, by when, and what shows it."""
    product, today = own_product(ask.db, ref, by=ask.by), day_in_london(ask.at)
    rows = remedies_of_product(ask.db, product.id)
    assert product.organisation_id is not None
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "items": _rows(ask, rows, today),
        "here": str(remedy or ""),
        "people": [
            {"value": str(each.id), "label": each.name}
            for each in members_who(ask.db, product.organisation_id, Permission.CATALOGUE_WRITE, on=today)
        ],
        "documents": [{"value": str(each.id), "label": each.name} for each in attachments_of(ask.db, product.id)],
        "typed": {"owner": ask.form.one("owner"), "words": ask.form.one("words"),
                  "planned_on": day_typed(ask.form, "planned-on")},
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/remediation.html", values)


@post("/listings/{ref:str}/assurance/remediation/{remedy:uuid}/plan", who=WRITE, again=show_plan)
def send_plan(ask: Ask, ref: str, remedy: UUID) -> Goto:
    """Say who puts it right, and by when."""
    product = own_product(ask.db, ref, by=ask.by)
    item, owner = remedy_in(ask.db, product.id, remedy), ask.form.one("owner")
    planned_on, wrong = read_day(ask.form, "planned-on")
    if wrong:
        raise Invalid("the day does not hold", "Mend what is marked.", fields=wrong)
    plan_remedy(ask.db, item, owner_id=_person(owner), planned_on=planned_on, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}/assurance/remediation", told=f"{item.code} is planned.")


@post("/listings/{ref:str}/assurance/remediation/{remedy:uuid}/evidence", who=WRITE, again=show_plan)
def send_evidence(ask: Ask, ref: str, remedy: UUID) -> Goto:
    """Show that it is put right."""
    product = own_product(ask.db, ref, by=ask.by)
    item = remedy_in(ask.db, product.id, remedy)
    chosen = [found for each in ask.form.all("documents") if (found := _person(each)) is not None]
    offer_remedy(ask.db, item, words=ask.form.one("words"), documents=chosen, by=ask.by, at=ask.at)
    told = f"{item.code} waits for an assessor of {item.case.body.name}."
    return Goto(f"/listings/{product.ref}/assurance/remediation", told=told)


@page("/cases/{ref:str}/remediation", who=ASSESS)
def show_remedies(ask: Ask, ref: str, refusal: Refusal | None = None, remedy: UUID | None = None) -> Page:
    """What a case left open, with what the supplier shows of it."""
    case = own_case(ask, ref)
    values = {
        "case": {"ref": case.ref, "name": case.version.name, "number": case.version.number,
                 "supplier": case.supplier.name},
        "items": _rows(ask, remedies_of(ask.db, case.id), day_in_london(ask.at)),
        "here": str(remedy or ""),
        "typed": {name: ask.form.one(name) for name in ("words", "declared", "decision")},
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/remedies.html", values)


@post("/cases/{ref:str}/remediation/{remedy:uuid}", who=ASSESS, again=show_remedies)
def send_closure(ask: Ask, ref: str, remedy: UUID) -> Goto:
    """Close an item, or say what is still missing."""
    case = own_case(ask, ref)
    item, decision = remedy_in(ask.db, case.product_id, remedy), ask.form.one("decision")
    if decision not in ("close", "return"):
        told = "Say whether it is done."
        raise Invalid("nothing was decided", told, fields={"decision": told})
    settle_remedy(
        ask.db, item, closes=decision == "close", words=ask.form.one("words"),
        has_no_conflict=ask.form.one("declared") == "yes", frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    word = "is closed" if decision == "close" else "goes back to the supplier"
    return Goto(f"/cases/{case.ref}/remediation", told=f"{item.code} {word}.")


def _rows(ask: Ask, items: list[Remedy], today: Any) -> list[dict[str, Any]]:
    steps = steps_of(ask.db, [each.id for each in items])
    return [_row(each, steps[each.id], today) for each in items]


def _row(item: Remedy, steps: list[RemedyStep], today: Any) -> dict[str, Any]:
    return {
        "id": str(item.id), "code": item.code, "words": item.words, "state": item.state,
        "status": Status(REMEDY_WORDS[item.state], MARKS[item.state]), "severity": SEVERITIES.get(item.severity, ""),
        "kind": "Condition" if item.kind == "condition" else "Not met", "due_on": item.due_on,
        "is_late": item.due_on is not None and item.due_on < today and item.state != "closed",
        "planned_on": item.planned_on, "owner": item.owner.name if item.owner else "",
        "owner_id": str(item.owner_id or ""), "case": item.case.ref, "body": item.case.body.name,
        "steps": [
            {"at": each.at, "title": MOVES[each.move], "by": each.by.name if each.by else "Touchstone",
             "words": each.words, "documents": [paper["name"] for paper in each.documents]} for each in steps
        ],
    }  # fmt: skip


def _person(typed: str) -> UUID | None:
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError as wrong:
        raise Invalid(f"{quote(typed)} is not one of the list", "Choose one of the list.") from wrong


ROUTES = [show_plan, send_plan, send_evidence, show_remedies, send_closure]
