"""Assessor bodies and whom buyers trust."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, get, post, put
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.assurance.actions import bodies as actions
from marketplace.assurance.models import Accreditation
from marketplace.assurance.queries.bodies import (
    accreditation_in,
    accreditations,
    body_of,
    competences,
    interests,
    policy_of,
    recognition_in,
    recognitions,
)
from marketplace.assurance.queries.people import bodies, find_body
from marketplace.assurance.rules.trust import lasts
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Permission
from marketplace.identity.queries.organisations import find_organisation, find_own
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote

ASSESS, OPERATE, MANAGE = Permission.ASSURANCE_ASSESS, Permission.OPERATE, Permission.MEMBER_MANAGE


class SpellIn(In):
    """For which framework, from when (today where it is left out) until when."""

    framework: Line
    since: date | None = None
    until: date
    number: Line = ""
    words: Text = ""


class RecognitionIn(SpellIn):
    """Whose decisions a body takes as its own."""

    of_body: Line


class CompetenceIn(In):
    person: UUID
    framework: Line
    grounds: Text
    until: date | None = None


class InterestIn(In):
    supplier: Line
    words: Text


class PolicyIn(In):
    """`rule` is any or named; `bodies` are references, with named alone."""

    rule: Line
    bodies: list[Line] = []
    recognised: bool
    conditions: bool
    words: Text = ""


class PolicyOut(Out):
    rule: str
    bodies: list[str]
    recognised: bool
    conditions: bool


class AccreditationOut(Out):
    id: UUID
    framework: str
    since: date
    until: date
    ended_on: date | None
    holds: bool
    number: str


class BodyOut(Out):
    """A body: what it is accredited for, and whose decisions it takes as its own (`recognises`)."""

    ref: str
    name: str
    accreditations: list[AccreditationOut]
    recognises: list[dict[str, Any]]


class InterestOut(Out):
    id: UUID
    supplier: str
    words: str
    declared_at: datetime


@get("/assurance/bodies", who=PUBLIC)
def list_bodies(ask: Asked) -> Listed[BodyOut]:
    """Which body may assess what until when, and whose decisions it takes as its own."""
    return all_of(_body(ask, body.ref) for body in bodies(ask.db))


@get("/assurance/bodies/{ref:str}", who=PUBLIC)
def show_body(ask: Asked, ref: str) -> BodyOut:
    """One body."""
    return _body(ask, ref)


@post("/assurance/bodies/{ref:str}/accreditations", who=OPERATE, status=201)
def send_accreditation(ask: Asked, ref: str, body: SpellIn) -> BodyOut:
    """Accredit a body for a framework, as an operator."""
    actions.accredit(
        ask.db, body_of(ask.db, ref), _framework(ask, body.framework),
        since=body.since or day_in_london(ask.at), until=body.until, number=body.number, words=body.words, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return _body(ask, ref)


@post("/assurance/bodies/{ref:str}/accreditations/{key:str}/end", who=OPERATE)
def send_accreditation_end(ask: Asked, ref: str, key: UUID, body: Reason) -> BodyOut:
    """Take an accreditation away, as an operator."""
    held = accreditation_in(ask.db, body_of(ask.db, ref), key)
    actions.end_accreditation(ask.db, held, reason=body.reason, by=ask.by, at=ask.at)
    return _body(ask, ref)


@post("/assurance/bodies/{ref:str}/recognitions", who=ANYBODY_SIGNED_IN, status=201)
def send_recognition(ask: Asked, ref: str, body: RecognitionIn) -> BodyOut:
    """Declare whose decisions a body takes as its own, as its manager."""
    held = body_of(ask.db, ref)
    actions.allow_recognising(ask.by, held)
    actions.declare_recognition(
        ask.db, held, find_body(ask.db, body.of_body), _framework(ask, body.framework),
        since=body.since or day_in_london(ask.at),
        until=body.until, words=body.words, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _body(ask, ref)


@post("/assurance/bodies/{ref:str}/recognitions/{key:str}/end", who=ANYBODY_SIGNED_IN)
def send_recognition_end(ask: Asked, ref: str, key: UUID, body: Reason) -> BodyOut:
    """End an agreement, as the manager of the body that declared it."""
    actions.allow_recognising(ask.by, body_of(ask.db, ref))
    held = recognition_in(ask.db, body_of(ask.db, ref), key)
    actions.end_recognition(ask.db, held, reason=body.reason, by=ask.by, at=ask.at)
    return _body(ask, ref)


@post("/assurance/bodies/{ref:str}/competences", who=MANAGE, status=201)
def send_competence(ask: Asked, ref: str, body: CompetenceIn) -> BodyOut:
    """Keep who is competent for what, as the body's manager."""
    held = body_of(ask.db, ref)
    actions.allow_keeping_people(ask.by, held)
    actions.keep_competence(
        ask.db, held, body.person, _framework(ask, body.framework),
        grounds=body.grounds, until=body.until, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _body(ask, ref)


@post("/assurance/bodies/{ref:str}/competences/{key:str}/end", who=MANAGE)
def send_competence_end(ask: Asked, ref: str, key: UUID) -> BodyOut:
    """Strike somebody off, as the body's manager."""
    held = body_of(ask.db, ref)
    found = next((each for each in competences(ask.db, held.id) if each.id == key), None)
    if found is None:
        raise NotFound("the body keeps no such competence", "Its page lists them.")
    actions.end_competence(ask.db, held, found, by=ask.by, at=ask.at)
    return _body(ask, ref)


@get("/assurance/interests", who=ASSESS)
def list_interests(ask: Asked) -> Listed[InterestOut]:
    """One's own standing interests in suppliers."""
    return _interests(ask)


def _interests(ask: Asked) -> Listed[InterestOut]:
    return all_of(
        InterestOut(id=each.id, supplier=each.supplier.ref, words=each.words, declared_at=each.declared_at)
        for each in interests(ask.db, ask.by.person_id)
    )


@post("/assurance/interests", who=ASSESS, status=201)
def send_interest(ask: Asked, body: InterestIn) -> Listed[InterestOut]:
    """Declare an interest in a supplier that lasts."""
    supplier = find_organisation(ask.db, body.supplier)
    actions.declare_interest(ask.db, supplier, words=body.words, by=ask.by, at=ask.at)
    return _interests(ask)


@post("/assurance/interests/{interest:str}/end", who=ASSESS)
def send_interest_end(ask: Asked, interest: UUID) -> Listed[InterestOut]:
    """Say that an interest is over."""
    found = next((each for each in interests(ask.db, ask.by.person_id) if each.id == interest), None)
    if found is None:
        raise NotFound("you have declared no such interest", "GET /v1/assurance/interests lists yours.")
    actions.end_interest(ask.db, found, by=ask.by, at=ask.at)
    return _interests(ask)


@get("/organisations/{ref:str}/assurance-policy", who=ANYBODY_SIGNED_IN)
def show_policy(ask: Asked, ref: str) -> PolicyOut:
    """Whom one's organisation trusts."""
    return _policy(ask, ref)


def _policy(ask: Asked, ref: str) -> PolicyOut:
    policy = policy_of(ask.db, find_own(ask.db, ref, by=ask.by).id)
    return PolicyOut(
        rule=policy.rule, bodies=sorted(policy.bodies), recognised=policy.recognised, conditions=policy.conditions
    )


@put("/organisations/{ref:str}/assurance-policy", who=ANYBODY_SIGNED_IN)
def send_policy(ask: Asked, ref: str, body: PolicyIn) -> PolicyOut:
    """Say whom one's organisation trusts, from now on, as its manager."""
    find_own(ask.db, ref, by=ask.by)
    actions.set_trust_policy(
        ask.db, rule=body.rule, named=body.bodies, recognised=body.recognised, conditions=body.conditions,
        words=body.words, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _policy(ask, ref)


def _framework(ask: Asked, name: str) -> AssuranceFramework:
    """Raises Invalid for what is none."""
    found = ask.services.frameworks.assurance.get(name)
    if found is None:
        told = "GET /v1/frameworks lists them."
        raise Invalid(f"{quote(name)} is no framework", told, fields={"framework": told})
    return found


def _body(ask: Asked, ref: str) -> BodyOut:
    body, today = body_of(ask.db, ref), day_in_london(ask.at)
    agreed = [each for each in recognitions(ask.db) if each.body_id == body.id]
    return BodyOut(
        ref=body.ref, name=body.name,
        accreditations=[_accredited(each, today) for each in accreditations(ask.db, body.id)],
        recognises=[
            {"id": str(each.id), "body": each.of_body.ref, "framework": each.framework_id,
             "since": each.since.isoformat(), "until": each.until.isoformat(),
             "holds": lasts(each.since, each.until, each.ended_on, on=today)} for each in agreed
        ],
    )  # fmt: skip


def _accredited(one: Accreditation, today: date) -> AccreditationOut:
    return AccreditationOut(
        id=one.id, framework=one.framework_id, since=one.since, until=one.until, ended_on=one.ended_on,
        number=one.number, holds=lasts(one.since, one.until, one.ended_on, on=today),
    )  # fmt: skip


CALLS = [
    list_bodies, show_body, send_accreditation, send_accreditation_end, send_recognition, send_recognition_end,
    send_competence, send_competence_end, list_interests, send_interest, send_interest_end, show_policy, send_policy,
]  # fmt: skip
