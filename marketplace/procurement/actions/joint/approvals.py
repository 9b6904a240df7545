"""Local approvals: asked for by a party's buyers, given or refused by its own people, each turn kept."""

from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.procedures import ApprovalDeclared, Procedure
from marketplace.identity.policies import Actor, Permission
from marketplace.identity.queries.members import Reach, reach_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.money import Money
from marketplace.kit.record import record
from marketplace.kit.text import clean_file_name, clean_text, quote
from marketplace.kit.values import Value
from marketplace.ports.files.port import Files
from marketplace.procurement.actions.joint.holding import (
    begin_preparing,
    hold,
    need_part,
    need_state,
    refuse_stale,
)
from marketplace.procurement.events import ApprovalAsked, ApprovalGiven, ApprovalRefused
from marketplace.procurement.models import Approval, Party, Procurement
from marketplace.procurement.policies import may_give_approval
from marketplace.procurement.queries.joint.standing import held_by, last_turns, procedure_of, terms_of
from marketplace.procurement.rules.joint.approvals import APPROVED, ASKED, REFUSED, missing_before
from marketplace.procurement.schemas import LONGEST

WHILE = ("inviting", "settled", "running")
LARGEST_DOCUMENT = 20_000_000
"""Bytes of a safety case or an assessment."""


class Paper(Value):
    """The document behind an approval: its digest in the store, and its name."""

    digest: str = ""
    name: str = ""


class Given(Value):
    """What comes with an approval: the amount with VAT, the document, the last day, a note for one's own people."""

    amount: Money | None = None
    paper: Paper = Paper()
    valid_until: date | None = None
    note: str = ""


def keep_paper(files: Files, stream: BinaryIO, file_name: str) -> Paper:
    """Keep a document, its type told by its bytes. Raises Invalid for the field `document`."""
    name = clean_file_name(file_name)
    try:
        stored = files.put(stream, limit=LARGEST_DOCUMENT, name=name)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"document": f"{wrong.fact}. {wrong.hint}"}) from wrong
    return Paper(stored.digest, name)


def ask_for_approval(
    db: Session, frameworks: Frameworks, procurement: Procurement, party: Party, kind: str, *, note: str = "",
    by: Actor, at: datetime,
) -> Approval:  # fmt: skip
    """Ask one's own people for an approval: those who can give it are told. Raises NotAllowed, Conflict, NotFound."""
    begin_preparing(db, procurement, party, WHILE, by=by)
    declared = declared_in(procedure_of(frameworks, procurement), kind)
    last = last_turns(db, [party.id])[party.id].get(kind)
    if last is not None and last.state == ASKED:
        raise Conflict(f"{declared.label} was asked for already", "Whoever can give it has been told.")
    row = _turn(db, procurement, party, declared, ASKED, Given(note=_note(note)), None, by=by, at=at)
    asked = ApprovalAsked(**_about(procurement, party, row))
    record(db, asked, by=by, at=at)
    db.flush()
    return row


def give_approval(
    db: Session, frameworks: Frameworks, procurement: Procurement, party: Party, kind: str, given: Given, *,
    seen: str | None = None, by: Actor, at: datetime,
) -> Approval:  # fmt: skip
    """Approve for one's own organisation, on the terms of which `seen` is the digest.

    Within one's limit where it is limited, after those that come first. Raises NotAllowed, Conflict, Invalid by field.
    """
    procedure, declared = _begin(db, frameworks, procurement, party, kind, by)
    refuse_stale(procurement, seen)
    today = day_in_london(at)
    _check_order(db, procedure, procurement, party, declared, today)
    checked = _checked(procurement, party, declared, given, today)
    reach = _reach(db, declared, checked, by, today)
    row = _turn(db, procurement, party, declared, APPROVED, checked, reach, by=by, at=at)
    amount = checked.amount.pence if checked.amount else None
    record(db, ApprovalGiven(**_about(procurement, party, row), amount_pence=amount), by=by, at=at)
    db.flush()
    return row


def refuse_approval(
    db: Session, frameworks: Frameworks, procurement: Procurement, party: Party, kind: str, *, note: str, by: Actor,
    at: datetime,
) -> Approval:  # fmt: skip
    """Refuse, with a reason for one's own people; the others see the refusal alone. Raises NotAllowed, Invalid."""
    _, declared = _begin(db, frameworks, procurement, party, kind, by)
    why = _note(note)
    if not why:
        told = "Say why: your own people read it, the other parties do not."
        raise Invalid("a refusal needs a reason", told, fields={"note": told})
    row = _turn(db, procurement, party, declared, REFUSED, Given(note=why), None, by=by, at=at)
    record(db, ApprovalRefused(**_about(procurement, party, row)), by=by, at=at)
    db.flush()
    return row


