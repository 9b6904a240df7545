"""Looking again at what was certified: the visits of a certificate, and what the assessor who holds one does."""

from typing import Any
from uuid import UUID

from marketplace.assurance.actions.surveillance import appoint_visit, begin_visit, end_visit, find_at_visit
from marketplace.assurance.models import Certificate, Visit, VisitFinding
from marketplace.assurance.queries.bodies import able_people
from marketplace.assurance.queries.certificates import framework_of
from marketplace.assurance.queries.declared import surveillance
from marketplace.assurance.queries.surveillance import certified_by, found_at, visit_to_hold, visits_of
from marketplace.assurance.rules.surveillance import came_to
from marketplace.assurance.states import OUTCOMES, SEVERITIES, VISIT_OUTCOMES, VISIT_WORDS
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.text import quote
from marketplace.web.assurance.bench import own_case
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.declaring import day_typed, read_day
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post

ASSESS = Permission.ASSURANCE_ASSESS
MARKS = {"due": "submitted", "planned": "submitted", "open": "conditions"}
OUTCOME_MARKS = {
    "continues": "met", "with-conditions": "conditions", "in-remediation": "not-met", "suspended": "withdrawn",
}  # fmt: skip
TYPED = ("way", "person", "declared", "code", "judgement", "note", "severity", "condition", "reasons")


