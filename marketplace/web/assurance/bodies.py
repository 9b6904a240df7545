"""Assessor bodies for everybody to read: accredited for what until when, recognised by whom; and who keeps them so."""

from datetime import date
from typing import Any
from uuid import UUID

from marketplace.assurance.actions.bodies import (
    accredit,
    allow_keeping_people,
    allow_recognising,
    declare_recognition,
    end_accreditation,
    end_competence,
    end_recognition,
    keep_competence,
)
from marketplace.assurance.models import Accreditation, Recognition
from marketplace.assurance.policies import may_accredit, may_keep_people, may_recognise
from marketplace.assurance.queries.bodies import (
    accreditation_in,
    accreditations,
    body_of,
    competences,
    recognition_in,
    recognitions,
)
from marketplace.assurance.queries.people import bodies, find_body, members_who
from marketplace.assurance.rules.trust import lasts, spell_in_words
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.kit.text import quote
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.declaring import day_typed, read_day
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post

HERE = "/assurance/bodies/"


@page("/assurance/bodies", who=PUBLIC)
def list_bodies(ask: Ask) -> Page:
    """Which body may assess what until when, and whose decisions it takes as its own."""
    today, held, agreed = day_in_london(ask.at), accreditations(ask.db), recognitions(ask.db)
    values = {
        "bodies": [
            {"ref": body.ref, "name": body.name, "about": body.about, "is_demonstration": body.is_demonstration,
             "accredited": [_accredited(ask, each, today) for each in held if each.body_id == body.id],
             "recognises": [_recognised(ask, each, today) for each in agreed if each.body_id == body.id]}
            for body in bodies(ask.db)
        ],
    }  # fmt: skip
    return Page("assurance/bodies.html", values, shared=True)


