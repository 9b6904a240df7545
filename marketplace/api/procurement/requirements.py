"""What is required of products, and what people judge of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.procurement.candidates import CandidateHistoryOut, candidate_of
from marketplace.api.procurement.common import project_of
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.catalogue.queries.products import product_for
from marketplace.frameworks.schema.forms import Form
from marketplace.identity.policies import Permission
from marketplace.procurement.actions.requirements import add_requirement, judge_fit, remove_requirement
from marketplace.procurement.models import Requirement
from marketplace.procurement.queries.shortlist import requirements_of
from marketplace.procurement.schemas import MOST_WANTED, read_wanted, wording_of

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE


class RequirementIn(In):
    """Words for people to judge; or a declared question with a test and the answers wanted (see /v1/questions)."""

    wording: Line = ""
    weight: Literal["must", "should"] = "must"
    question: Line = ""
    test: Line = ""
    wanted: Annotated[list[Line], Field(max_length=MOST_WANTED)] = Field(default_factory=list)


class JudgementIn(In):
    """How far a product meets it, and on what that rests."""

    requirement: UUID
    fit: Literal["met", "part", "not-met", "unknown"]
    note: Text


class RequirementOut(Out):
    id: UUID
    wording: str
    weight: str
    question: str | None
    test: str
    wanted: list[str]
    in_words: str
    added_at: datetime


@get("/projects/{ref:str}/requirements", who=ANYBODY_SIGNED_IN, scope=READ)
def list_requirements(ask: Asked, ref: str) -> Listed[RequirementOut]:
    """What is required, in the order in which it was written."""
    form = ask.services.frameworks.description
    return all_of(_requirement(one, form) for one in requirements_of(ask.db, project_of(ask, ref)))


@post("/projects/{ref:str}/requirements", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def require(ask: Asked, ref: str, body: RequirementIn) -> RequirementOut:
    """Write down one thing that is required."""
    form = ask.services.frameworks.description
    raw = {"wording": body.wording, "weight": body.weight, "question": body.question, "test": body.test}
    wanted = read_wanted(raw, body.wanted, form)
    words = wording_of(wanted.test, wanted.wanted, form, wanted.question)
    made = add_requirement(ask.db, project_of(ask, ref), wanted, in_words=words, by=ask.by, at=ask.at)
    return _requirement(made, form)


@post("/projects/{ref:str}/requirements/{requirement:str}/removal", who=ANYBODY_SIGNED_IN, scope=WRITE, status=204)
def remove(ask: Asked, ref: str, requirement: UUID, body: Reason) -> None:
    """Require it no longer, saying why; it stays in the trail."""
    remove_requirement(ask.db, project_of(ask, ref), requirement, reason=body.reason, by=ask.by, at=ask.at)


@post("/projects/{ref:str}/candidates/{product:str}/judgements", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def judge(ask: Asked, ref: str, product: str, body: JudgementIn) -> CandidateHistoryOut:
    """Say how far a product on the list meets a requirement, in the edition that is on show."""
    project, found = project_of(ask, ref), product_for(ask.db, product, by=ask.actor)
    judge_fit(ask.db, project, found, body.requirement, fit=body.fit, note=body.note, by=ask.by, at=ask.at)
    ask.db.flush()
    return candidate_of(ask, project, product)


def _requirement(requirement: Requirement, form: Form) -> RequirementOut:
    question = requirement.question_id
    return RequirementOut(
        id=requirement.id, wording=requirement.wording, weight=requirement.weight, question=question,
        test=requirement.test, wanted=requirement.wanted, added_at=requirement.added_at,
        in_words=wording_of(requirement.test, requirement.wanted, form, question or ""),
    )  # fmt: skip


CALLS = [list_requirements, require, remove, judge]
