"""The supplier's side: what is answered and missing, answering, applying, replying."""

from uuid import UUID

from marketplace.api.assurance.sent import Answered, dates_of, refuse_faults, values_of
from marketplace.api.assurance.shapes import (
    CaseOut,
    ClarificationOut,
    ConformityOut,
    VerdictOut,
    case_values,
    clarification_out,
    conformity_out,
    verdict_out,
)
from marketplace.api.calls import Asked, get, patch, post
from marketplace.api.shapes import Asking, In, Line, Out, Reason, Text
from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.applying import apply, hindrances, reply, withdraw_case
from marketplace.assurance.models import Case
from marketplace.assurance.queries.cases import cases_of, clarification_in, clarifications_of, clocks_of, find_case
from marketplace.assurance.queries.certificates import DTAC, conformity_of
from marketplace.assurance.queries.given import answers_of, papers_of
from marketplace.assurance.queries.people import find_body
from marketplace.assurance.rules.judging import judge
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import latest_version, own_product
from marketplace.faces.frameworks import find_framework
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict

WRITE = Permission.CATALOGUE_WRITE


class AnswerIn(Answered):
    """An answer of the supplier. `documents` are the ids of those beside the product that stand behind it."""

    documents: list[UUID] | None = None


class AnswersIn(In):
    """Answers by the id of their question, of one framework. A date or documents go without a value, too."""

    framework: Line = DTAC
    answers: dict[str, AnswerIn]


class ApplicationIn(In):
    """Which body assesses, by its reference, under which framework, and what the certificate is for."""

    framework: Line = DTAC
    body: Line
    scope: Text = ""


class ReplyIn(In):
    reply: Text


class AnswersOut(Out):
    """How a product is answered now, by the declared rules alone, and what is missing before it can be assessed."""

    product: str
    framework: str
    conformity: ConformityOut
    verdict: VerdictOut
    missing: list[str]
    cases: list[CaseOut]
    clarifications: list[ClarificationOut]


class Under(Asking):
    """Under which framework, by its id."""

    framework: Line = DTAC


@get("/listings/{ref:str}/assurance", who=WRITE)
def show_answers(ask: Asked, ref: str, query: Under) -> AnswersOut:
    """What is answered, what is missing, and every case of a product of one's own."""
    return answers_out(ask, own_product(ask.db, ref, by=ask.by), query.framework)


@patch("/listings/{ref:str}/assurance/answers", who=WRITE)
def change_answers(ask: Asked, ref: str, body: AnswersIn) -> AnswersOut:
    """Answer some questions. All of them hold, or none is kept."""
    product = own_product(ask.db, ref, by=ask.by)
    sent = body.answers
    saved = answer(
        ask.db, product, values_of(sent), framework=find_framework(ask.services.frameworks, body.framework),
        dated=dates_of(sent),
        documents={name: each.documents for name, each in sent.items() if each.documents is not None},
        by=ask.by, at=ask.at,
    )  # fmt: skip
    refuse_faults(saved.errors)
    return answers_out(ask, product, body.framework)


@post("/listings/{ref:str}/assurance/application", who=WRITE, status=201)
def send_application(ask: Asked, ref: str, body: ApplicationIn) -> CaseOut:
    """Apply with the version on show and the answers as they stand."""
    product = own_product(ask.db, ref, by=ask.by)
    if product.live_version is None:
        raise Conflict(f"{product.name} is not on show", "Publish it first: a certificate is of a published version.")
    case = apply(
        ask.db, product, product.live_version, framework=find_framework(ask.services.frameworks, body.framework),
        body=find_body(ask.db, body.body), scope=body.scope, frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return case_out(ask, case)


@post("/listings/{ref:str}/assurance/clarifications/{clarification:str}", who=WRITE)
def send_reply(ask: Asked, ref: str, clarification: UUID, body: ReplyIn) -> ClarificationOut:
    """Reply to a question; with the last one the assessors' clock goes on."""
    case = own_case(ask, ref)
    asked = clarification_in(ask.db, case, clarification)
    return clarification_out(reply(ask.db, case, asked, body.reply, by=ask.by, at=ask.at))


@post("/listings/{ref:str}/assurance/withdrawal", who=WRITE)
def send_withdrawal(ask: Asked, ref: str, body: Reason) -> CaseOut:
    """Take the application back."""
    case = own_case(ask, ref)
    withdraw_case(ask.db, case, reason=body.reason, by=ask.by, at=ask.at)
    return case_out(ask, find_case(ask.db, case.ref, by=ask.by))


def own_case(ask: Asked, ref: str) -> Case:
    """The case of a product of one's own that is under way. Raises Conflict where none is."""
    product = own_product(ask.db, ref, by=ask.by)
    case = next((each for each in cases_of(ask.db, product.id) if each.ended_at is None), None)
    if case is None:
        raise Conflict(f"{product.name} is not being assessed", "Apply first.")
    return case


def answers_out(ask: Asked, product: Product, framework_id: str) -> AnswersOut:
    frameworks, today = ask.services.frameworks, day_in_london(ask.at)
    framework = find_framework(frameworks, framework_id)
    version = product.live_version or latest_version(ask.db, product)
    papers = papers_of(framework, product, version, answers_of(ask.db, product, at=ask.at))
    verdict = judge(framework, papers.given, on=today)
    cases = cases_of(ask.db, product.id)
    open_one = next((each for each in cases if each.ended_at is None), None)
    return AnswersOut(
        product=product.ref, framework=framework.id,
        conformity=conformity_out(conformity_of(ask.db, frameworks, product.id, on=today, framework_id=framework.id)),
        verdict=verdict_out(verdict, papers), missing=[each.criterion.code for each in hindrances(verdict.criteria)],
        cases=[case_out(ask, each) for each in cases],
        clarifications=[clarification_out(one) for one in clarifications_of(ask.db, open_one)] if open_one else [],
    )  # fmt: skip


def case_out(ask: Asked, case: Case) -> CaseOut:
    clock = clocks_of(ask.db, ask.services.frameworks, [case], on=day_in_london(ask.at))[case.id]
    return CaseOut(**case_values(case, clock))


CALLS = [show_answers, change_answers, send_application, send_reply, send_withdrawal]
