"""What a binding text obliges to: written when it is signed, done with a note, and told of before it is due."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.events import ObligationFinished
from marketplace.contracts.models import Contract, ContractParty, ContractText, Obligation
from marketplace.contracts.policies.agreements import may_finish
from marketplace.contracts.queries.people import people_to_tell
from marketplace.contracts.rules.assembly import conditions
from marketplace.contracts.rules.obligations import SOON, Duty, duties, warning_days
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import add_months, day_in_london, in_words
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text

RUNNING = ("signed", "live")
LONGEST_NOTE = 1_000


def set_obligations(
    db: Session,
    template: ContractTemplate,
    contract: Contract,
    text: ContractText,
    parties: list[ContractParty],
    *,
    at: datetime,
) -> None:
    """Write what this text obliges `parties` to. What is done stays, and so does what was due before it holds."""
    several = sum(party.role != "supplier" for party in parties) > 1
    standing = conditions(template, text.parameters, several=several)
    named = [(party.organisation_id, party.role) for party in parties]
    wanted = {_key(duty): duty for duty in duties(template, named, text.parameters, standing)}
    for known in db.scalars(select(Obligation).where(Obligation.contract_id == contract.id)):
        kept = wanted.pop((known.key, known.organisation_id, known.due_on), None)
        if kept is None and known.done_at is None and known.due_on >= text.effective_on:
            db.delete(known)
    for duty in wanted.values():
        db.add(_row(contract, duty, at=at))
    db.flush()


def finish_obligation(db: Session, obligation: Obligation, *, note: str, by: Actor, at: datetime) -> None:
    """Note that it is done, and how. Raises NotAllowed, Conflict where it is done already."""
    if not may_finish(by, obligation):
        raise NotAllowed("this is for people who run, sign or pay contracts at its owner", "Ask one of them.")
    if obligation.done_at is not None:
        raise Conflict(f"“{obligation.label}” is done already", "Look at who did it, and when.")
    obligation.done_at, obligation.done_by_id = at, by.person_id
    obligation.note = clean_text(note, LONGEST_NOTE)
    done = ObligationFinished(
        contract_id=obligation.contract_id, obligation_id=obligation.id, label=obligation.label, note=obligation.note
    )
    record(db, done, by=by, at=at)


def tell_of_dates(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """Tell people of ends and obligations that come near, each once; returns how many were told. Repeatable."""
    today = day_in_london(at)
    return _tell_of_ends(db, frameworks, today, at) + _tell_of_obligations(db, today, at)


def _tell_of_ends(db: Session, frameworks: Frameworks, today: date, at: datetime) -> int:
    """The last warning that has come, such as six months before the end, to everybody at the parties."""
    rows = select(Contract).where(Contract.state.in_(RUNNING), Contract.ends_on.between(today, add_months(today, 12)))
    told = 0
    for contract in db.scalars(rows.order_by(Contract.id)):
        template = frameworks.contract_versions.get((contract.template_id, contract.template_version))
        if template is None or contract.starts_on is None or contract.ends_on is None:
            continue
        come = [
            months
            for months, day in warning_days(contract.starts_on, contract.ends_on, template.declared.warnings_months)
            if day <= today
        ]
        if come:
            told += _tell_of_end(db, contract, contract.ends_on, come[-1], at)
    return told


def _tell_of_end(db: Session, contract: Contract, ends_on: date, months: int, at: datetime) -> int:
    people = people_to_tell(db, contract.id)
    return tell(
        db, {person for person, _ in people}, kind="contract", title=f"{contract.name} ends on {in_words(ends_on)}",
        body=f"Less than {months} months are left. It does not renew itself: decide in time what follows.",
        path=f"/contracts/{contract.ref}", key=f"contract {contract.id} ends {ends_on} {months}", at=at,
    )  # fmt: skip


def _tell_of_obligations(db: Session, today: date, at: datetime) -> int:
    rows = (
        select(Obligation, Contract)
        .join(Contract, Contract.id == Obligation.contract_id)
        .where(Obligation.done_at.is_(None), Contract.state.in_(RUNNING))
        .where(Obligation.due_on.between(today - SOON, today + SOON))
        .options(joinedload(Obligation.organisation))
        .order_by(Obligation.due_on, Obligation.id)
    )
    told = 0
    for obligation, contract in db.execute(rows):
        is_late = obligation.due_on < today
        mine = [
            person
            for person, organisation_id in people_to_tell(db, contract.id)
            if organisation_id == obligation.organisation_id
        ]
        word = "was due" if is_late else "is due"
        told += tell(
            db, mine, kind="task", title=f"{obligation.label} {word} on {in_words(obligation.due_on)}",
            body=f"{contract.name}, for {obligation.organisation.name}.", path=f"/contracts/{contract.ref}/obligations",
            key=f"obligation {obligation.id} {word}", at=at, organisation_id=obligation.organisation_id,
        )  # fmt: skip
    return told


def _key(duty: Duty) -> tuple[str, UUID, date]:
    return duty.key, duty.organisation_id, duty.due_on


def _row(contract: Contract, duty: Duty, *, at: datetime) -> Obligation:
    return Obligation(
        id=new_id(at), contract_id=contract.id, key=duty.key, kind=duty.kind, label=duty.label, clause=duty.clause,
        organisation_id=duty.organisation_id, due_on=duty.due_on, note="",
    )  # fmt: skip
