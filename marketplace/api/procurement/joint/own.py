"""What a party does for itself: answers, approves, makes ready, notes. No other party's answer shows any of it."""

from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, Document, get, post, put
from marketplace.api.catalogue.documents import chunks
from marketplace.api.procurement.joint.common import answer, joint_of, place_of
from marketplace.api.procurement.joint.sent import (
    ApprovalForm,
    CallOffIn,
    LabelIn,
    NoteIn,
    PlanIn,
    SeenIn,
    TickIn,
    WordsIn,
)
from marketplace.api.procurement.joint.shapes import (
    ApprovalOut,
    DoorOut,
    NoteOut,
    ProcurementOut,
    ReadinessOut,
    approval_out,
    readiness_out,
)
from marketplace.api.shapes import Listed, Reason, all_of
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotAllowed, NotFound
from marketplace.kit.fields import Fields
from marketplace.kit.money import Money
from marketplace.ports.files.downloads import download_headers
from marketplace.procurement.actions.joint import (
    Given,
    Paper,
    add_readiness,
    ask_for_approval,
    confirm,
    decline,
    describe_call_off,
    give_approval,
    join,
    keep_paper,
    note,
    plan_readiness,
    refuse_approval,
    tick_readiness,
    withdraw_party,
)
from marketplace.procurement.actions.joint.approvals import LARGEST_DOCUMENT, declared_in
from marketplace.procurement.policies import may_give_approval, may_read_inside
from marketplace.procurement.queries.joint.finding import procurement_behind_link
from marketplace.procurement.queries.joint.parties import find_approval, find_readiness, notes_of
from marketplace.procurement.queries.joint.standing import procedure_of
from marketplace.procurement.rules.joint.joining import door
from marketplace.procurement.schemas import read_call_off

READ, WRITE, SIGN = Permission.PROJECT_READ, Permission.PROJECT_WRITE, Permission.CONTRACT_SIGN
OCTETS = "application/octet-stream"


@get("/procurements/{ref:str}/join", who=ANYBODY_SIGNED_IN, scope=READ)
def show_door(ask: Asked, ref: str) -> DoorOut:
    """Whether one's organisation may join, for whoever holds the reference: the rule, and nothing of the purchase."""
    procurement = procurement_behind_link(ask.db, ref, by=ask.by)
    declared = procedure_of(ask.services.frameworks, procurement).joining
    entry = door(declared, ref=ask.by.organisation_ref, admits=procurement.admits, state=procurement.state)
    ways = {way.label: way.meaning for way in entry.ways_on}
    source = f"{declared.source.document}, {declared.source.section}"
    return DoorOut(ref=procurement.ref, may_join=entry.is_open, why=entry.why, ways_on=ways, source=source)


