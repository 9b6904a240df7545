"""Where one's organisation uses a product: its log, its reports, going live, and its transparency record."""

from datetime import datetime
from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, get, post, put
from marketplace.api.safety.shapes import (
    HazardIn,
    HazardOut,
    HindranceOut,
    LogOut,
    ReportIn,
    ReportOut,
    blocked_out,
    hazards_out,
    raw_of,
    report_out,
)
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.assurance.actions.safety.deployments import (
    end_deployment,
    go_live,
    move_deployment,
    plan_deployment,
)
from marketplace.assurance.actions.safety.hazards import decide_hazard, write_hazard
from marketplace.assurance.actions.safety.reporting import issue_safety_case, what_blocks_report
from marketplace.assurance.actions.safety.transparency import write_record
from marketplace.assurance.models import Deployment
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.deployments import (
    deployments_of,
    find_deployment,
    own_deployment,
    what_blocks_going_live,
)
from marketplace.assurance.queries.safety.logs import find_report, hazard_in, log_of, reports_of
from marketplace.catalogue.queries.products import product_for, version_for
from marketplace.faces.safety import system_facts
from marketplace.faces.transparency import record_data, record_of
from marketplace.identity.policies import Permission

SAFETY = Permission.SAFETY_APPROVE


class PlaceIn(In):
    """Where it is going to be used, in words."""

    place: Line = ""


class EditionIn(In):
    """Which edition of the product is used from now on."""

    edition: int


class DecisionIn(In):
    """What is done with a hazard that was handed over: controlled, accepted or not-relevant; and why."""

    disposition: Line
    disposition_reason: Text


class DeploymentOut(Out):
    """A use of a product; `blocked` is what stands in the way of going live.

    `listing` is the state of the product's listing, such as live or suspended, and `listing_reason` why.
    """

    ref: str
    organisation: str
    product: str
    product_name: str
    version: str
    place: str
    state: str
    planned_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    listing: str
    listing_reason: str
    blocked: list[HindranceOut] = []


class RecordIn(In):
    """Fields of the transparency record by their code, such as {"2.1.3": "..."}; an empty one falls back."""

    fields: dict[Line, Text]


class RecordOut(Out):
    """The transparency record: each field with its text and whose word it is, and the codes that are missing."""

    standard: str
    not_sure: str
    missing: list[str]
    fields: list[dict[str, Any]]


@get("/deployments", who=ANYBODY_SIGNED_IN)
def list_deployments(ask: Asked) -> Listed[DeploymentOut]:
    """Where one's organisation uses what."""
    mine = deployments_of(ask.db, ask.by.organisation_id) if ask.by.organisation_id else []
    return all_of(_out(each) for each in mine)


@post("/products/{ref:str}/deployments", who=ANYBODY_SIGNED_IN, status=201)
def plan(ask: Asked, ref: str, body: PlaceIn) -> DeploymentOut:
    """Say that one's organisation is going to use the version on show."""
    product = product_for(ask.db, ref, by=ask.by)
    made = plan_deployment(ask.db, product, place=body.place, by=ask.by, at=ask.at)
    return _whole(ask, find_deployment(ask.db, made.ref, by=ask.by))