@page("/cases/{ref:str}/surveillance", who=ASSESS)
def show_surveillance(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """When the certificate of a case is looked at again, by whom, and what each visit found."""
    case = own_case(ask, ref)
    certificate = certified_by(ask.db, case.id)
    visits = visits_of(ask.db, certificate.id)
    ahead = next((each for each in visits if each.ended_at is None), None)
    declared, framework = surveillance(ask.services.frameworks), framework_of(ask.services.frameworks, certificate)
    values = {
        "case": {"ref": case.ref, "name": case.version.name, "number": case.version.number,
                 "supplier": case.supplier.name},
        "certificate": {"ref": certificate.ref, "framework": framework.label},
        "months": declared.months_of(framework.id),
        "because": next((each.because for each in declared.sooner if each.framework == framework.id), ""),
        "visits": visit_rows(ask, certificate, visits),
        "ahead": _ahead(ask, ahead) if ahead else None,
        "ways": [{"value": each.id, "label": each.label, "hint": each.meaning} for each in declared.ways],
        "people": _people(ask, certificate),
        "criteria": [{"value": each.code, "label": f"{each.code} {each.label}"} for each in framework.criteria],
        "judgements": [{"value": key, "label": label} for key, label in OUTCOMES.items()],
        "severities": [{"value": key, "label": label} for key, label in SEVERITIES.items()],
        "typed": {**{name: ask.form.one(name) for name in TYPED}, "planned_on": day_typed(ask.form, "planned-on"),
                  "due_on": day_typed(ask.form, "due-on")},
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/surveillance.html", values)


@post("/cases/{ref:str}/surveillance/appointment", who=ASSESS, again=show_surveillance)
def send_appointment(ask: Ask, ref: str) -> Goto:
    """Say when the visit is held, how and by whom."""
    case = own_case(ask, ref)
    planned_on, wrong = read_day(ask.form, "planned-on")
    if wrong:
        raise Invalid("the day does not hold", "Mend what is marked.", fields=wrong)
    appoint_visit(
        ask.db, visit_to_hold(ask.db, case.id), planned_on=planned_on, way=ask.form.one("way"),
        person_id=_person(ask), frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/cases/{case.ref}/surveillance", told=f"Appointed. {case.supplier.name} is told.")


@post("/cases/{ref:str}/surveillance/opening", who=ASSESS, again=show_surveillance)
def send_opening(ask: Ask, ref: str) -> Goto:
    """Begin the visit, without a conflict of interest."""
    case = own_case(ask, ref)
    declared = ask.form.one("declared") == "yes"
    begin_visit(ask.db, visit_to_hold(ask.db, case.id), has_no_conflict=declared, by=ask.by, at=ask.at)
    return Goto(f"/cases/{case.ref}/surveillance", told="Begun. Keep what you find, criterion by criterion.")


@post("/cases/{ref:str}/surveillance/findings", who=ASSESS, again=show_surveillance, makes=True)
def send_visit_finding(ask: Ask, ref: str) -> Goto:
    """Keep what is found of a criterion."""
    case = own_case(ask, ref)
    due_on, wrong = read_day(ask.form, "due-on")
    if wrong:
        raise Invalid("the day does not hold", "Mend what is marked.", fields=wrong)
    finding = find_at_visit(
        ask.db, visit_to_hold(ask.db, case.id), ask.form.one("code"), ask.form.one("judgement"),
        note=ask.form.one("note"), condition=ask.form.one("condition"), severity=ask.form.one("severity"),
        due_on=due_on, frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/cases/{case.ref}/surveillance", told=f"{finding.code} is kept.")


@post("/cases/{ref:str}/surveillance/outcome", who=ASSESS, again=show_surveillance)
def send_visit_outcome(ask: Ask, ref: str) -> Goto:
    """End the visit; what it comes to follows from what was found."""
    case = own_case(ask, ref)
    outcome = end_visit(
        ask.db, visit_to_hold(ask.db, case.id), reasons=ask.form.one("reasons"), frameworks=ask.services.frameworks,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/cases/{case.ref}/surveillance", told=f"Ended. {VISIT_OUTCOMES[outcome]}.")


def visit_rows(ask: Ask, certificate: Certificate, visits: list[Visit]) -> list[dict[str, Any]]:
    """Each visit that has ended, with what it found, as everybody may read it; the newest first."""
    ended = [each for each in visits if each.state == "ended"]
    found = found_at(ask.db, [each.id for each in ended]) if ended else {}
    labels = {each.code: each.label for each in framework_of(ask.services.frameworks, certificate).criteria}
    ways = {each.id: each.label for each in surveillance(ask.services.frameworks).ways}
    return [
        {
            "ended_at": each.ended_at, "way": ways.get(each.way, ""), "by": each.assessor.name if each.assessor else "",
            "status": Status(VISIT_OUTCOMES[each.outcome], OUTCOME_MARKS[each.outcome]), "reasons": each.reasons,
            "findings": findings_shown(found[each.id], labels),
        }
        for each in ended
    ]  # fmt: skip


def findings_shown(found: dict[str, VisitFinding], labels: dict[str, str]) -> list[dict[str, Any]]:
    """What was found of each criterion, by code."""
    return [
        {"code": code, "label": labels.get(code, ""), "judgement": OUTCOMES[each.judgement], "note": each.note,
         "severity": SEVERITIES.get(each.severity, ""), "condition": each.condition, "due_on": each.due_on}
        for code, each in sorted(found.items())
    ]  # fmt: skip


def _ahead(ask: Ask, visit: Visit) -> dict[str, Any]:
    """The visit that is still to end, and what the reader can do about it."""
    found = found_at(ask.db, [visit.id])[visit.id]
    labels = {each.code: each.label for each in framework_of(ask.services.frameworks, visit.certificate).criteria}
    judged = [(each.judgement, each.severity) for each in found.values()]
    return {
        "state": visit.state, "status": Status(VISIT_WORDS[visit.state], MARKS[visit.state]), "due_on": visit.due_on,
        "is_late": visit.due_on < day_in_london(ask.at), "planned_on": visit.planned_on, "way": visit.way,
        "assessor": visit.assessor.name if visit.assessor else "", "person": str(visit.assessor_id or ask.person_id),
        "is_mine": visit.assessor_id == ask.by.person_id, "findings": findings_shown(found, labels),
        "comes_to": VISIT_OUTCOMES[came_to(judged)] if judged else "",
    }  # fmt: skip


def _people(ask: Ask, certificate: Certificate) -> list[dict[str, str]]:
    """Who of the body could hold a visit, whoever has the least to do first."""
    able = able_people(
        ask.db, certificate.body_id, certificate.framework_id, certificate.supplier_id, on=day_in_london(ask.at)
    )
    return [{"value": str(each.person.id), "label": each.person.name} for each in able if not each.hindrance]


def _person(ask: Ask) -> UUID:
    typed = ask.form.one("person")
    if not typed:
        return ask.person_id
    try:
        return UUID(typed)
    except ValueError as wrong:
        told = "Choose a colleague of the list."
        raise Invalid(f"{quote(typed)} is nobody", told, fields={"person": told}) from wrong


ROUTES = [show_surveillance, send_appointment, send_opening, send_visit_finding, send_visit_outcome]
