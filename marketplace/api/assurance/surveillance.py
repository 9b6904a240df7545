"""Looking again at what was certified: visits as they are due, appointed and held, and what they found."""

from datetime import date, datetime
from uuid import UUID

from marketplace.api.assurance.cases import ASSESS, FindingIn, own_case
from marketplace.api.calls import PUBLIC, Asked, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.assurance.actions.surveillance import appoint_visit, begin_visit, end_visit, find_at_visit
from marketplace.assurance.models import Visit, VisitFinding
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.assurance.queries.surveillance import certified_by, found_at, visit_to_hold, visits_of


class AppointmentIn(In):
    """`way` is one of papers, remote, on-site; oneself where nobody is named."""

    planned_on: date
    way: Line
    person: UUID | None = None


class OpeningIn(In):
    has_no_conflict: bool


class VisitOutcomeIn(In):
    reasons: Text


class VisitFindingOut(Out):
    code: str
    judgement: str
    severity: str
    note: str
    condition: str
    due_on: date | None


class VisitOut(Out):
    """A visit. `state` is due, planned, open or ended; `outcome` follows from what was found, once it has ended."""

    certificate: str
    state: str
    due_on: date
    planned_on: date | None
    way: str
    assessor: str
    outcome: str
    reasons: str
    ended_at: datetime | None
    findings: list[VisitFindingOut]


@get("/certificates/{ref:str}/visits", who=PUBLIC)
def list_visits(ask: Asked, ref: str) -> Listed[VisitOut]:
    """When a certificate is looked at again, and what the visits that have ended found."""
    visits = visits_of(ask.db, find_certificate(ask.db, ref).id)
    found = found_at(ask.db, [each.id for each in visits if each.state == "ended"])
    return all_of(_visit(each, found.get(each.id, {})) for each in visits)


@get("/cases/{ref:str}/surveillance", who=ASSESS)
def show_surveillance(ask: Asked, ref: str) -> Listed[VisitOut]:
    """The visits of a case of one's body, with what was found so far."""
    return _of_case(ask, own_case(ask, ref).id)


@post("/cases/{ref:str}/surveillance/appointment", who=ASSESS)
def send_appointment(ask: Asked, ref: str, body: AppointmentIn) -> Listed[VisitOut]:
    """Say when the visit is held, how and by whom."""
    case = own_case(ask, ref)
    appoint_visit(
        ask.db, visit_to_hold(ask.db, case.id), planned_on=body.planned_on, way=body.way,
        person_id=body.person or ask.person_id, frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _of_case(ask, case.id)


@post("/cases/{ref:str}/surveillance/opening", who=ASSESS)
def send_opening(ask: Asked, ref: str, body: OpeningIn) -> Listed[VisitOut]:
    """Begin the visit, as the one who was appointed."""
    case = own_case(ask, ref)
    begin_visit(ask.db, visit_to_hold(ask.db, case.id), has_no_conflict=body.has_no_conflict, by=ask.by, at=ask.at)
    return _of_case(ask, case.id)


@post("/cases/{ref:str}/surveillance/findings", who=ASSESS, status=201)
def send_visit_finding(ask: Asked, ref: str, body: FindingIn) -> Listed[VisitOut]:
    """Keep what is found of a criterion."""
    case = own_case(ask, ref)
    find_at_visit(
        ask.db, visit_to_hold(ask.db, case.id), body.code, body.judgement, note=body.note, condition=body.condition,
        severity=body.severity, due_on=body.due_on, frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _of_case(ask, case.id)


@post("/cases/{ref:str}/surveillance/outcome", who=ASSESS)
def send_visit_outcome(ask: Asked, ref: str, body: VisitOutcomeIn) -> Listed[VisitOut]:
    """End the visit; what it comes to follows from what was found, and weighs on the certificate."""
    case = own_case(ask, ref)
    end_visit(
        ask.db, visit_to_hold(ask.db, case.id), reasons=body.reasons, frameworks=ask.services.frameworks, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return _of_case(ask, case.id)


def _of_case(ask: Asked, case_id: UUID) -> Listed[VisitOut]:
    visits = visits_of(ask.db, certified_by(ask.db, case_id).id)
    found = found_at(ask.db, [each.id for each in visits])
    return all_of(_visit(each, found[each.id]) for each in visits)


def _visit(visit: Visit, found: dict[str, VisitFinding]) -> VisitOut:
    return VisitOut(
        certificate=visit.certificate.ref, state=visit.state, due_on=visit.due_on, planned_on=visit.planned_on,
        way=visit.way, assessor=visit.assessor.name if visit.assessor else "", outcome=visit.outcome,
        reasons=visit.reasons, ended_at=visit.ended_at,
        findings=[VisitFindingOut.model_validate(each) for _, each in sorted(found.items())],
    )  # fmt: skip


CALLS = [
    list_visits, show_surveillance, send_appointment, send_opening, send_visit_finding, send_visit_outcome,
]  # fmt: skip
