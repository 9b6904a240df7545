"""How a pilot ends: scale, extend or stop, with reasons; never in silence, and its result becomes evidence."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.actions.outcomes.common import begin_leading, lock_contract
from marketplace.contracts.actions.outcomes.proving import bring_result_on, record_result
from marketplace.contracts.actions.texts import begin_variation, take_back_variation
from marketplace.contracts.events.outcomes import ContractEnded, PilotDecided, PilotExtended, PilotRanOut
from marketplace.contracts.models import Contract, PilotDecision
from marketplace.contracts.queries.contracts import WITH_NAMES
from marketplace.contracts.queries.outcomes.books import Book, book_of
from marketplace.contracts.queries.outcomes.readiness import procurement_of
from marketplace.contracts.queries.outcomes.results import Finding, findings_of, rounded_of
from marketplace.contracts.states import CONTRACT
from marketplace.evidence.models import Study
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.fields import LONGEST_REASON, Fields
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.procurement.actions.joint.ending import close_procurement

SCALE, EXTEND, STOP = "scale", "extend", "stop"
VERDICTS = {
    SCALE: "Scale: take it on at the price agreed for afterwards",
    EXTEND: "Extend: more time is needed to answer the question",
    STOP: "Stop: it is not taken on",
}
VARIED_NO_MORE = "The contract has ended: it is varied no more."
RAN_OUT = "Its last day passed without a decision, so it stopped."


def decide_pilot(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    *,
    verdict: str,
    reasons: str,
    until: date | None = None,
    at_once: bool = False,
    by: Actor,
    at: datetime,
) -> PilotDecision:
    """Decide what follows. Before its last day a pilot runs on until then, unless it ends `at_once`.

    To extend begins a variation with the new last day, which all sign. One that ran out without a decision can still
    be decided. Raises NotAllowed, Conflict, Invalid by field.
    """
    state = begin_leading(db, contract, by=by)
    last = last_decision(db, contract)
    ran_out = state == "ended" and last is not None and last.by_id is None
    if state != "live" and not (ran_out and verdict != EXTEND):
        raise Conflict(f"the contract is {state}", "Only a pilot that runs, or that ran out undecided, is decided.")
    why = _read(verdict, reasons, at_once)
    if verdict == EXTEND:
        return _extend(db, frameworks, contract, why, until, by=by, at=at)
    contract.decision, contract.decision_reason, contract.decided_at = verdict, why, at
    book = book_of(db, contract)
    decision = _note(db, contract, verdict, why, book, by=by, at=at)
    ends_now = at_once or contract.ends_on is None or contract.ends_on <= day_in_london(at)
    if state == "live" and ends_now:
        decision.study_id = _end(db, contract, verdict, why, by=by, at=at).id
    elif ran_out:
        bring_result_on(db, contract, book, f"It was decided after the pilot had stopped: {verdict}.", by=by, at=at)
    _tell(db, contract, decision, by=by, at=at)
    return decision


def _read(verdict: str, reasons: str, at_once: bool) -> str:
    """The reasons as they are kept. Raises Invalid by field."""
    fields = Fields({"verdict": verdict, "reasons": reasons})
    fields.one_of("verdict", VERDICTS, needed="Say what follows.")
    why = fields.text("reasons", LONGEST_REASON, needed="Say what the decision rests on: it is published.")
    if verdict == EXTEND and at_once:
        fields.wrong["at_once"] = "What is extended does not end today. Choose one of the two."
    fields.check("the decision does not hold")
    return why


def end_those_that_ran_out(db: Session, *, at: datetime) -> int:
    """End every pilot whose last day is over; those that nobody decided stop, and say so. Repeatable."""
    rows = select(Contract).options(*WITH_NAMES).where(
        Contract.state == "live", Contract.ends_on < day_in_london(at)
    )  # fmt: skip
    ended = list(db.scalars(rows.order_by(Contract.id)))
    for contract in ended:
        lock_contract(db, contract)
        decision = last_decision(db, contract)
        if not contract.decision:
            contract.decision, contract.decision_reason, contract.decided_at = STOP, RAN_OUT, at
            decision = _note(db, contract, STOP, RAN_OUT, book_of(db, contract), by=CLOCK, at=at)
            assert contract.ends_on is not None
            ran_out = PilotRanOut(
                contract_id=contract.id, product_id=contract.product_id, supplier_id=contract.supplier_id,
                ended_on=contract.ends_on,
            )  # fmt: skip
            record(db, ran_out, by=CLOCK, at=at)
        study = _end(db, contract, contract.decision, contract.decision_reason, by=CLOCK, at=at)
        if decision is not None:
            decision.study_id = study.id
        db.flush()
    return len(ended)


def last_decision(db: Session, contract: Contract) -> PilotDecision | None:
    """What was decided last, by whom; of the clock where its person is None."""
    rows = select(PilotDecision).options(joinedload(PilotDecision.by)).where(PilotDecision.contract_id == contract.id)
    return db.scalars(rows.order_by(PilotDecision.number.desc()).limit(1)).one_or_none()


def _extend(
    db: Session, frameworks: Frameworks, contract: Contract, why: str, until: date | None, *, by: Actor, at: datetime
) -> PilotDecision:
    ends_on, today = contract.ends_on, day_in_london(at)
    if ends_on is None or until is None or until <= ends_on:
        told = f"Give a day after {in_words(ends_on)}." if ends_on else "Give the new last day."
        raise Invalid("the new last day is not after the one that stands", told, fields={"until": told})
    raw, effective_on = {"ends-on": until.isoformat()}, max(ends_on, today + timedelta(days=1))
    try:
        begin_variation(db, frameworks, contract, raw, reason=why, effective_on=effective_on, by=by, at=at)
    except Invalid as wrong:
        told = wrong.fields.get("ends-on", wrong.hint)
        raise Invalid(wrong.fact, wrong.hint, fields={"until": told}) from wrong
    decision = _note(db, contract, EXTEND, why, book_of(db, contract), by=by, at=at)
    record(db, PilotExtended(contract_id=contract.id, reasons=why, until=until), by=by, at=at)
    db.flush()
    return decision


def _note(
    db: Session, contract: Contract, verdict: str, why: str, book: Book, *, by: Actor, at: datetime
) -> PilotDecision:
    number = db.execute(
        select(func.coalesce(func.max(PilotDecision.number), 0)).where(PilotDecision.contract_id == contract.id)
    ).scalar_one()
    decision = PilotDecision(
        id=new_id(at), contract_id=contract.id, number=number + 1, verdict=verdict, reasons=why,
        findings=[_as_data(finding) for finding in findings_of(book)], by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(decision)
    db.flush()
    return decision


def _as_data(finding: Finding) -> dict[str, object]:
    value, baseline = finding.found.value, finding.baseline
    return {
        "key": finding.measure.key, "label": finding.measure.label, "verdict": finding.verdict, "words": finding.words,
        "value": f"{rounded_of(value):f}" if value is not None else None, "count": finding.found.count,
        "baseline": f"{rounded_of(baseline):f}" if baseline is not None else None,
    }  # fmt: skip


def _end(db: Session, contract: Contract, verdict: str, why: str, *, by: Actor, at: datetime) -> Study:
    """The contract ends, its result becomes evidence of the product, good or bad, and its procurement closes."""
    contract.state = CONTRACT.after("end", contract.state)
    contract.ended_at = at
    take_back_variation(db, contract, reason=VARIED_NO_MORE, by=by, at=at)
    book = book_of(db, contract)
    study = record_result(db, contract, book, verdict, why, by=by, at=at)
    procurement = procurement_of(db, contract)
    if procurement.state == "running":
        close_procurement(db, procurement, verdict, reason=why, by=by, at=at)
    ended = ContractEnded(
        contract_id=contract.id, product_id=contract.product_id, supplier_id=contract.supplier_id, verdict=verdict,
        ended_on=book.last, study_id=study.id,
    )  # fmt: skip
    record(db, ended, by=by, at=at)
    db.flush()
    return study


def _tell(db: Session, contract: Contract, decision: PilotDecision, *, by: Actor, at: datetime) -> None:
    decided = PilotDecided(
        contract_id=contract.id, product_id=contract.product_id, supplier_id=contract.supplier_id,
        verdict=decision.verdict, reasons=decision.reasons, study_id=decision.study_id,
    )  # fmt: skip
    record(db, decided, by=by, at=at)
    db.flush()
