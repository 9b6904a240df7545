"""Safety and change notices: written, sent to every holder, acknowledged and answered, closed."""

from datetime import date, datetime

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, get, post, put
from marketplace.api.safety.shapes import ReceiptOut, raw_of
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.assurance.actions.safety.notices import (
    acknowledge_notice,
    answer_notice,
    close_notice,
    discard_notice,
    issue_notice,
    write_notice,
)
from marketplace.assurance.models import Receipt, SafetyNotice
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.holders import standpoint
from marketplace.assurance.queries.safety.incidents import find_incident
from marketplace.assurance.queries.safety.notices import finals_of, find_notice, notices_for, receipts_of
from marketplace.assurance.rules.safety.receipts import due_of, standing_of
from marketplace.catalogue.queries.products import own_product
from marketplace.faces.safety import holders_above
from marketplace.identity.policies import Permission, owns
from marketplace.kit.calendar import day_in_london

WRITE, SAFETY = Permission.CATALOGUE_WRITE, Permission.SAFETY_APPROVE


class NoticeIn(In):
    """A notice: `kind` is safety (with `urgency` and `risk`) or change (with `change`, `new_version`, the day)."""

    kind: Line
    title: Line
    what: Text
    action: Text
    urgency: Line = ""
    risk: Text = ""
    affects: Line = ""
    change: Line = ""
    new_version: Line = ""
    takes_effect_on: Line = ""


class NewNoticeIn(NoticeIn):
    """A new notice, perhaps because of an incident."""

    incident: Line = ""


class AnswerIn(In):
    """What was done: done, not-affected or under-way; for a change accepted, refused or under-way."""

    answer: Line
    words: Text


class ClosingIn(In):
    """Why it can be closed; needed while somebody has not answered."""

    words: Text = ""


class NoticeOut(Out):
    """A notice; a holder reads its own receipt, the supplier and the assessors everybody's."""

    ref: str
    kind: str
    product: str
    supplier: str
    state: str
    title: str
    what: str
    risk: str
    action: str
    urgency: str
    affects: list[str]
    change: str
    new_version: str
    takes_effect_on: date | None
    lapses: list[dict[str, str]]
    issued_at: datetime | None
    acknowledge_by: date | None
    act_by: date | None
    version: int
    receipts: list[ReceiptOut] = []


@get("/safety-notices", who=ANYBODY_SIGNED_IN)
def list_notices(ask: Asked) -> Listed[NoticeOut]:
    """The notices that the caller may know of, open ones first; without their receipts."""
    return all_of(_out(each) for each in notices_for(ask.db, by=ask.by, most=100))


@post("/listings/{ref:str}/safety/notices", who=WRITE, status=201)
def add_notice(ask: Asked, ref: str, body: NewNoticeIn) -> NoticeOut:
    """A draft; nobody is told yet."""
    product = own_product(ask.db, ref, by=ask.by)
    incident = find_incident(ask.db, body.incident, by=ask.by) if body.incident else None
    made = write_notice(
        ask.db, product, raw_of(body), incident=incident, frameworks=ask.services.frameworks, by=ask.by, at=ask.at
    )
    return _whole(ask, made.ref)


