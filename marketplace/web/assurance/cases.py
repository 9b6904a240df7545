"""The assessors' queue, and the moves of a case that are more than judging a criterion."""

from typing import Any
from uuid import UUID

from marketplace.assurance.actions.assessing import assign, declare
from marketplace.assurance.actions.deciding import decide, propose, settle_disagreement
from marketplace.assurance.models import Case, Certificate
from marketplace.assurance.queries.cases import Listed, cases_for, find_case
from marketplace.assurance.states import CASE
from marketplace.faces.ask import Ask
from marketplace.faces.sealing import sealing
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.web.assurance.bench import show_case
from marketplace.web.assurance.renewing import confirming
from marketplace.web.assurance.showing import case_status, clock_in_words
from marketplace.web.edge import Goto, Page, page, post

ASSESS = Permission.ASSURANCE_ASSESS
ENDED = ("decided", "withdrawn")
OPEN = tuple(state for state in CASE.states if state not in ENDED)
SHOWS = {"open": OPEN, "ended": ENDED}


@page("/cases", who=ASSESS)
def list_cases(ask: Ask) -> Page:
    """What the body works on: how old, how many days are left, who has it and what it waits for."""
    shown = ask.query.one("show", "open")
    if shown not in SHOWS:
        raise Invalid(f"{quote(shown)} are no cases", "Look at the open ones, or at those that ended.")
    today = day_in_london(ask.at)
    found = cases_for(
        ask.db, ask.services.frameworks, by=ask.by, on=today, states=SHOWS[shown],
        after=ask.query.one("after") or None,
    )  # fmt: skip
    values = {
        "rows": [row_of(listed, ask) for listed in found.items],
        "shown": shown,
        "confirming": list(confirming(ask)) if shown == "open" else [],
        "total": found.total,
        "next_url": f"/cases?show={shown}&after={found.next}" if found.next else "",
    }
    return Page("assurance/cases.html", values)


@post("/cases/{ref:str}/assignment", who=ASSESS, again=show_case)
def take_case(ask: Ask, ref: str) -> Goto:
    """Take the free seat, or give it to a colleague."""
    case = find_case(ask.db, ref, by=ask.by)
    typed = ask.form.one("person")
    stage = assign(ask.db, case, _person(typed) if typed else ask.person_id, by=ask.by, at=ask.at)
    return Goto(f"/cases/{case.ref}", told=f"The {stage} assessor is named. They declare first; then the papers open.")


@post("/cases/{ref:str}/declaration", who=ASSESS, again=show_case)
def declare_interests(ask: Ask, ref: str) -> Goto:
    """Say whether one has a conflict of interest."""
    case = find_case(ask.db, ref, by=ask.by)
    said = ask.form.one("conflict")
    if said not in ("yes", "no"):
        told = "Say whether you have a conflict of interest."
        raise Invalid("nothing was declared", told, fields={"conflict": told})
    has_conflict = said == "yes"
    declare(ask.db, case, has_conflict=has_conflict, words=ask.form.one("words"), by=ask.by, at=ask.at)
    if has_conflict:
        return Goto("/cases", told=f"{case.ref} is free for a colleague. Thank you for saying so.")
    return Goto(f"/cases/{case.ref}", told="Declared. The papers are open to you.")


@post("/cases/{ref:str}/proposal", who=ASSESS, again=show_case)
def send_proposal(ask: Ask, ref: str) -> Goto:
    """Propose an outcome to a second assessor."""
    case, outcome, reasons = _opinion(ask, ref)
    propose(ask.db, case, outcome, reasons, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return Goto(f"/cases/{case.ref}", told="Proposed. A second assessor decides.")


@post("/cases/{ref:str}/decision", who=ASSESS, again=show_case)
def send_decision(ask: Ask, ref: str) -> Goto:
    """Decide as the second assessor: agree, or say otherwise."""
    case, outcome, reasons = _opinion(ask, ref)
    certificate = decide(
        ask.db, case, outcome, reasons, frameworks=ask.services.frameworks, seal=sealing(ask.services), by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return _decided(case, certificate)


@post("/cases/{ref:str}/settlement", who=ASSESS, again=show_case)
def send_settlement(ask: Ask, ref: str) -> Goto:
    """Settle as the third assessor what two could not agree on."""
    case, outcome, reasons = _opinion(ask, ref)
    certificate = settle_disagreement(
        ask.db, case, outcome, reasons, frameworks=ask.services.frameworks, seal=sealing(ask.services), by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return _decided(case, certificate)


def row_of(listed: Listed, ask: Ask) -> dict[str, Any]:
    """A case in the queue; what is mine to do is marked."""
    case, clock = listed.case, listed.clock
    people = (case.first_assessor, case.second_assessor, case.third_assessor)
    return {
        "url": f"/cases/{case.ref}", "ref": case.ref, "name": case.version.name, "number": case.version.number,
        "supplier": case.supplier.name, "status": case_status(case), "applied_at": case.applied_at,
        "age": (day_in_london(ask.at) - day_in_london(case.applied_at)).days,
        "clock": clock_in_words(clock) if case.ended_at is None else "Ended", "left": clock.left,
        "is_late": case.ended_at is None and clock.left < 0,
        "people": [person.name for person in people if person is not None],
        "is_mine": ask.by.person_id in [person.id for person in people if person is not None],
    }  # fmt: skip


def _opinion(ask: Ask, ref: str) -> tuple[Case, str, str]:
    return find_case(ask.db, ref, by=ask.by), ask.form.one("outcome"), ask.form.one("reasons")


def _decided(case: Case, certificate: Certificate | None) -> Goto:
    if certificate is not None:
        return Goto(f"/cases/{case.ref}", told=f"Decided. The certificate is {certificate.ref}.")
    if case.state == "disagreed":
        return Goto(f"/cases/{case.ref}", told="You disagree: a third assessor settles it.")
    return Goto(f"/cases/{case.ref}", told="Decided: not met. There is no certificate.")


def _person(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as wrong:
        told = "Choose a colleague of the list."
        raise Invalid(f"{quote(typed)} is nobody", told, fields={"person": told}) from wrong


ROUTES = [list_cases, take_case, declare_interests, send_proposal, send_decision, send_settlement]
