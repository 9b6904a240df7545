"""The assessors' part: seats taken, interests declared, questions asked, criteria judged, the outcome."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.assurance.actions.applying import reply, withdraw_case
from marketplace.assurance.actions.assessing import ask_clarification, assign, declare, find
from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.queries.cases import clarifications_of, declared_by
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.rules.judging import judge
from marketplace.demonstration.assurance.content import AskOf, FindingOf
from marketplace.demonstration.assurance.track import Track
from marketplace.kit.calendar import day_in_london

MET = FindingOf(judgement="met")
FREE = {"first": "applied", "second": "proposed"}
TAKEN = {"first": "assigned", "second": "proposed"}
"""The state of a case in which a seat is free, and in which who has it declares."""


def take(track: Track, seat: str, name: str, at: datetime, db: Session) -> None:
    """The seat taken, where the case is at it and it is free."""
    case, who = track.known_case(db), track.assessor(db, name)
    taken = {"first": case.first_assessor_id, "second": case.second_assessor_id}[seat]
    if case.state == FREE[seat] and taken is None and who.person_id is not None:
        assign(db, case, who.person_id, by=who, at=at)


def open_papers(track: Track, seat: str, name: str, at: datetime, db: Session) -> None:
    """No conflict declared, once: the papers open."""
    case, who = track.known_case(db), track.assessor(db, name)
    if case.state == TAKEN[seat] and declared_by(db, case, who.person_id) is None:
        declare(db, case, has_conflict=False, by=who, at=at)


def ask(track: Track, asked: AskOf, at: datetime, db: Session) -> None:
    case = track.known_case(db)
    if case.state in ("in-assessment", "clarification") and not any(
        each.words == asked.words for each in clarifications_of(db, case)
    ):
        by = track.assessor(db, track.case_of.first)
        ask_clarification(db, case, asked.code, asked.words, frameworks=track.stage.frameworks, by=by, at=at)


def send_reply(track: Track, asked: AskOf, at: datetime, db: Session) -> None:
    case = track.known_case(db)
    open_ones = [each for each in clarifications_of(db, case) if each.words == asked.words and not each.replied_at]
    for one in open_ones:
        reply(db, case, one, asked.reply, by=track.writer(db), at=at)


def judge_everything(track: Track, at: datetime, only: int | None, db: Session) -> None:
    """Every criterion that counts judged, or the first few; met, but those that are declared otherwise."""
    case = track.known_case(db)
    if case.state != "in-assessment":
        return
    papers = papers_of_case(db, case, track.framework(), answers_at=case.answers_at)
    if papers.findings:
        return
    verdict = judge(track.framework(), papers.given, on=day_in_london(at))
    by = track.assessor(db, track.case_of.first)
    for place, each in enumerate([each for each in verdict.criteria if each.counts][:only]):
        found = track.case_of.findings.get(each.criterion.code, MET)
        due_on = track.stage.now.date() + timedelta(days=found.due_in) if found.due_in else None
        find(
            db, case, each.criterion.code, found.judgement, note=found.note, condition=found.condition,
            severity=found.severity, due_on=due_on, frameworks=track.stage.frameworks, by=by,
            at=at + timedelta(minutes=place),
        )  # fmt: skip


def send_proposal(track: Track, at: datetime, db: Session) -> None:
    case = track.known_case(db)
    if case.state == "in-assessment":
        by = track.assessor(db, track.case_of.first)
        outcome, reasons = track.case_of.outcome, track.case_of.reasons
        propose(db, case, outcome, reasons, frameworks=track.stage.frameworks, by=by, at=at)


def send_decision(track: Track, at: datetime, db: Session) -> None:
    """The second assessor agrees, or says otherwise."""
    case = track.known_case(db)
    if case.state == "proposed":
        by = track.assessor(db, track.case_of.second)
        outcome = track.case_of.otherwise or track.case_of.outcome
        decide(
            db, case, outcome, track.case_of.agrees, frameworks=track.stage.frameworks, seal=track.seal, by=by, at=at
        )


def send_withdrawal(track: Track, at: datetime, db: Session) -> None:
    case = track.known_case(db)
    if case.ended_at is None:
        withdraw_case(db, case, reason=track.case_of.reasons, by=track.writer(db), at=at)
