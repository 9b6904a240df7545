"""The days of projects and of purchases made together: answers, approvals, what has to be ready, terms."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from marketplace.identity.policies import Actor, Permission
from marketplace.kit.icalendar import Entry
from marketplace.procurement.models import TAKING_PART, Approval, Deadline, Party, Procurement, Readiness
from marketplace.procurement.queries.deadlines import deadlines_between
from marketplace.procurement.queries.joint.standing import last_turns

PROJECT, JOINT, MOST = "project", "joint", 200
LIVE = ("inviting", "settled", "running")


def dates_of(db: Session, *, by: Actor, first: date, last: date) -> list[Entry]:
    """Deadlines of the actor's projects, and what its organisation has to do in purchases, from `first` to `last`."""
    if by.organisation_id is None:
        return []
    found = [_deadline(each) for each in deadlines_between(db, by=by, first=first, last=last)]
    if by.may(Permission.PROJECT_READ) or by.may(Permission.CONTRACT_READ):
        found += _joint(db, by)
    return [entry for entry in found if first <= entry.on <= last]


def _deadline(one: Deadline) -> Entry:
    owner = f" {one.owner.name} sees to it." if one.owner is not None else ""
    return Entry(
        f"deadline-{one.id}@touchstone", one.due_on, f"{one.label}: {one.project.name}", f"{one.note}{owner}".strip(),
        one.done_at is not None, PROJECT, f"/projects/{one.project.ref}/deadlines", one.due_at,
    )  # fmt: skip


def _joint(db: Session, by: Actor) -> Iterator[Entry]:
    parties = _mine(db, by)
    turns = last_turns(db, [party.id for party in parties])
    for party in parties:
        yield from _of_party(party)
        for approval in turns[party.id].values():
            if approval.state == "approved" and approval.valid_until is not None:
                yield _approval(party, approval)
    yield from _readiness(db, by)


def _mine(db: Session, by: Actor) -> list[Party]:
    rows = (
        select(Party)
        .join(Procurement, Procurement.id == Party.procurement_id)
        .options(contains_eager(Party.procurement))
        .where(Party.organisation_id == by.organisation_id, Party.state.in_(TAKING_PART), Procurement.state.in_(LIVE))
        .order_by(Party.id.desc())
        .limit(MOST)
    )
    return list(db.scalars(rows))


def _of_party(party: Party) -> Iterator[Entry]:
    """The day to answer by, and the term for as long as no contract states it."""
    procurement = party.procurement
    base, uid = f"/procurements/{procurement.ref}", f"{procurement.ref.lower()}@touchstone"
    if party.answer_by is not None and procurement.state == "inviting":
        is_done = party.state != "invited"
        title, words = f"Join or decline: {procurement.name}", "Your authorised signatory answers."
        yield Entry(f"answer-{party.id}@touchstone", party.answer_by, title, words, is_done, JOINT, f"{base}/join")
    if procurement.awarded_at is None and procurement.starts_on is not None:
        title, words = f"Planned start: {procurement.name}", "Until its contract is signed this is a plan."
        yield Entry(f"plan-start.{uid}", procurement.starts_on, title, words, kind=JOINT, path=base, is_task=False)
    if procurement.awarded_at is None and procurement.ends_on is not None:
        title, words = f"Planned end: {procurement.name}", "Until its contract is signed this is a plan."
        yield Entry(f"plan-end.{uid}", procurement.ends_on, title, words, kind=JOINT, path=base, is_task=False)


def _approval(party: Party, approval: Approval) -> Entry:
    assert approval.valid_until is not None
    name = approval.kind.replace("-", " ")
    return Entry(
        f"approval-{approval.id}@touchstone", approval.valid_until, f"Your approval runs out: {name}",
        party.procurement.name, kind=JOINT, path=f"/procurements/{party.procurement.ref}/approvals", is_task=False,
    )  # fmt: skip


def _readiness(db: Session, by: Actor) -> Iterator[Entry]:
    """What has to be ready at the actor's organisation, done or not."""
    rows = (
        select(Readiness, Procurement)
        .join(Party, Party.id == Readiness.party_id)
        .join(Procurement, Procurement.id == Party.procurement_id)
        .where(Party.organisation_id == by.organisation_id, Party.state.in_(TAKING_PART), Procurement.state.in_(LIVE))
        .where(Readiness.due_on.is_not(None))
        .order_by(Readiness.due_on.desc(), Readiness.id)
        .limit(MOST)
    )
    for one, procurement in db.execute(rows):
        assert one.due_on is not None
        yield Entry(
            f"ready-{one.id}@touchstone", one.due_on, f"Make ready: {one.label}", procurement.name,
            one.done_at is not None, JOINT, f"/procurements/{procurement.ref}/readiness",
        )  # fmt: skip