@page("/assurance/bodies/{ref:str}", who=PUBLIC)
def show_body(ask: Ask, ref: str, refusal: Refusal | None = None, key: UUID | None = None) -> Page:
    """One body; with the forms of whoever accredits it, speaks for it or keeps its people."""
    body, today = body_of(ask.db, ref), day_in_london(ask.at)
    is_own = ask.actor is not None and may_keep_people(ask.actor, body)
    values = {
        "body": {"ref": body.ref, "name": body.name, "about": body.about},
        "accredited": [_accredited(ask, each, today) for each in accreditations(ask.db, body.id)],
        "recognises": [_recognised(ask, each, today) for each in recognitions(ask.db) if each.body_id == body.id],
        "recognised": [_recognised(ask, each, today) for each in recognitions(ask.db) if each.of_body_id == body.id],
        "competent": [
            {"id": str(each.id), "name": each.person.name, "framework": _label(ask, each.framework_id),
             "grounds": each.grounds, "until": each.until} for each in competences(ask.db, body.id)
        ] if is_own else [],
        "may_accredit": ask.actor is not None and may_accredit(ask.actor),
        "may_recognise": ask.actor is not None and may_recognise(ask.actor, body),
        "may_keep": is_own,
        "frameworks": [
            {"value": each.id, "label": each.label} for each in ask.services.frameworks.assurance.values()
            if each.kind == "assessed"
        ],
        "others": [{"value": each.ref, "label": each.name} for each in bodies(ask.db) if each.id != body.id],
        "people": _people(ask, body, today) if is_own else [],
        "typed": {
            **{name: ask.form.one(name) for name in ("framework", "number", "words", "of-body", "person", "grounds")},
            **{name: day_typed(ask.form, name) for name in ("since", "until")},
        },
        "form": ask.form.one("form"),
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/body.html", values)


@post("/assurance/bodies/{ref:str}/accreditations", who=Permission.OPERATE, again=show_body)
def send_accreditation(ask: Ask, ref: str) -> Goto:
    """Accredit a body for a framework."""
    body, framework = body_of(ask.db, ref), _framework(ask)
    since, until = _spell(ask)
    accredit(
        ask.db, body, framework, since=since, until=until, number=ask.form.one("number"), words=ask.form.one("words"),
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"{HERE}{body.ref}", told=f"{body.name} may assess under {framework.label}.")


@post("/assurance/bodies/{ref:str}/accreditations/{key:uuid}/end", who=Permission.OPERATE, again=show_body)
def send_accreditation_end(ask: Ask, ref: str, key: UUID) -> Goto:
    """Take an accreditation away."""
    body = body_of(ask.db, ref)
    end_accreditation(
        ask.db, accreditation_in(ask.db, body, key), reason=ask.form.one("reason"), by=ask.by, at=ask.at
    )  # fmt: skip
    return Goto(f"{HERE}{body.ref}", told="The accreditation has ended. Certificates given before stand.")


@post("/assurance/bodies/{ref:str}/recognitions", who=ANYBODY_SIGNED_IN, again=show_body, makes=True)
def send_recognition(ask: Ask, ref: str) -> Goto:
    """Declare whose decisions a body takes as its own."""
    body = body_of(ask.db, ref)
    allow_recognising(ask.by, body)
    framework, (since, until) = _framework(ask), _spell(ask)
    declare_recognition(
        ask.db, body, find_body(ask.db, ask.form.one("of-body")), framework, since=since, until=until,
        words=ask.form.one("words"), by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"{HERE}{body.ref}", told="The agreement is declared. Everybody reads it.")


@post("/assurance/bodies/{ref:str}/recognitions/{key:uuid}/end", who=ANYBODY_SIGNED_IN, again=show_body)
def send_recognition_end(ask: Ask, ref: str, key: UUID) -> Goto:
    """End an agreement."""
    body = body_of(ask.db, ref)
    allow_recognising(ask.by, body)
    end_recognition(ask.db, recognition_in(ask.db, body, key), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"{HERE}{body.ref}", told="The agreement has ended.")


@post("/assurance/bodies/{ref:str}/competences", who=Permission.MEMBER_MANAGE, again=show_body, makes=True)
def send_competence(ask: Ask, ref: str) -> Goto:
    """Keep who is competent for what."""
    body = body_of(ask.db, ref)
    allow_keeping_people(ask.by, body)
    framework = _framework(ask)
    until, wrong = read_day(ask.form, "until")
    if wrong:
        raise Invalid("the day does not hold", "Mend what is marked.", fields=wrong)
    keep_competence(
        ask.db, body, _id(ask.form.one("person")), framework, grounds=ask.form.one("grounds"), until=until, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return Goto(f"{HERE}{body.ref}", told=f"Kept. Cases under {framework.label} go to whom the body keeps.")


@post("/assurance/bodies/{ref:str}/competences/{key:uuid}/end", who=Permission.MEMBER_MANAGE, again=show_body)
def send_competence_end(ask: Ask, ref: str, key: UUID) -> Goto:
    """Strike somebody off."""
    body = body_of(ask.db, ref)
    found = next((each for each in competences(ask.db, body.id) if each.id == key), None)
    if found is None:
        raise NotFound("the body keeps no such competence", "Its page lists them.")
    end_competence(ask.db, body, found, by=ask.by, at=ask.at)
    return Goto(f"{HERE}{body.ref}", told="Struck off. Cases that they have stay theirs.")


def _accredited(ask: Ask, one: Accreditation, today: date) -> dict[str, Any]:
    holds = lasts(one.since, one.until, one.ended_on, on=today)
    return {
        "id": str(one.id), "framework": _label(ask, one.framework_id), "framework_id": one.framework_id,
        "status": Status("Accredited" if holds else "Not accredited", "met" if holds else "expired"), "holds": holds,
        "spell": spell_in_words(one.since, one.until, one.ended_on, on=today), "number": one.number,
        "words": one.words, "reason": one.ended_reason, "may_end": one.ended_on is None,
    }  # fmt: skip


def _recognised(ask: Ask, one: Recognition, today: date) -> dict[str, Any]:
    return {
        "id": str(one.id), "by": one.body.name, "of": one.of_body.name, "framework": _label(ask, one.framework_id),
        "holds": lasts(one.since, one.until, one.ended_on, on=today), "may_end": one.ended_on is None,
        "spell": spell_in_words(one.since, one.until, one.ended_on, on=today), "words": one.words,
    }  # fmt: skip


def _people(ask: Ask, body: Organisation, today: date) -> list[dict[str, str]]:
    people = members_who(ask.db, body.id, Permission.ASSURANCE_ASSESS, on=today)
    return [{"value": str(each.id), "label": each.name} for each in people]


def _label(ask: Ask, framework_id: str) -> str:
    framework = ask.services.frameworks.assurance.get(framework_id)
    return framework.label if framework else framework_id


def _framework(ask: Ask) -> AssuranceFramework:
    found = ask.services.frameworks.assurance.get(ask.form.one("framework"))
    if found is None:
        told = "Choose a framework."
        raise Invalid("no framework was chosen", told, fields={"framework": told})
    return found


def _spell(ask: Ask) -> tuple[date, date]:
    """From when until when; from today where no first day was typed. Raises Invalid."""
    since, wrong = read_day(ask.form, "since")
    until, faults = read_day(ask.form, "until")
    wrong |= faults
    if until is None and not wrong:
        wrong["until"] = "Say until when."
    if wrong or until is None:
        raise Invalid("the days do not hold", "Mend what is marked.", fields=wrong)
    return since or day_in_london(ask.at), until


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as wrong:
        told = "Choose one of the list."
        raise Invalid(f"{quote(typed)} is nobody", told, fields={"person": told}) from wrong


ROUTES = [
    list_bodies, show_body, send_accreditation, send_accreditation_end, send_recognition, send_recognition_end,
    send_competence, send_competence_end,
]  # fmt: skip