def declared_in(procedure: Procedure, kind: str) -> ApprovalDeclared:
    """The approval of that kind. Raises NotFound, naming those that there are."""
    found = procedure.approval(kind)
    if found is None:
        known = ", ".join(each.id for each in procedure.approvals)
        raise NotFound(f"there is no approval {quote(kind)}", f"There are {known}.")
    return found


def _begin(
    db: Session, frameworks: Frameworks, procurement: Procurement, party: Party, kind: str, by: Actor
) -> tuple[Procedure, ApprovalDeclared]:
    procedure = procedure_of(frameworks, procurement)
    declared = declared_in(procedure, kind)
    if not may_give_approval(by, party, declared.permission):
        fact = f"{declared.label} is for the {declared.who[:1].lower()}{declared.who[1:]} of {party.organisation.name}"
        raise NotAllowed(fact, "Ask that person, or a manager to name a deputy.")
    hold(db, procurement)
    need_state(procurement, WHILE)
    need_part(party)
    return procedure, declared


def _check_order(
    db: Session, procedure: Procedure, procurement: Procurement, party: Party, declared: ApprovalDeclared, today: date
) -> None:
    if not declared.after:
        return
    turns = last_turns(db, [party.id])[party.id]
    held = held_by(party, procedure, turns, terms_of(procurement), today)
    missing = missing_before(procedure, declared.id, held)
    if missing:
        fact = f"{declared.label} comes after: {', '.join(missing)}"
        raise Conflict(fact, "They have to be approved first, so that it is given knowing what the others said.")


def _checked(procurement: Procurement, party: Party, declared: ApprovalDeclared, given: Given, today: date) -> Given:
    """What was given, held against what is declared and what is due. Raises Conflict, Invalid by field."""
    due = terms_of(procurement).gross_of(party.organisation.ref)
    wrong = {}
    if declared.limited and due is None:
        raise Conflict(f"{party.organisation.name} has no share yet", "The lead gives every party its share first.")
    amount = (given.amount or due) if declared.limited else None
    if amount is not None and due is not None and amount < due:
        wrong["amount"] = f"The share is {due} with VAT: {amount} does not cover it. Approve that much, or refuse."
    if declared.document == "required" and not given.paper.digest:
        wrong["document"] = "Add the document that this approval rests on."
    if given.valid_until is not None and given.valid_until < today:
        wrong["valid_until"] = f"{given.valid_until:%-d %B %Y} is over. Give a later day, or none."
    if wrong:
        raise Invalid(f"{declared.label} cannot be given like this", "Look at what is marked.", fields=wrong)
    return Given(amount, given.paper, given.valid_until, _note(given.note))


def _reach(db: Session, declared: ApprovalDeclared, given: Given, by: Actor, today: date) -> Reach | None:
    """The role by which the actor may. Raises NotAllowed above every limit."""
    reaches = reach_of(db, by, Permission(declared.permission), on=today)
    if given.amount is None:
        return next(iter(reaches), None)
    amount = given.amount.pence
    covering = [reach for reach in reaches if reach.limit_pence is None or amount <= reach.limit_pence]
    if not covering:
        limits = [reach.limit_pence for reach in reaches if reach.limit_pence is not None]
        fact = f"{given.amount} is above your limit of {Money(max(limits, default=0))}"
        raise NotAllowed(fact, "Ask a colleague whose limit covers it, or a manager to raise yours.")
    return covering[0]


def _turn(
    db: Session, procurement: Procurement, party: Party, declared: ApprovalDeclared, state: str, given: Given,
    reach: Reach | None, *, by: Actor, at: datetime,
) -> Approval:  # fmt: skip
    last = last_turns(db, [party.id])[party.id].get(declared.id)
    row = Approval(
        id=new_id(at), party_id=party.id, kind=declared.id, turn=last.turn + 1 if last else 1, state=state,
        needs=declared.permission, again_when=list(declared.again_when), basis=terms_of(procurement).plain(),
        amount_pence=given.amount.pence if given.amount else None, composition=procurement.composition,
        document_digest=given.paper.digest, document_name=given.paper.name, note=given.note,
        valid_until=given.valid_until, role=reach.role if reach else "", by_id=by.person_id, at=at,
        deputy_for_id=reach.deputy_for_id if reach else None,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def _about(procurement: Procurement, party: Party, row: Approval) -> dict[str, Any]:
    return {
        "procurement_id": procurement.id, "party_id": party.id, "organisation_id": party.organisation_id,
        "approval_id": row.id, "kind": row.kind, "composition": row.composition,
    }  # fmt: skip


def _note(text: str) -> str:
    return clean_text(text, LONGEST["note"])
