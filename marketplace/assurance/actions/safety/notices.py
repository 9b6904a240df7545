"""Safety and change notices: written, sent to every organisation that holds the product, answered, closed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events.safety import (
    NoticeAcknowledged,
    NoticeAnswered,
    NoticeClosed,
    NoticeIssued,
    NoticeReached,
)
from marketplace.assurance.models import Deployment, Incident, Receipt, SafetyNotice
from marketplace.assurance.policies import may_answer_notice, may_keep_log, may_keep_notice
from marketplace.assurance.queries.safety.declared import changes_of, clocks_of
from marketplace.assurance.queries.safety.holders import holders_of
from marketplace.assurance.queries.safety.notices import finals_of, open_notices, receipt_of, receipts_of
from marketplace.assurance.rules.changes import touched
from marketplace.assurance.rules.safety.limits import dates_of
from marketplace.assurance.states import NOTICE
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, NotAllowed, NotFound
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record

LONG, TITLE, NUMBER, MOST_VERSIONS = 4_000, 150, 40, 40
SAFETY, CHANGE = "safety", "change"
KINDS = {SAFETY: "Safety notice", CHANGE: "Change notice"}
NOTHING_LEFT = "Every organisation has answered, and nothing is left to do."
Also = Mapping[UUID, Iterable[str]]


def write_notice(
    db: Session, product: Product, given: Mapping[str, str], *, notice: SafetyNotice | None = None,
    incident: Incident | None = None, row_version: int | None = None, frameworks: Frameworks, by: Actor, at: datetime,
) -> SafetyNotice:  # fmt: skip
    """A draft of a notice, or a draft changed. Raises NotAllowed, Conflict once it was sent, Invalid.

    Fields: kind, title, what, action; of a safety notice urgency, risk, affects (numbers of versions, by commas); of a
    change change, new-version, takes-effect-on.
    """
    if not may_keep_log(by, product) or product.organisation_id is None:
        raise NotAllowed("only the supplier writes a notice about its product", "Report an incident instead.")
    if notice is not None:
        NOTICE.after("change", notice.state)
        hold_version(row_version, notice.row_version)
    read = _read(given, frameworks, at)
    if notice is None:
        notice = SafetyNotice(
            id=new_id(at), ref=new_reference("FSN"), product_id=product.id, supplier_id=product.organisation_id,
            incident_id=incident.id if incident else None, state=NOTICE.start, written_at=at, closed_words="",
        )  # fmt: skip
        db.add(notice)
    for name, value in read.items():
        setattr(notice, name, value)
    db.flush()
    return notice


def issue_notice(
    db: Session, notice: SafetyNotice, *, also: Also | None = None, frameworks: Frameworks, by: Actor, at: datetime
) -> list[Receipt]:
    """Send a notice to every organisation that holds the product, and start the clocks.

    `also` are holders that rooms above this one know of, each with the grounds. Raises NotAllowed, Conflict.
    """
    _allow(by, notice)
    notice.state = NOTICE.after("issue", notice.state)
    today, clocks = day_in_london(at), clocks_of(frameworks)
    if notice.kind == CHANGE:
        acknowledge = clocks.urgency["urgent"].acknowledge_days
        notice.acknowledge_by = today + timedelta(days=acknowledge)
        notice.act_by = max(notice.takes_effect_on or today, notice.acknowledge_by)
    else:
        notice.acknowledge_by, notice.act_by = dates_of(clocks.urgency[notice.urgency], today)
    notice.issued_at, notice.issued_by_id = at, by.person_id
    holders = holders_of(db, notice.product_id)
    for organisation_id, grounds in (also or {}).items():
        holders.setdefault(organisation_id, []).extend(grounds)
    holders.pop(notice.supplier_id, None)
    receipts = [_receipt(db, notice, organisation_id, grounds, at) for organisation_id, grounds in holders.items()]
    reached = [receipt.organisation_id for receipt in receipts]
    record(db, NoticeIssued(**_about(notice), kind=notice.kind, organisation_ids=reached), by=by, at=at)
    db.flush()
    return receipts


def discard_notice(db: Session, notice: SafetyNotice, *, by: Actor) -> None:
    """Give up a draft. Raises NotAllowed, Conflict."""
    _allow(by, notice)
    notice.state = NOTICE.after("discard", notice.state)
    db.flush()


def reach_later(db: Session, deployment: Deployment, *, at: datetime) -> int:
    """Send every open notice of a product to an organisation that began to use it. Returns how many. Repeatable."""
    new = 0
    for notice in open_notices(db, product_id=deployment.product_id):
        if receipt_of(db, notice, deployment.organisation_id) is None:
            _receipt(db, notice, deployment.organisation_id, ["began to use it afterwards"], at)
            reached = NoticeReached(**_about(notice), organisation_id=deployment.organisation_id)
            record(db, reached, by=CLOCK, at=at)
            new += 1
    db.flush()
    return new


def acknowledge_notice(db: Session, notice: SafetyNotice, *, by: Actor, at: datetime) -> Receipt:
    """Say that the notice was read by whoever answers for safety. Once is enough. Raises NotFound, NotAllowed."""
    receipt = _own_receipt(db, notice, by)
    if receipt.acknowledged_at is None:
        receipt.acknowledged_at, receipt.acknowledged_by_id = at, by.person_id
        acknowledged = NoticeAcknowledged(**_about(notice), organisation_id=receipt.organisation_id)
        record(db, acknowledged, by=by, at=at)
        db.flush()
    return receipt


def answer_notice(
    db: Session, notice: SafetyNotice, given: Mapping[str, str], *, frameworks: Frameworks, by: Actor, at: datetime
) -> Receipt:
    """Say what was done about it, or whether a change is accepted; this acknowledges it too.

    Fields: answer, words. Raises NotFound, NotAllowed, Conflict, Invalid.
    """
    if notice.state != "issued":
        raise Conflict("this notice is closed", "Write to its supplier.")
    clocks, fields = clocks_of(frameworks), Fields(given)
    _own_receipt(db, notice, by)
    known = clocks.answers_to(notice.kind)
    chosen = fields.one_of("answer", known, needed="Choose what you did.")
    words = fields.text("words", LONG, needed="Say what you did, or why. The supplier reads it.")
    fields.check("nothing was answered")
    receipt = acknowledge_notice(db, notice, by=by, at=at)
    receipt.answer, receipt.answer_words = chosen, words
    receipt.answered_at, receipt.answered_by_id = at, by.person_id
    answered = NoticeAnswered(
        **_about(notice), organisation_id=receipt.organisation_id, answer=chosen, words=words,
        final=known[chosen].final,
    )  # fmt: skip
    record(db, answered, by=by, at=at)
    db.flush()
    return receipt


def close_notice(
    db: Session, notice: SafetyNotice, *, words: str, frameworks: Frameworks, by: Actor, at: datetime
) -> None:
    """Close it: nobody is reminded any more. While somebody has not answered it needs a reason.

    Raises NotAllowed, Conflict, Invalid.
    """
    _allow(by, notice)
    state = NOTICE.after("close", notice.state)
    finals = finals_of(clocks_of(frameworks), notice.kind)
    open_ones = [receipt for receipt in receipts_of(db, [notice.id])[notice.id] if receipt.answer not in finals]
    needed = f"{len(open_ones)} have not answered. Say why it is closed all the same." if open_ones else ""
    fields = Fields({"words": words})
    kept = fields.text("words", LONG, needed=needed)
    fields.check("it cannot be closed yet")
    notice.state, notice.closed_at, notice.closed_words = state, at, kept or NOTHING_LEFT
    record(db, NoticeClosed(**_about(notice), words=notice.closed_words), by=by, at=at)
    db.flush()


def _read(given: Mapping[str, str], frameworks: Frameworks, at: datetime) -> dict[str, Any]:
    fields, clocks = Fields(given), clocks_of(frameworks)
    kind = fields.one_of("kind", KINDS, needed="Say whether it is about safety or a change.")
    read: dict[str, Any] = {
        "kind": kind,
        "title": fields.line("title", TITLE, needed="Say in one line what it is about."),
        "what": fields.text("what", LONG, needed="Say what happened, or what changes."),
        "action": fields.text("action", LONG, needed="Say what each organisation has to do."),
        "risk": fields.text("risk", LONG, needed="Say what could happen to patients." if kind == SAFETY else ""),
        "affects": _versions(fields.line("affects", LONG)),
    }
    if kind == SAFETY:
        read["urgency"] = fields.one_of("urgency", clocks.urgency, needed="Say how urgent it is.")
    elif kind == CHANGE:
        read |= _change(fields, frameworks, day_in_london(at))
    fields.check("the notice is not whole")
    return read


def _change(fields: Fields, frameworks: Frameworks, today: date) -> dict[str, Any]:
    """What a change notice says: its kind, the criteria that lapse, and the day, which leaves time enough."""
    declared, clocks = changes_of(frameworks), clocks_of(frameworks)
    known = {change.id: change for change in declared.changes}
    chosen = fields.one_of("change", known, needed="Say what kind of change it is.")
    day = fields.day("takes-effect-on")
    earliest = today + timedelta(days=clocks.change_days.get(chosen, 0))
    if day is None:
        fields.wrong.setdefault("takes-effect-on", "Say from which day on.")
    elif day < earliest:
        fields.wrong["takes-effect-on"] = f"It needs notice: {in_words(earliest)} at the earliest."
    lapses = [
        {"framework": framework.id, "label": framework.label, "code": code}
        for framework in frameworks.assurance.values()
        for code in (touched([known[chosen]], framework) if chosen in known else ())
    ]  # fmt: skip
    version = fields.line("new-version", NUMBER, needed="Say which version brings it.")
    return {"change": chosen, "lapses": lapses, "new_version": version, "takes_effect_on": day}


def _versions(typed: str) -> list[str]:
    return list(dict.fromkeys(part.strip()[:NUMBER] for part in typed.split(",") if part.strip()))[:MOST_VERSIONS]


def _receipt(db: Session, notice: SafetyNotice, organisation_id: UUID, grounds: Iterable[str], at: datetime) -> Receipt:
    receipt = Receipt(
        id=new_id(at), notice_id=notice.id, organisation_id=organisation_id, grounds=list(dict.fromkeys(grounds)),
        sent_at=at, answer="", answer_words="", chased=0,
    )  # fmt: skip
    db.add(receipt)
    return receipt


def _own_receipt(db: Session, notice: SafetyNotice, by: Actor) -> Receipt:
    receipt = receipt_of(db, notice, by.organisation_id)
    if receipt is None:
        raise NotFound("this notice did not reach your organisation", "Notices that reached you are under Safety.")
    if not may_answer_notice(by, receipt):
        raise NotAllowed(
            "only a clinical safety officer answers a notice", "Ask a manager of your organisation for the role."
        )
    return receipt


def _allow(by: Actor, notice: SafetyNotice) -> None:
    if not may_keep_notice(by, notice):
        raise NotAllowed("only the supplier sends and closes a notice about its product", "Act for that supplier.")


def _about(notice: SafetyNotice) -> dict[str, UUID]:
    return {"notice_id": notice.id, "product_id": notice.product_id, "supplier_id": notice.supplier_id}
