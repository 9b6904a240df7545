"""What waits in assurance at the desk: cases to take, to go on with or to decide; questions to reply to."""

from collections.abc import Iterator
from typing import Any

from marketplace.assurance.actions.assessing import SEATS
from marketplace.assurance.queries.cases import cases_for, open_questions
from marketplace.assurance.states import CASE, CASE_WORDS
from marketplace.catalogue.queries.requests import open_requests
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.web.assurance.renewing import confirming
from marketplace.web.assurance.showing import clock_in_words

ENDED = ("decided", "withdrawn")
OPEN = tuple(state for state in CASE.states if state not in ENDED)


def assessing(ask: Ask) -> Iterator[dict[str, Any]]:
    """The cases that wait for this assessor, or for anybody of the body."""
    if not ask.may(Permission.ASSURANCE_ASSESS):
        return
    yield from confirming(ask)
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
    for request, ref in open_requests(ask.db, ask.by.organisation_id):
        yield {
            "title": f"{request.organisation.name} asks for {request.attachment.name}",
            "url": f"/listings/{ref}/documents/requests", "text": request.words,
            "due": request.asked_at, "kind": "Document",
        }  # fmt: skip
