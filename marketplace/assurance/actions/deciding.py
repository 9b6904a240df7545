"""The outcome of a case: proposed by one assessor, agreed to or not by a second, settled by a third."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.actions.applying import refuse_unaccredited
from marketplace.assurance.actions.assessing import begin_work
from marketplace.assurance.actions.issuing import issue
from marketplace.assurance.actions.keys import Seal
from marketplace.assurance.actions.remedies import open_plan
from marketplace.assurance.events import CaseDecided, OutcomeDisagreed, OutcomeProposed
from marketplace.assurance.models import Case, Certificate, Opinion
from marketplace.assurance.queries.cases import framework_of, hold_case, opinions_of
from marketplace.assurance.queries.given import Papers, papers_of_case, seen_in_case
from marketplace.assurance.rules.conformity import HOLDS
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import RANK, Verdict
from marketplace.assurance.schemas import outcome_of, text_of
from marketplace.assurance.states import CASE, OUTCOMES
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value


class Judged(Value):
    """What an opinion is given over: the papers, the verdict on that day, the digest of both."""

    papers: Papers
    verdict: Verdict
    seen: str


def propose(
    db: Session, case: Case, outcome: str, reasons: str, *, frameworks: Frameworks, by: Actor, at: datetime
) -> Opinion:
    """Say what the outcome should be, with reasons; a second assessor has to agree.

    It is never better than what the declared rules and the findings come to. Raises NotAllowed, Conflict, Invalid.
    """
    case = hold_case(db, case)
    begin_work(db, case, by=by, seat="first")
    state = CASE.after("propose", case.state)
    judged = judged_now(db, frameworks, case, at=at)
    refuse_better(case, frameworks, judged, outcome)
    opinion = _say(db, case, "first", outcome, reasons, judged, by=by, at=at)
    case.state = state
    proposed = OutcomeProposed(
        case_id=case.id, product_id=case.product_id, outcome=outcome, reasons=opinion.reasons, seen=judged.seen
    )
    record(db, proposed, by=by, at=at)
    db.flush()
    return opinion


def decide(
    db: Session, case: Case, outcome: str, reasons: str, *, frameworks: Frameworks, seal: Seal, by: Actor, at: datetime
) -> Certificate | None:
    """Say as the second assessor what the outcome is: the same as proposed decides it, another goes to a third.

    Returns the certificate where there is one from now on. Raises NotAllowed, Conflict, Invalid.
    """
    case = hold_case(db, case)
    begin_work(db, case, by=by, seat="second")
    CASE.after("decide", case.state)
    judged = judged_now(db, frameworks, case, at=at)
    proposal = opinions_of(db, case)[0]
    if outcome_of(outcome) != proposal.outcome:
        opinion = _say(db, case, "second", outcome, reasons, judged, by=by, at=at)
        case.state = CASE.after("disagree", case.state)
        disagreed = OutcomeDisagreed(
            case_id=case.id, product_id=case.product_id, outcome=outcome, reasons=opinion.reasons, seen=judged.seen
        )
        record(db, disagreed, by=by, at=at)
        db.flush()
        return None
    refuse_better(case, frameworks, judged, outcome)
    _say(db, case, "second", outcome, reasons, judged, by=by, at=at)
    return _end(db, case, "decide", outcome, reasons, judged, frameworks, seal, by=by, at=at)


def settle_disagreement(
    db: Session, case: Case, outcome: str, reasons: str, *, frameworks: Frameworks, seal: Seal, by: Actor, at: datetime
) -> Certificate | None:
    """Decide as the third assessor what two could not agree on. Raises NotAllowed, Conflict, Invalid."""
    case = hold_case(db, case)
    begin_work(db, case, by=by, seat="third")
    CASE.after("settle", case.state)
    judged = judged_now(db, frameworks, case, at=at)
    refuse_better(case, frameworks, judged, outcome)
    _say(db, case, "third", outcome, reasons, judged, by=by, at=at)
    return _end(db, case, "settle", outcome, reasons, judged, frameworks, seal, by=by, at=at)


def judged_now(db: Session, frameworks: Frameworks, case: Case, *, at: datetime) -> Judged:
    """What the case comes to today."""
    framework = framework_of(frameworks, case)
    papers = papers_of_case(db, case, framework, answers_at=case.answers_at)
    return Judged(papers, judge(framework, papers.given, on=day_in_london(at)), seen_in_case(case, papers))


def refuse_better(case: Case, frameworks: Frameworks, judged: Judged, outcome: str) -> None:
    """Refuse an outcome that is better than the verdict, or given before everything was looked at. Raises Invalid."""
    wanted = outcome_of(outcome)
    if wanted not in HOLDS:
        return
    open_ones = unjudged(judged)
    if open_ones:
        told = f"Not judged yet: {', '.join(open_ones)}."
        raise Conflict(f"{len(open_ones)} criteria of {case.ref} are not judged yet", told)
    status = judged.verdict.status
    if RANK[status] < RANK[wanted]:
        can_be = "It can be " + (OUTCOMES[status].lower() if status in OUTCOMES else "not met") + " at best."
        told = f"{judged.verdict.cause} {can_be}"
        raise Invalid(f"{case.ref} is not {OUTCOMES[wanted].lower()}", told, fields={"outcome": told})
    if wanted == "met-with-conditions" and not conditions_of(judged):
        told = "No finding carries a condition. Choose met, or add the condition to its criterion."
        raise Invalid("there is no condition", told, fields={"outcome": told})


def unjudged(judged: Judged) -> list[str]:
    """The codes of what must pass, is asked and answered, and nobody has judged as it stands."""
    return [
        each.criterion.code for each in judged.verdict.criteria
        if each.counts and each.status != "not-answered" and each.criterion.code not in judged.papers.findings
    ]  # fmt: skip


def conditions_of(judged: Judged) -> list[dict[str, str]]:
    """The conditions of the findings that stand, by code; `due_on` is empty where no day was set."""
    return [
        {"code": code, "condition": finding.condition, "due_on": finding.due_on.isoformat() if finding.due_on else ""}
        for code, finding in sorted(judged.papers.findings.items()) if finding.condition
    ]  # fmt: skip


def _say(
    db: Session, case: Case, stage: str, outcome: str, reasons: str, judged: Judged, *, by: Actor, at: datetime
) -> Opinion:
    given = text_of("reasons", reasons, needed="Give your reasons; the supplier and the other assessors read them.")
    assert by.person_id is not None
    opinion = Opinion(
        id=new_id(at), case_id=case.id, person_id=by.person_id, stage=stage, outcome=outcome_of(outcome),
        reasons=given, seen=judged.seen, at=at,
    )  # fmt: skip
    db.add(opinion)
    return opinion


def _end(
    db: Session, case: Case, move: str, outcome: str, reasons: str, judged: Judged, frameworks: Frameworks, seal: Seal,
    *, by: Actor, at: datetime,
) -> Certificate | None:  # fmt: skip
    framework = framework_of(frameworks, case)
    if outcome in HOLDS:
        refuse_unaccredited(db, case.body, framework, on=day_in_london(at))
    case.state, case.outcome, case.ended_at = CASE.after(move, case.state), outcome, at
    decided = CaseDecided(
        case_id=case.id, product_id=case.product_id, supplier_id=case.supplier_id, outcome=outcome,
        reasons=reasons.strip(), seen=judged.seen, stage="third" if move == "settle" else "second",
    )  # fmt: skip
    record(db, decided, by=by, at=at)
    open_plan(db, case, judged.papers, by=by, at=at)
    if outcome not in HOLDS:
        return None
    return issue(
        db, case, framework, conditions=conditions_of(judged) if outcome == "met-with-conditions" else [],
        verdict=judged.verdict, seen=judged.seen, seal=seal, by=by, at=at,
    )  # fmt: skip
