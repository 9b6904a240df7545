"""The assessors' side: the queue, a case with its papers as it stands or stood, seats, questions, findings."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO, Literal
from uuid import UUID

from marketplace.api.assurance.shapes import (
    CaseOut,
    CaseWholeOut,
    ClarificationOut,
    case_values,
    clarification_out,
    opinion_out,
    verdict_out,
)
from marketplace.api.calls import Asked, Document, get, post
from marketplace.api.shapes import Asking, In, Line, Listed, Paged, Text, page_of
from marketplace.assurance.actions.assessing import ask_clarification, assign, declare, find
from marketplace.assurance.models import Case
from marketplace.assurance.policies import may_assess, may_open_papers
from marketplace.assurance.queries.cases import (
    cases_for,
    clarifications_of,
    clocks_of,
    declared_by,
    find_case,
    framework_of,
    opinions_of,
    stood,
)
from marketplace.assurance.queries.certificates import certificate_of_case
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.queries.papers import document_in
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.states import CASE
from marketplace.catalogue.actions.requests import note_view
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london, hours_of_london
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.ports.files.downloads import download_headers

ASSESS = Permission.ASSURANCE_ASSESS
CLOSED = NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")
ENDED = ("decided", "withdrawn")
CHUNK = 1 << 18


class WhichCases(Paged):
    show: Literal["open", "ended"] = "open"


class AsOf(Asking):
    """The day at whose end the case is shown."""

    on: date | None = None


class SeatIn(In):
    """Who takes the free seat; oneself where nobody is named."""

    person: UUID | None = None


class InterestsIn(In):
    has_conflict: bool
    words: Text = ""


class FindingIn(In):
    """What is found of one criterion: met, met-with-conditions or not-met."""

    code: Line
    judgement: Line
    note: Text = ""
    condition: Text = ""
    severity: Line = ""
    due_on: date | None = None


class QuestionIn(In):
    code: Line
    words: Text


@get("/cases", who=ASSESS)
def list_cases(ask: Asked, query: WhichCases) -> Listed[CaseOut]:
    """The cases of one's body, the longest waiting first."""
    states = ENDED if query.show == "ended" else tuple(state for state in CASE.states if state not in ENDED)
    found = cases_for(
        ask.db, ask.services.frameworks, by=ask.by, on=day_in_london(ask.at), states=states,
        after=query.after or None, limit=query.limit,
    )  # fmt: skip
    return page_of(found, (CaseOut(**case_values(each.case, each.clock)) for each in found.items))


@get("/cases/{ref:str}", who=ASSESS)
def show_case(ask: Asked, ref: str, query: AsOf) -> CaseWholeOut:
    """A case with every answer, finding and opinion, once its papers are open; with `on` as it stood then."""
    case = open_case_of(ask, ref)
    return whole(ask, case, on=query.on)


@get("/cases/{ref:str}/documents/{digest:str}", who=ASSESS, media_type="application/octet-stream")
def open_paper(ask: Asked, ref: str, digest: str) -> Document:
    """A document behind an answer, by its digest: the same bytes whatever stands beside the product now."""
    return opened(ask, open_case_of(ask, ref), digest)


def opened(ask: Asked, case: Case, digest: str) -> Document:
    """The bytes of a document of a case; that they were read is kept. Raises NotFound."""
    found = document_in(ask.db, case, digest, at=ask.at)
    with ask.services.database.writing() as db:
        note_view(db, found, "assessing", by=ask.by, at=ask.at)
    headers = {**download_headers(found.name, found.media_type), "etag": f'"{found.digest}"'}
    media_type = headers.pop("content-type")
    return Document(_chunks(ask.services.files.open(found.digest)), media_type, headers)


@post("/cases/{ref:str}/assignment", who=ASSESS)
def take_case(ask: Asked, ref: str, body: SeatIn) -> CaseOut:
    """Take the free seat of a case, or give it to a colleague."""
    case = own_case(ask, ref)
    assign(ask.db, case, body.person or ask.person_id, by=ask.by, at=ask.at)
    return _head(ask, find_case(ask.db, ref, by=ask.by))


@post("/cases/{ref:str}/declaration", who=ASSESS)
def declare_interests(ask: Asked, ref: str, body: InterestsIn) -> CaseOut:
    """Say whether one has a conflict of interest: without one the papers open."""
    declare(ask.db, own_case(ask, ref), has_conflict=body.has_conflict, words=body.words, by=ask.by, at=ask.at)
    return _head(ask, find_case(ask.db, ref, by=ask.by))


@post("/cases/{ref:str}/findings", who=ASSESS, status=201)
def add_finding(ask: Asked, ref: str, body: FindingIn) -> CaseWholeOut:
    """Judge one criterion on its answer as it stands; changing one's mind adds another."""
    case = own_case(ask, ref)
    find(
        ask.db, case, body.code, body.judgement, note=body.note, condition=body.condition,
        severity=body.severity, due_on=body.due_on,
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return whole(ask, case)


@post("/cases/{ref:str}/clarifications", who=ASSESS, status=201)
def add_question(ask: Asked, ref: str, body: QuestionIn) -> ClarificationOut:
    """Ask the supplier about one criterion; the clock stands still until they reply."""
    case, frameworks = own_case(ask, ref), ask.services.frameworks
    asked = ask_clarification(ask.db, case, body.code, body.words, frameworks=frameworks, by=ask.by, at=ask.at)
    return clarification_out(asked)


def own_case(ask: Asked, ref: str) -> Case:
    """A case of one's body. Raises NotFound, NotAllowed."""
    case = find_case(ask.db, ref, by=ask.by)
    if not may_assess(ask.by, case):
        raise NotAllowed("this is for the assessors of the case", f"Its supplier finds it at {case.product.ref}.")
    return case


def open_case_of(ask: Asked, ref: str) -> Case:
    """A case whose papers are open to the caller. Raises NotFound, NotAllowed."""
    case = own_case(ask, ref)
    if not may_open_papers(ask.by, case, declared_by(ask.db, case, ask.by.person_id)):
        raise CLOSED
    return case


def whole(ask: Asked, case: Case, *, on: date | None = None) -> CaseWholeOut:
    """Everything about a case as it stands, or stood at the end of a day. Raises Invalid for a day to come."""
    if on is not None and on > day_in_london(ask.at):
        raise Invalid(f"{on} is still to come", "Name a day that was, or leave it out.")
    at: datetime = min(hours_of_london(on)[1], ask.at) if on else ask.at
    then, framework = stood(ask.db, ask.services.frameworks, case, at=at), framework_of(ask.services.frameworks, case)
    papers = papers_of_case(ask.db, case, framework, answers_at=then.answers_at, at=at)
    certificate = certificate_of_case(ask.db, case.id)
    return CaseWholeOut(
        **case_values(case, then.clock, state=then.state), on=on,
        verdict=verdict_out(judge(framework, papers.given, on=day_in_london(at)), papers),
        clarifications=[clarification_out(one) for one in clarifications_of(ask.db, case, at=at)],
        opinions=[opinion_out(one) for one in opinions_of(ask.db, case, at=at)],
        certificate=certificate.ref if certificate is not None and certificate.issued_at <= at else "",
    )  # fmt: skip


def _head(ask: Asked, case: Case) -> CaseOut:
    clock = clocks_of(ask.db, ask.services.frameworks, [case], on=day_in_london(ask.at))[case.id]
    return CaseOut(**case_values(case, clock))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk


CALLS = [list_cases, show_case, open_paper, take_case, declare_interests, add_finding, add_question]
