"""How people read studies, by program: readings apart, their consensus, what was looked up, and GRADE."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, get, post
from marketplace.api.shapes import In, Line, Out, Text
from marketplace.catalogue.queries.products import product_of_id
from marketplace.evidence.actions.appraising import (
    agree_consensus,
    give_appraisal,
    judge_certainty,
    note_look_up,
    propose_consensus,
    tool_for,
)
from marketplace.evidence.models import Consensus, Study
from marketplace.evidence.queries.appraisals import appraisal_rules, certainty_of, checks_of, is_current, readings_of
from marketplace.evidence.queries.claims import find_claim
from marketplace.evidence.queries.studies import find_study
from marketplace.evidence.rules.appraising import AppraisalRules
from marketplace.evidence.rules.bias import ByResult, numbers_of, risk_of
from marketplace.evidence.schemas.appraisals import (
    MOST_OTHERWISE,
    OTHERWISE,
    Reading,
    read_judged,
    read_looked_up,
    read_reading,
)
from marketplace.faces.claims import claim_read
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound

WRITE = Permission.CATALOGUE_WRITE


class OtherwiseOut(Out):
    """A domain that is judged otherwise for one result, by its number in the study."""

    result: int
    domain: str
    answer: str
    reason: str


class RiskOut(Out):
    """The agreed risk of bias of one result, by its number in the study."""

    result: int
    overall: str


class ReadingOut(Out):
    """One reading: for each row {"answer", "reason"}, and what is otherwise for single results."""

    by: str
    organisation: str
    judgements: dict[str, dict[str, str]]
    otherwise: list[OtherwiseOut]
    overall: str


class ReadOut(Out):
    """A study read by one tool. Readings are seen once both are given; `agreed` is what two agree on.

    `risks` are of each result, where the tool sums up: its own where something is otherwise, else that of the study.
    """

    tool: str
    given: int
    readings: list[ReadingOut]
    is_agreed: bool
    agreed: dict[str, dict[str, str]]
    otherwise: list[OtherwiseOut]
    overall: str
    risks: list[RiskOut]


class CheckOut(Out):
    what: str
    value: str
    outcome: str
    looked_on: date
    note: str


class AppraisalOut(Out):
    """How a study was read. `fitting` are the tools that fit its design; a number without a check is not checked."""

    study: str
    fitting: list[str]
    reads: list[ReadOut]
    checks: list[CheckOut]


class CertaintyOut(Out):
    """GRADE, 1 to 4. `is_current` is false where the studies changed since."""

    claim: str
    level: int
    start: str
    judgements: dict[str, dict[str, Any]]
    by: str
    at: datetime
    is_current: bool


class JudgementIn(In):
    answer: Line
    reason: Line = ""


class OtherwiseIn(In):
    """A domain that is judged otherwise for one result, by its number in the study."""

    result: int
    domain: Line
    answer: Line
    reason: Line


class ReadingIn(In):
    """A reading by a tool: a judgement for each of its rows; `otherwise` where a result differs from its study."""

    judgements: Annotated[dict[str, JudgementIn], Field(max_length=60)]
    otherwise: Annotated[list[OtherwiseIn], Field(max_length=MOST_OTHERWISE)] = Field(default_factory=list)
    overall: Line = ""
    about: Line = ""
    reason: Text = ""
    has_no_conflict: bool = False


class LookedUpIn(In):
    what: Line
    outcome: Line
    looked_on: date | None = None
    note: Text = ""


class StepIn(In):
    steps: Annotated[int, Field(ge=0, le=3)] = 0
    reason: Line = ""


class CertaintyIn(In):
    """Where the results begin, and the steps of each domain, down or up as the domain goes."""

    start: Line
    domains: Annotated[dict[str, StepIn], Field(max_length=20)] = Field(default_factory=dict)


@get("/studies/{ref:str}/appraisal", who=PUBLIC)
def show_appraisal(ask: Asked, ref: str) -> AppraisalOut:
    """How people read a study, tool by tool, and what was looked up."""
    study = find_study(ask.db, ref, by=ask.actor)
    product_of_id(ask.db, study.product_id, by=ask.actor)
    return _appraisal(ask, study)


@post("/studies/{ref:str}/appraisal/{tool:str}", who=ANYBODY_SIGNED_IN, scope=WRITE)
def give(ask: Asked, ref: str, tool: str, body: ReadingIn) -> AppraisalOut:
    """Put one's reading of a published study in."""
    study = find_study(ask.db, ref, by=ask.by)
    rules = appraisal_rules(ask.services.frameworks)
    product = product_of_id(ask.db, study.product_id, by=ask.by)
    found = tool_for(study, tool, rules)
    give_appraisal(
        ask.db, study, found, _reading(ask, study, tool, body), rules, supplier_id=product.organisation_id,
        has_no_conflict=body.has_no_conflict, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _appraisal(ask, study)


@post("/studies/{ref:str}/appraisal/{tool:str}/consensus", who=ANYBODY_SIGNED_IN, scope=WRITE)
def propose(ask: Asked, ref: str, tool: str, body: ReadingIn) -> AppraisalOut:
    """Write down what both readers could say."""
    study = find_study(ask.db, ref, by=ask.by)
    rules = appraisal_rules(ask.services.frameworks)
    reading = _reading(ask, study, tool, body)
    propose_consensus(ask.db, study, tool_for(study, tool, rules), reading, rules, by=ask.by, at=ask.at)
    return _appraisal(ask, study)


@post("/studies/{ref:str}/appraisal/{tool:str}/agreement", who=ANYBODY_SIGNED_IN, scope=WRITE)
def agree(ask: Asked, ref: str, tool: str) -> AppraisalOut:
    """Say yes to what the other reader proposed."""
    study = find_study(ask.db, ref, by=ask.by)
    found = tool_for(study, tool, appraisal_rules(ask.services.frameworks))
    agree_consensus(ask.db, study, found, by=ask.by, at=ask.at)
    return _appraisal(ask, study)


@post("/studies/{ref:str}/checks", who=ANYBODY_SIGNED_IN, scope=WRITE)
def look_up(ask: Asked, ref: str, body: LookedUpIn) -> AppraisalOut:
    """Say what one saw when one looked a DOI or a registration up."""
    study = find_study(ask.db, ref, by=ask.by)
    raw = {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in body}
    note_look_up(ask.db, study, read_looked_up(raw, on=day_in_london(ask.at)), by=ask.by, at=ask.at)
    return _appraisal(ask, study)


@get("/claims/{ref:str}/certainty", who=PUBLIC)
def show_certainty(ask: Asked, ref: str) -> CertaintyOut:
    """How certain the results behind a claim are, as it was judged last."""
    return _certainty(ask, ref)


@post("/claims/{ref:str}/certainty", who=ANYBODY_SIGNED_IN, scope=WRITE)
def judge(ask: Asked, ref: str, body: CertaintyIn) -> CertaintyOut:
    """Judge by GRADE how certain the results behind a claim are; the level follows from the steps."""
    claim = find_claim(ask.db, ref, by=ask.by)
    rules = appraisal_rules(ask.services.frameworks)
    raw = {"start": body.start}
    for name, step in body.domains.items():
        raw |= {f"steps-{name}": str(step.steps), f"reason-{name}": step.reason}
    weighed = claim_read(ask.db, claim, by=ask.by).weighed
    judge_certainty(ask.db, claim, weighed, read_judged(raw, rules), rules, by=ask.by, at=ask.at)
    return _certainty(ask, ref)


def _reading(ask: Asked, study: Study, tool: str, body: ReadingIn) -> Reading:
    """What was sent, read as a form is. Raises Invalid by field."""
    rules = appraisal_rules(ask.services.frameworks)
    raw = {"overall": body.overall, "about": body.about, "reason": body.reason}
    for row, judged in body.judgements.items():
        raw |= {f"answer-{row}": judged.answer, f"reason-{row}": judged.reason}
    for place, other in enumerate(body.otherwise, start=1):
        raw |= {f"{OTHERWISE}-{place}-{name}": str(value) for name, value in other}
    return read_reading(raw, tool_for(study, tool, rules), rules, numbers_of(study.results))


def _appraisal(ask: Asked, study: Study) -> AppraisalOut:
    rules = appraisal_rules(ask.services.frameworks)
    reads = [
        ReadOut(
            tool=read.tool, given=read.given, is_agreed=read.is_agreed,
            agreed=read.consensus.judgements if read.consensus and read.is_agreed else {},
            overall=read.consensus.overall if read.consensus and read.is_agreed else "",
            otherwise=_otherwise(study, read.consensus.by_result) if read.consensus and read.is_agreed else [],
            risks=_risks(study, read.consensus, rules) if read.consensus and read.is_agreed else [],
            readings=[
                ReadingOut(
                    by=each.by.name, organisation=each.organisation.name, judgements=each.judgements,
                    otherwise=_otherwise(study, each.by_result), overall=each.overall,
                )
                for each in read.readings
            ],
        )
        for read in readings_of(ask.db, study, by=ask.actor)
    ]  # fmt: skip
    checks = [CheckOut.model_validate(each) for each in checks_of(ask.db, study).values()]
    fitting = [tool.id for tool in rules.fitting(study.design)]
    return AppraisalOut(study=study.ref, fitting=fitting, reads=reads, checks=checks)


def _otherwise(study: Study, by_result: ByResult) -> list[OtherwiseOut]:
    """What is otherwise for the results that are still there, in their order."""
    return [
        OtherwiseOut(result=each.position, domain=domain, answer=judged["answer"], reason=judged["reason"])
        for each in study.results
        for domain, judged in by_result.get(str(each.id), {}).items()
    ]


def _risks(study: Study, agreed: Consensus, rules: AppraisalRules) -> list[RiskOut]:
    tool = rules.tool.get(agreed.tool)
    if tool is None or not agreed.overall:
        return []
    told = ((each.position, agreed.by_result.get(str(each.id), {})) for each in study.results)
    return [
        RiskOut(result=number, overall=risk_of(tool, agreed.overall, agreed.judgements, otherwise))
        for number, otherwise in told
    ]


def _certainty(ask: Asked, ref: str) -> CertaintyOut:
    claim = find_claim(ask.db, ref, by=ask.actor)
    found = certainty_of(ask.db, claim.id)
    if found is None:
        raise NotFound("nobody has judged how certain this claim is", "An assessor or an academic can.")
    weighed = claim_read(ask.db, claim, by=ask.actor).weighed
    return CertaintyOut(
        claim=claim.ref, level=found.level, start=found.start, judgements=found.judgements, by=found.by.name,
        at=found.at, is_current=is_current(found, weighed),
    )  # fmt: skip


CALLS = [show_appraisal, give, propose, agree, look_up, show_certainty, judge]
