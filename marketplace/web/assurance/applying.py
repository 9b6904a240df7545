"""The supplier's side of a case: how far the answers are, applying, replying, and what came of it."""

from datetime import date
from typing import Any
from uuid import UUID

from marketplace.assurance.actions.applying import apply, hindrances, reply, withdraw_case
from marketplace.assurance.models import Case, Certificate, Clarification
from marketplace.assurance.queries.appeals import appealable
from marketplace.assurance.queries.bodies import accredited_bodies
from marketplace.assurance.queries.cases import (
    cases_of,
    clarification_in,
    clarifications_of,
    clocks_of,
    find_case,
    opinions_of,
)
from marketplace.assurance.queries.certificates import certificates_of, conformity_of, reuses_of
from marketplace.assurance.queries.given import findings_of
from marketplace.assurance.queries.people import find_body
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.states import CASE, OUTCOMES
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import latest_version
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Refusal
from marketplace.web.assurance.ageing import renewable
from marketplace.web.assurance.answering import WRITE, own, papers_now, standings_now
from marketplace.web.assurance.showing import (
    case_status,
    certificate_status,
    clock_in_words,
    conditions_of,
    conformity_status,
    parts_of,
)
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post


@page("/listings/{ref:str}/assurance", who=WRITE)
def show_assurance(ask: Ask, ref: str, refusal: Refusal | None = None, clarification: UUID | None = None) -> Page:
    """How far the answers are, what is missing and where, what waits for whom, and what came of it."""
    product, framework = own(ask, ref)
    version = product.live_version or latest_version(ask.db, product)
    today = day_in_london(ask.at)
    papers = papers_now(ask, product, version, framework)
    verdict = judge(framework, papers.given, on=today)
    cases = [case_row(ask, case, today) for case in cases_of(ask.db, product.id)]
    conformity = conformity_of(ask.db, ask.services.frameworks, product.id, on=today, framework_id=framework.id)
    missing = hindrances(verdict.criteria)
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "framework": framework,
        "number": version.number,
        "is_live": product.live_version is not None,
        "conformity": conformity_status(conformity),
        "cause": conformity.cause,
        "parts": parts_of(framework, verdict),
        "missing": [gap_of(product, framework, each.criterion, each.reason) for each in missing],
        "cases": cases,
        "open": next((each for each in cases if each["is_open"] and each["framework"] == framework.id), None),
        "assessed": assessed_of(ask, product, framework),
        "may_apply": framework.kind == "assessed",
        "has_earlier": any(not each["is_open"] for each in cases) and version.edition > 1,
        "certificates": [certificate_row(ask, each, today) for each in certificates_of(ask.db, product.id)],
        "bodies": [
            {"value": each.ref, "label": each.name} for each in accredited_bodies(ask.db, framework.id, on=today)
        ],
        "typed": {name: ask.form.one(name) for name in ("body", "scope", "reply", "reason")},
        "errors": {name: text for name, text in errors_of(refusal).items() if name not in framework.by_question},
        "refusal": refusal,
        "replied_to": str(clarification or ""),
    }
    return Page("assurance/listing.html", values)