@get("/deployments/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_deployment(ask: Asked, ref: str) -> DeploymentOut:
    """One use of a product, and what stands in the way of going live."""
    return _whole(ask, own_deployment(ask.db, ref, by=ask.by))


@get("/deployments/{ref:str}/hazards", who=ANYBODY_SIGNED_IN)
def list_hazards(ask: Asked, ref: str) -> LogOut:
    """The log of a deployment, with what was handed over."""
    it, frameworks = own_deployment(ask.db, ref, by=ask.by), ask.services.frameworks
    return LogOut(
        hazards=hazards_out(log_of(ask.db, it.product_id, deployment_id=it.id), frameworks),
        blocked=blocked_out(what_blocks_report(ask.db, it.product, it, frameworks)),
        reports=[report_out(each) for each in reports_of(ask.db, it.product_id, deployment_id=it.id)],
    )  # fmt: skip


@post("/deployments/{ref:str}/hazards", who=ANYBODY_SIGNED_IN, scope=SAFETY, status=201)
def add_hazard(ask: Asked, ref: str, body: HazardIn) -> HazardOut:
    """A hazard that arises here."""
    it, frameworks = own_deployment(ask.db, ref, by=ask.by), ask.services.frameworks
    hazard = write_hazard(
        ask.db, it.product, raw_of(body), deployment=it, frameworks=frameworks, by=ask.by, at=ask.at
    )  # fmt: skip
    return hazards_out([hazard], frameworks)[0]


@put("/deployments/{ref:str}/hazards/{number:int}", who=ANYBODY_SIGNED_IN, scope=SAFETY, conditional=True)
def change_hazard(ask: Asked, ref: str, number: int, body: HazardIn) -> Answer[HazardOut]:
    """A line of the log as it is now."""
    it, frameworks = own_deployment(ask.db, ref, by=ask.by), ask.services.frameworks
    hazard = hazard_in(ask.db, it.product_id, number, deployment_id=it.id)
    write_hazard(
        ask.db, it.product, raw_of(body), hazard=hazard, deployment=it, row_version=ask.expected(hazard.row_version),
        frameworks=frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Answer(hazards_out([hazard], frameworks)[0], hazard.row_version)


@post("/deployments/{ref:str}/hazards/{number:int}/disposition", who=ANYBODY_SIGNED_IN, scope=SAFETY)
def decide(ask: Asked, ref: str, number: int, body: DecisionIn) -> HazardOut:
    """Say what is done with a hazard that was handed over."""
    it, frameworks = own_deployment(ask.db, ref, by=ask.by), ask.services.frameworks
    hazard = hazard_in(ask.db, it.product_id, number, deployment_id=it.id)
    decide_hazard(ask.db, it, hazard, raw_of(body), frameworks=frameworks, by=ask.by, at=ask.at)
    return hazards_out([hazard], frameworks)[0]


@post("/deployments/{ref:str}/reports", who=ANYBODY_SIGNED_IN, scope=SAFETY, status=201)
def give_out(ask: Asked, ref: str, body: ReportIn) -> ReportOut:
    """Give out the next safety case report of a deployment."""
    it, frameworks = own_deployment(ask.db, ref, by=ask.by), ask.services.frameworks
    report = issue_safety_case(
        ask.db, it.product, it.version, raw_of(body), facts=system_facts(frameworks, it.product, it.version),
        deployment=it, frameworks=frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return report_out(find_report(ask.db, report.ref, by=ask.by), whole=True)


@post("/deployments/{ref:str}/going-live", who=ANYBODY_SIGNED_IN, scope=SAFETY)
def take_live(ask: Asked, ref: str) -> DeploymentOut:
    """Say that patients meet the product here from now on."""
    it = own_deployment(ask.db, ref, by=ask.by)
    go_live(ask.db, it, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return _whole(ask, it)


@post("/deployments/{ref:str}/version", who=ANYBODY_SIGNED_IN, scope=SAFETY)
def move(ask: Asked, ref: str, body: EditionIn) -> DeploymentOut:
    """Use another version from now on."""
    it = own_deployment(ask.db, ref, by=ask.by)
    version = version_for(ask.db, it.product, body.edition, by=ask.by)
    move_deployment(ask.db, it, version, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return _whole(ask, own_deployment(ask.db, ref, by=ask.by))


@post("/deployments/{ref:str}/end", who=ANYBODY_SIGNED_IN, scope=SAFETY)
def end(ask: Asked, ref: str, body: Reason) -> DeploymentOut:
    """Say that the product is not used here any more."""
    it = own_deployment(ask.db, ref, by=ask.by)
    end_deployment(ask.db, it, reason=body.reason, by=ask.by, at=ask.at)
    return _whole(ask, it)


@get("/deployments/{ref:str}/transparency", who=ANYBODY_SIGNED_IN)
def show_record(ask: Asked, ref: str) -> RecordOut:
    """The algorithmic transparency record (ATRS), filled from what is known."""
    return _record(ask, own_deployment(ask.db, ref, by=ask.by))


@put("/deployments/{ref:str}/transparency", who=ANYBODY_SIGNED_IN)
def keep_record(ask: Asked, ref: str, body: RecordIn) -> RecordOut:
    """Write fields of the record; those that are not sent stay as they are."""
    it = own_deployment(ask.db, ref, by=ask.by)
    write_record(ask.db, it, body.fields, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return _record(ask, it)


def _record(ask: Asked, it: Deployment) -> RecordOut:
    frameworks = ask.services.frameworks
    data = record_data(frameworks, it, record_of(ask.db, frameworks, it, at=ask.at))
    return RecordOut(
        standard=data["standard"], not_sure=data["not-sure"], missing=data["missing"], fields=data["fields"]
    )


def _whole(ask: Asked, it: Deployment) -> DeploymentOut:
    matrix = matrix_of(ask.services.frameworks)
    blocked = what_blocks_going_live(ask.db, it, matrix) if it.state == "planned" else []
    return _out(it).model_copy(update={"blocked": blocked_out(blocked)})


def _out(it: Deployment) -> DeploymentOut:
    return DeploymentOut(
        ref=it.ref, organisation=it.organisation.name, product=it.product.ref, product_name=it.product.name,
        version=it.version.number, place=it.place, state=it.state, planned_at=it.planned_at, live_at=it.live_at,
        ended_at=it.ended_at, end_reason=it.end_reason, listing=it.product.state,
        listing_reason=it.product.state_reason,
    )  # fmt: skip


CALLS = [
    list_deployments, plan, show_deployment, list_hazards, add_hazard, change_hazard, decide, give_out, take_live,
    move, end, show_record, keep_record,
]  # fmt: skip
