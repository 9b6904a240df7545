"""Appeals: filed, heard by somebody new, settled; and those that everybody may read."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from marketplace.api.assurance.cases import opened
from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, Document, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.assurance.actions.appealing import (
    assign_appeal,
    file_appeal,
    open_hearing,
    settle_appeal,
    withdraw_appeal,
)
from marketplace.assurance.models import Appeal
from marketplace.assurance.policies import has_opened, may_hear
from marketplace.assurance.queries.appeals import find_appeal, published_appeals
from marketplace.assurance.queries.cases import find_case
from marketplace.assurance.queries.people import find_body
from marketplace.catalogue.queries.products import own_product
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotAllowed

ASSESS, WRITE = Permission.ASSURANCE_ASSESS, Permission.CATALOGUE_WRITE


class AppealIn(In):
    """Against what: decision, suspension or withdrawal. `codes` are the criteria contested, of a decision alone."""

    case: Line
    against: Line
    grounds: Text
    codes: list[Line] = []
    body: Line


class HearerIn(In):
    """Who hears it; oneself where nobody is named."""

    person: UUID | None = None


class DeclaredIn(In):
    has_conflict: bool
    words: Text = ""


class OutcomeIn(In):
    outcome: Literal["uphold", "dismiss"]
    reasons: Text


class AppealOut(Out):
    """An appeal. `state` is filed, assigned, open, upheld, dismissed or withdrawn; `reopened` a case anew."""

    ref: str
    case: str
    product: str
    supplier: str
    decided_by: str
    heard_by: str
    against: str
    codes: list[str]
    grounds: str
    state: str
    filed_at: datetime
    due_on: date
    ended_at: datetime | None
    reasons: str
    reopened: str = ""


@get("/assurance/appeals", who=PUBLIC)
def list_appeals(ask: Asked) -> Listed[AppealOut]:
    """What came of appeals that were upheld or dismissed."""
    return all_of(_out(each) for each in published_appeals(ask.db))


@post("/listings/{ref:str}/assurance/appeals", who=WRITE, status=201)
def send_appeal(ask: Asked, ref: str, body: AppealIn) -> AppealOut:
    """Appeal, within the days that are undertaken."""
    own_product(ask.db, ref, by=ask.by)
    appeal = file_appeal(
        ask.db, find_case(ask.db, body.case, by=ask.by), against=body.against, grounds=body.grounds, codes=body.codes,
        body=find_body(ask.db, body.body), frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return _out(appeal)


@get("/appeals/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_appeal(ask: Asked, ref: str) -> AppealOut:
    """An appeal of one's products, or one that one's body hears."""
    return _out(find_appeal(ask.db, ref, by=ask.by))


@post("/appeals/{ref:str}/assignment", who=ASSESS)
def send_assignment(ask: Asked, ref: str, body: HearerIn) -> AppealOut:
    """Name who hears it: nobody who had a part in what was decided."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    assign_appeal(ask.db, appeal, body.person or ask.person_id, by=ask.by, at=ask.at)
    return _out(find_appeal(ask.db, ref, by=ask.by))


@post("/appeals/{ref:str}/declaration", who=ASSESS)
def send_declaration(ask: Asked, ref: str, body: DeclaredIn) -> AppealOut:
    """Say whether one has a conflict of interest; without one the papers open."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    open_hearing(ask.db, appeal, has_conflict=body.has_conflict, words=body.words, by=ask.by, at=ask.at)
    return _out(find_appeal(ask.db, ref, by=ask.by))


@get("/appeals/{ref:str}/documents/{digest:str}", who=ASSESS, media_type="application/octet-stream")
def open_contested_paper(ask: Asked, ref: str, digest: str) -> Document:
    """A document that was assessed, for the one who hears the appeal."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    if not may_hear(ask.by, appeal) or not has_opened(ask.by, appeal):
        raise NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")
    return opened(ask, appeal.case, digest)


@post("/appeals/{ref:str}/outcome", who=ASSESS)
def send_outcome(ask: Asked, ref: str, body: OutcomeIn) -> AppealOut:
    """Uphold it or dismiss it; everybody reads the reasons."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    case = settle_appeal(
        ask.db, appeal, upholds=body.outcome == "uphold", reasons=body.reasons, frameworks=ask.services.frameworks,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return _out(find_appeal(ask.db, ref, by=ask.by), reopened=case.ref if case else "")


@post("/appeals/{ref:str}/withdrawal", who=WRITE)
def send_appeal_back(ask: Asked, ref: str, body: Reason) -> AppealOut:
    """Take an appeal back."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    withdraw_appeal(ask.db, appeal, reason=body.reason, by=ask.by, at=ask.at)
    return _out(find_appeal(ask.db, ref, by=ask.by))


def _out(appeal: Appeal, *, reopened: str = "") -> AppealOut:
    return AppealOut(
        ref=appeal.ref, case=appeal.case.ref, product=appeal.case.product.ref, supplier=appeal.supplier.name,
        decided_by=appeal.case.body.name, heard_by=appeal.body.name, against=appeal.against, codes=appeal.codes,
        grounds=appeal.grounds, state=appeal.state, filed_at=appeal.filed_at, due_on=appeal.due_on,
        ended_at=appeal.ended_at, reasons=appeal.reasons, reopened=reopened,
    )  # fmt: skip


CALLS = [
    list_appeals, send_appeal, show_appeal, send_assignment, send_declaration, open_contested_paper, send_outcome,
    send_appeal_back,
]  # fmt: skip