@post("/procurements/{ref:str}/join", who=ANYBODY_SIGNED_IN, scope=SIGN)
def join_it(ask: Asked, ref: str, body: SeenIn) -> Answer[ProcurementOut]:
    """Join, on the terms of that digest."""
    procurement, own = joint_of(ask, ref)
    join(ask.db, procurement, own, seen=body.terms, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/confirmation", who=ANYBODY_SIGNED_IN, scope=SIGN)
def confirm_it(ask: Asked, ref: str, body: SeenIn) -> Answer[ProcurementOut]:
    """Say yes again, on the terms of that digest."""
    procurement, own = joint_of(ask, ref)
    confirm(ask.db, procurement, own, seen=body.terms, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/refusal", who=ANYBODY_SIGNED_IN, scope=SIGN, status=204)
def decline_it(ask: Asked, ref: str, body: Reason) -> None:
    """Take no part; the others are told, with the reason."""
    procurement, own = joint_of(ask, ref)
    decline(ask.db, procurement, own, reason=body.reason, by=ask.by, at=ask.at)


@post("/procurements/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, scope=SIGN)
def leave_it(ask: Asked, ref: str, body: Reason) -> Answer[ProcurementOut]:
    """Leave before the award; the others confirm again."""
    procurement, own = joint_of(ask, ref)
    withdraw_party(ask.db, procurement, own, reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@put("/procurements/{ref:str}/call-off", who=ANYBODY_SIGNED_IN, scope=READ)
def call_off(ask: Asked, ref: str, body: CallOffIn) -> Answer[ProcurementOut]:
    """Keep one's own start, quantities, cost code and purchase order."""
    procurement, own = joint_of(ask, ref)
    sent = {name: str(value) for name, value in body.model_dump(exclude_none=True).items()}
    describe_call_off(ask.db, procurement, own, read_call_off(sent), by=ask.by, at=ask.at)
    return answer(ask, ref)


@get("/procurements/{ref:str}/approvals", who=ANYBODY_SIGNED_IN, scope=READ)
def list_approvals(ask: Asked, ref: str) -> Listed[ApprovalOut]:
    """Every turn of one's own approvals, the newest first. The others' states stand with the parties."""
    inside = place_of(ask, ref, for_those_who_left=True).mine.inside
    return all_of(approval_out(row) for row in (inside.history if inside else ()))


@post("/procurements/{ref:str}/approvals/{kind:str}/request", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def request(ask: Asked, ref: str, kind: str, body: NoteIn) -> ApprovalOut:
    """Ask one's own people for an approval."""
    procurement, own = joint_of(ask, ref)
    row = ask_for_approval(
        ask.db, ask.services.frameworks, procurement, own, kind, note=body.note, by=ask.by, at=ask.at
    )
    return _turn(ask, ref, row.id)


@post(
    "/procurements/{ref:str}/approvals/{kind:str}/approval", who=ANYBODY_SIGNED_IN, scope=READ, status=201,
    largest=LARGEST_DOCUMENT + 100_000,
)  # fmt: skip
def approve(ask: Asked, ref: str, kind: str, form: ApprovalForm) -> ApprovalOut:
    """Approve for one's own organisation, within one's limit. The other parties see that, and no more."""
    procurement, own = joint_of(ask, ref)
    declared = declared_in(procedure_of(ask.services.frameworks, procurement), kind)
    if not may_give_approval(ask.by, own, declared.permission):
        raise NotAllowed(f"{declared.label} is for the {declared.who}", "Ask that person, or a manager for a deputy.")
    fields = Fields({"valid_until": form.valid_until})
    until = fields.day("valid_until")
    fields.check("the approval does not hold")
    paper = keep_paper(ask.services.files, form.file.stream, form.file.name) if form.file else Paper()
    amount = Money(form.amount_pence) if form.amount_pence is not None else None
    given = Given(amount=amount, paper=paper, valid_until=until, note=form.note)
    frameworks = ask.services.frameworks
    row = give_approval(ask.db, frameworks, procurement, own, kind, given, seen=form.terms, by=ask.by, at=ask.at)
    return _turn(ask, ref, row.id)


@post("/procurements/{ref:str}/approvals/{kind:str}/refusal", who=ANYBODY_SIGNED_IN, scope=READ, status=201)
def refuse(ask: Asked, ref: str, kind: str, body: NoteIn) -> ApprovalOut:
    """Refuse, with a reason for one's own people."""
    procurement, own = joint_of(ask, ref)
    row = refuse_approval(ask.db, ask.services.frameworks, procurement, own, kind, note=body.note, by=ask.by, at=ask.at)
    return _turn(ask, ref, row.id)


@get("/procurements/{ref:str}/papers/{paper:str}", who=ANYBODY_SIGNED_IN, scope=READ, media_type=OCTETS)
def take_paper(ask: Asked, ref: str, paper: UUID) -> Document:
    """The document behind one turn of one's own approvals."""
    _, own = joint_of(ask, ref)
    row = find_approval(ask.db, own, paper) if may_read_inside(ask.by, own) else None
    if row is None or not row.document_digest:
        raise NotFound("there is no such document", "It stands with the approval that rests on it.")
    headers = download_headers(row.document_name, OCTETS)
    return Document(chunks(ask.services.files.open(row.document_digest)), headers.pop("content-type"), headers)


@get("/procurements/{ref:str}/readiness", who=ANYBODY_SIGNED_IN, scope=READ)
def list_readiness(ask: Asked, ref: str) -> Listed[ReadinessOut]:
    """What has to be ready at one's own site."""
    inside = place_of(ask, ref).mine.inside
    return all_of(readiness_out(row) for row in (inside.ready if inside else ()))


@post("/procurements/{ref:str}/readiness", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def add_item(ask: Asked, ref: str, body: LabelIn) -> ReadinessOut:
    """Add something of one's own that has to be ready."""
    procurement, own = joint_of(ask, ref)
    made = add_readiness(ask.db, procurement, own, label=body.label, by=ask.by, at=ask.at)
    return _item(ask, ref, made.id)


@put("/procurements/{ref:str}/readiness/{item:str}", who=ANYBODY_SIGNED_IN, scope=WRITE)
def plan_item(ask: Asked, ref: str, item: UUID, body: PlanIn) -> ReadinessOut:
    """Give it to a colleague, with its day."""
    procurement, own = joint_of(ask, ref)
    fields = Fields({"due_on": body.due_on})
    due_on = fields.day("due_on")
    fields.check("the plan does not hold")
    found = find_readiness(ask.db, own, item)
    plan_readiness(ask.db, procurement, own, found, owner_id=body.owner, due_on=due_on, by=ask.by, at=ask.at)
    return _item(ask, ref, item)


@post("/procurements/{ref:str}/readiness/{item:str}/completion", who=ANYBODY_SIGNED_IN, scope=READ)
def tick_item(ask: Asked, ref: str, item: UUID, body: TickIn) -> ReadinessOut:
    """Say that it is ready, or not ready after all."""
    procurement, own = joint_of(ask, ref)
    found = find_readiness(ask.db, own, item)
    tick_readiness(ask.db, procurement, own, found, is_done=body.is_done, by=ask.by, at=ask.at)
    return _item(ask, ref, item)


@get("/procurements/{ref:str}/notes", who=ANYBODY_SIGNED_IN, scope=READ)
def list_notes(ask: Asked, ref: str) -> Listed[NoteOut]:
    """What one's own people say to each other."""
    place = place_of(ask, ref)
    rows = place.mine.inside.notes if place.mine.inside else ()
    return all_of(NoteOut(id=row.id, words=row.words, by=row.by.name, at=row.at) for row in rows)


@post("/procurements/{ref:str}/notes", who=ANYBODY_SIGNED_IN, scope=READ, status=201)
def make_note(ask: Asked, ref: str, body: WordsIn) -> NoteOut:
    """Say something to one's own people."""
    procurement, own = joint_of(ask, ref)
    made = note(ask.db, procurement, own, words=body.words, by=ask.by, at=ask.at)
    row = next(each for each in notes_of(ask.db, own.id) if each.id == made.id)
    return NoteOut(id=row.id, words=row.words, by=row.by.name, at=row.at)


def _turn(ask: Asked, ref: str, approval_id: UUID) -> ApprovalOut:
    ask.db.flush()
    inside = place_of(ask, ref).mine.inside
    return next(approval_out(row) for row in (inside.history if inside else ()) if row.id == approval_id)


def _item(ask: Asked, ref: str, item: UUID) -> ReadinessOut:
    ask.db.flush()
    ask.db.expire_all()
    inside = place_of(ask, ref).mine.inside
    return next(readiness_out(row) for row in (inside.ready if inside else ()) if row.id == item)


CALLS = [
    show_door, join_it, confirm_it, decline_it, leave_it, call_off, list_approvals, request, approve, refuse,
    take_paper, list_readiness, add_item, plan_item, tick_item, list_notes, make_note,
]  # fmt: skip
