"""What waits in assurance at the desk: cases to take, to go on with or to decide; questions to reply to."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from marketplace.assurance.actions.assessing import SEATS
from marketplace.assurance.queries.appeals import appeals_heard
from marketplace.assurance.queries.cases import cases_for, open_questions
from marketplace.assurance.queries.declared import surveillance
from marketplace.assurance.queries.remedies import offered_remedies, open_remedies
from marketplace.assurance.queries.samples import samples_of_body
from marketplace.assurance.queries.surveillance import visits_expected, visits_waiting
from marketplace.assurance.states import CASE, CASE_WORDS
from marketplace.catalogue.queries.requests import open_requests
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.web.assurance.renewing import confirming
from marketplace.web.assurance.showing import clock_in_words

ENDED = ("decided", "withdrawn")
OPEN = tuple(state for state in CASE.states if state not in ENDED)


def assessing(ask: Ask) -> Iterator[dict[str, Any]]:
    """The cases that wait for this assessor, or for anybody of the body."""
    if not ask.may(Permission.ASSURANCE_ASSESS):
        return
    yield from confirming(ask)
    yield from keeping(ask)
    today = day_in_london(ask.at)
    for listed in cases_for(ask.db, ask.services.frameworks, by=ask.by, on=today, states=OPEN).items:
        case = listed.case
        seats = {"first": case.first_assessor_id, "second": case.second_assessor_id, "third": case.third_assessor_id}
        wanted = SEATS.get(case.state, "first")
        is_mine = seats[wanted] == ask.by.person_id
        is_free = seats[wanted] is None and ask.by.person_id not in seats.values()
        if (is_mine or is_free) and case.state != "clarification":
            yield {
                "title": f"{case.version.name}: {CASE_WORDS[case.state].lower()}", "url": f"/cases/{case.ref}",
                "text": clock_in_words(listed.clock), "due": case.applied_at, "kind": "Case",
            }  # fmt: skip


def keeping(ask: Ask) -> Iterator[dict[str, Any]]:
    """Appeals to hear, samples to judge and remedies to look at, for the body of whoever assesses."""
    body_id = ask.by.organisation_id
    if body_id is None:
        return
    for appeal in appeals_heard(ask.db, body_id):
        if appeal.assessor_id in (None, ask.by.person_id):
            yield {
                "title": f"Hear an appeal: {appeal.case.version.name}", "url": f"/appeals/{appeal.ref}",
                "text": appeal.grounds, "due": appeal.due_on, "late": appeal.due_on < day_in_london(ask.at),
                "kind": "Appeal",
            }  # fmt: skip
    for remedy in offered_remedies(ask.db, body_id):
        yield {
            "title": f"Said to be put right: {remedy.code} of {remedy.case.version.name}",
            "url": f"/cases/{remedy.case.ref}/remediation", "text": remedy.words,
            "due": remedy.due_on or remedy.opened_at, "kind": "Remedy",
        }  # fmt: skip
    yield from visiting(ask, body_id)
    for sample in samples_of_body(ask.db, body_id):
        seats = (sample.case.first_assessor_id, sample.case.second_assessor_id, sample.case.third_assessor_id)
        is_free = sample.given_at is None and sample.assessor_id in (None, ask.by.person_id)
        if is_free and ask.by.person_id not in seats:
            yield {
                "title": f"Judge a sample: {sample.case.version.name}", "url": f"/samples/{sample.id}",
                "text": "Without seeing what was found.", "due": sample.drawn_at, "kind": "Sample",
            }  # fmt: skip


def visiting(ask: Ask, body_id: UUID) -> Iterator[dict[str, Any]]:
    """Certificates to look at again: visits to appoint for anybody of the body, to hold for who was named."""
    today, notice = day_in_london(ask.at), surveillance(ask.services.frameworks).notice_days
    for visit in visits_waiting(ask.db, body_id, on=today, ahead=notice):
        if visit.state == "due" or visit.assessor_id == ask.by.person_id:
            name = visit.certificate.version.name
            due = visit.planned_on or visit.due_on
            yield {
                "title": f"Appoint a visit: {name}" if visit.state == "due" else f"Hold the visit: {name}",
                "url": f"/cases/{visit.case.ref}/surveillance", "due": due, "late": due < today, "kind": "Surveillance",
                "text": f"{visit.certificate.ref} is looked at again by {in_words(visit.due_on)}.",
            }  # fmt: skip


def expecting(ask: Ask) -> Iterator[dict[str, Any]]:
    """The visits that assessors have appointed at a supplier."""
    assert ask.by.organisation_id is not None
    for visit in visits_expected(ask.db, ask.by.organisation_id):
        yield {
            "title": f"{visit.certificate.body.name} looks at {visit.certificate.version.name} again",
            "url": f"/certificates/{visit.certificate.ref}", "due": visit.planned_on, "kind": "Surveillance",
            "text": f"{visit.assessor.name if visit.assessor else 'Somebody'} holds the visit.",
        }  # fmt: skip


def mending(ask: Ask) -> Iterator[dict[str, Any]]:
    """What a supplier has still to put right."""
    assert ask.by.organisation_id is not None
    today = day_in_london(ask.at)
    for remedy in open_remedies(ask.db, ask.by.organisation_id):
        yield {
            "title": f"Put right {remedy.code} of {remedy.case.version.name}",
            "url": f"/listings/{remedy.case.product.ref}/assurance/remediation", "text": remedy.words,
            "due": remedy.due_on or remedy.opened_at, "late": remedy.due_on is not None and remedy.due_on < today,
            "kind": "Assurance",
        }  # fmt: skip


def replying(ask: Ask) -> Iterator[dict[str, Any]]:
    """The questions of assessors that wait for a supplier, and the requests to read its documents."""
    if not ask.may(Permission.CATALOGUE_WRITE) or ask.by.organisation_id is None:
        return
    today = day_in_london(ask.at)
    for asked, case in open_questions(ask.db, ask.by.organisation_id):
        yield {
            "title": f"Reply to the assessors on {asked.code} of {case.version.name}",
            "url": f"/listings/{case.product.ref}/assurance", "text": asked.words, "due": asked.due_on,
            "late": asked.due_on < today, "kind": "Assurance",
        }  # fmt: skip
    yield from mending(ask)
    yield from expecting(ask)
    for request, ref in open_requests(ask.db, ask.by.organisation_id):
        yield {
            "title": f"{request.organisation.name} asks for {request.attachment.name}",
            "url": f"/listings/{ref}/documents/requests", "text": request.words,
            "due": request.asked_at, "kind": "Document",
        }  # fmt: skip