@post("/listings/{ref:str}/assurance/application", who=WRITE, again=show_assurance)
def send_application(ask: Ask, ref: str) -> Goto:
    """Ask a body to assess the version on show, with the answers as they stand now."""
    product, framework = own(ask, ref)
    if product.live_version is None:
        raise Conflict(f"{product.name} is not on show", "Publish it first: a certificate is of a published version.")
    body = find_body(ask.db, ask.form.one("body"))
    case = apply(
        ask.db, product, product.live_version, framework=framework, body=body, scope=ask.form.one("scope"),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    told = f"{case.ref} is with {body.name}. What you answer from now on waits for their questions."
    return Goto(f"/listings/{product.ref}/assurance?framework={framework.id}", told=told)


@post("/listings/{ref:str}/assurance/clarifications/{clarification:uuid}", who=WRITE, again=show_assurance)
def send_reply(ask: Ask, ref: str, clarification: UUID) -> Goto:
    """Reply to a question of the assessors."""
    product, case = own_case(ask, ref, asked=clarification)
    asked = clarification_in(ask.db, case, clarification)
    reply(ask.db, case, asked, ask.form.one("reply"), by=ask.by, at=ask.at)
    told = "Replied. The assessors' clock runs again." if case.state == "in-assessment" else "Replied. More is open."
    return Goto(f"/listings/{product.ref}/assurance?framework={case.framework_id}", told=told)


@post("/listings/{ref:str}/assurance/withdrawal", who=WRITE, again=show_assurance)
def send_withdrawal(ask: Ask, ref: str) -> Goto:
    """Take the application back."""
    product, case = own_case(ask, ref)
    withdraw_case(ask.db, case, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}/assurance", told=f"{case.ref} is withdrawn. Every answer is kept.")


def assessed_of(ask: Ask, product: Product, here: AssuranceFramework) -> list[dict[str, Any]]:
    """The frameworks that are assessed here and apply to a product, as tabs."""
    base = f"/listings/{product.ref}/assurance?framework="
    return [
        {"label": each.framework.label, "url": f"{base}{each.framework.id}", "current": each.framework.id == here.id}
        for each in standings_now(ask, product)
        if each.applies and each.framework.kind == "assessed"
    ]


def own_case(ask: Ask, ref: str, *, asked: UUID | None = None) -> tuple[Product, Case]:
    """One's own product and its case that is under way: that of a question, or of the framework that is named.

    Raises Conflict where none is.
    """
    product, framework = own(ask, ref)
    question = ask.db.get(Clarification, asked) if asked else None
    running = [each for each in cases_of(ask.db, product.id) if each.ended_at is None]
    wanted = [each for each in running if question is not None and each.id == question.case_id]
    case = next(iter(wanted or [each for each in running if each.framework_id == framework.id]), None)
    if case is None:
        raise Conflict(f"{product.name} is not being assessed", "Apply first.")
    return product, find_case(ask.db, case.ref, by=ask.by)


def gap_of(product: Product, framework: AssuranceFramework, criterion: Criterion, reason: str) -> dict[str, str]:
    base = f"/listings/{product.ref}/assurance/answers?framework={framework.id}&section={criterion.section}"
    return {"code": criterion.code, "label": criterion.label, "reason": reason, "url": f"{base}#{criterion.code}"}


def case_row(ask: Ask, case: Case, today: date) -> dict[str, Any]:
    """A case as its supplier reads it: findings and reasons once it is decided, not before."""
    clock = clocks_of(ask.db, ask.services.frameworks, [case], on=today)[case.id]
    is_decided = case.state == "decided"
    found = findings_of(ask.db, [case.id])[case.id] if is_decided else []
    return {
        "framework": case.framework_id, "appeal": f"/listings/{case.product.ref}/assurance/appeal?case={case.ref}",
        "may_appeal": bool(appealable(ask.db, ask.services.frameworks, case, on=today)),
        "ref": case.ref, "status": case_status(case), "is_open": case.ended_at is None, "body": case.body.name,
        "number": case.version.number, "applied_at": case.applied_at, "ended_at": case.ended_at,
        "clock": clock_in_words(clock, to="supplier"), "asked": clarifications_of(ask.db, case),
        "may_withdraw": CASE.allows("withdraw", case.state),
        "reasons": [each.reasons for each in opinions_of(ask.db, case)] if is_decided else [],
        "findings": [
            {"code": each.code, "judgement": OUTCOMES[each.judgement], "text": each.condition or each.note}
            for each in {one.code: one for one in found}.values() if each.judgement != "met"
        ],
    }  # fmt: skip


def certificate_row(ask: Ask, certificate: Certificate, today: date) -> dict[str, Any]:
    relied = reuses_of(ask.db, certificate.id)
    return {
        "ref": certificate.ref, "status": certificate_status(certificate.state), "number": certificate.version.number,
        "issued_on": certificate.issued_on, "conditions": conditions_of(certificate.conditions),
        "renewable": renewable(ask, certificate, today), "is_in_force": certificate.state == "in-force",
        "accepted": sum(each.accepted for each in relied),
        "refused": [{"by": each.organisation.name, "reason": each.reason} for each in relied if not each.accepted],
    }  # fmt: skip


ROUTES = [show_assurance, send_application, send_reply, send_withdrawal]