@get("/safety-notices/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_notice(ask: Asked, ref: str) -> NoticeOut:
    """A notice with the receipts that the caller may read."""
    return _whole(ask, ref)


@put("/safety-notices/{ref:str}/draft", who=ANYBODY_SIGNED_IN, scope=WRITE, conditional=True)
def change_draft(ask: Asked, ref: str, body: NoticeIn) -> Answer[NoticeOut]:
    """A draft as it is now."""
    notice = find_notice(ask.db, ref, by=ask.by)
    write_notice(
        ask.db, notice.product, raw_of(body), notice=notice, row_version=ask.expected(notice.row_version),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Answer(_whole(ask, ref), notice.row_version)


@post("/safety-notices/{ref:str}/issue", who=ANYBODY_SIGNED_IN, scope=WRITE)
def send(ask: Asked, ref: str) -> NoticeOut:
    """Send it to every organisation that holds the product."""
    notice = find_notice(ask.db, ref, by=ask.by)
    above = holders_above(ask.db, notice.product_id)
    issue_notice(ask.db, notice, also=above, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return _whole(ask, ref)


@post("/safety-notices/{ref:str}/discarding", who=ANYBODY_SIGNED_IN, scope=WRITE)
def discard(ask: Asked, ref: str) -> NoticeOut:
    """Give the draft up."""
    discard_notice(ask.db, find_notice(ask.db, ref, by=ask.by), by=ask.by)
    return _whole(ask, ref)


@post("/safety-notices/{ref:str}/acknowledgement", who=ANYBODY_SIGNED_IN, scope=SAFETY)
def acknowledge(ask: Asked, ref: str) -> NoticeOut:
    """Say that it was read by whoever answers for safety."""
    acknowledge_notice(ask.db, find_notice(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)
    return _whole(ask, ref)


@post("/safety-notices/{ref:str}/answer", who=ANYBODY_SIGNED_IN, scope=SAFETY)
def answer(ask: Asked, ref: str, body: AnswerIn) -> NoticeOut:
    """Say what was done, or whether the change is accepted."""
    notice, frameworks = find_notice(ask.db, ref, by=ask.by), ask.services.frameworks
    answer_notice(ask.db, notice, raw_of(body), frameworks=frameworks, by=ask.by, at=ask.at)
    return _whole(ask, ref)


@post("/safety-notices/{ref:str}/closure", who=ANYBODY_SIGNED_IN, scope=WRITE)
def close(ask: Asked, ref: str, body: ClosingIn) -> NoticeOut:
    """Close it: nobody is reminded any more."""
    notice, frameworks = find_notice(ask.db, ref, by=ask.by), ask.services.frameworks
    close_notice(ask.db, notice, words=body.words, frameworks=frameworks, by=ask.by, at=ask.at)
    return _whole(ask, ref)


def _whole(ask: Asked, ref: str) -> NoticeOut:
    ask.db.flush()
    notice = find_notice(ask.db, ref, by=ask.by)
    receipts = receipts_of(ask.db, [notice.id])[notice.id]
    watches = standpoint(ask.db, ask.by, notice.product).watches
    shown = [each for each in receipts if watches or owns(ask.by, each.organisation_id)]
    today = day_in_london(ask.at)
    finals = finals_of(clocks_of(ask.services.frameworks), notice.kind)
    return _out(notice).model_copy(update={"receipts": [_receipt(each, notice, finals, today) for each in shown]})


def _receipt(receipt: Receipt, notice: SafetyNotice, finals: frozenset[str], today: date) -> ReceiptOut:
    standing = standing_of(receipt, finals)
    due = due_of(standing, notice.acknowledge_by or today, notice.act_by or today)
    return ReceiptOut(
        organisation=receipt.organisation.name, grounds=receipt.grounds, standing=standing, due=due,
        is_late=due is not None and due < today and notice.state == "issued",
        acknowledged_at=receipt.acknowledged_at, answer=receipt.answer, words=receipt.answer_words,
        reminded=receipt.chased,
    )  # fmt: skip


def _out(notice: SafetyNotice) -> NoticeOut:
    return NoticeOut(
        ref=notice.ref, kind=notice.kind, product=notice.product.ref, supplier=notice.supplier.name,
        state=notice.state, title=notice.title, what=notice.what, risk=notice.risk, action=notice.action,
        urgency=notice.urgency, affects=notice.affects, change=notice.change, new_version=notice.new_version,
        takes_effect_on=notice.takes_effect_on, lapses=notice.lapses, issued_at=notice.issued_at,
        acknowledge_by=notice.acknowledge_by, act_by=notice.act_by, version=notice.row_version,
    )  # fmt: skip


CALLS = [
    list_notices, add_notice, show_notice, change_draft, send, discard, acknowledge, answer, close,
]  # fmt: skip
