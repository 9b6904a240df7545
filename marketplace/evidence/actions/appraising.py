"""Reading studies critically: two appraisers by one tool, their consensus, what was looked up, and GRADE."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.evidence.events import (
    AppraisalGiven,
    CertaintyJudged,
    ConsensusProposed,
    ConsensusReached,
    StudyLookedUp,
)
from marketplace.evidence.models import Appraisal, Certainty, Claim, Consensus, Study, StudyCheck
from marketplace.evidence.policies import may_appraise, may_appraise_study
from marketplace.evidence.queries.appraisals import SEATS, basis_of, consensus_by, readings_by
from marketplace.evidence.queries.claims import Weighed
from marketplace.evidence.rules.appraising import AppraisalRules, BiasTool, Checklist, agreement_of
from marketplace.evidence.rules.bias import reads_alike
from marketplace.evidence.rules.certainty import level_of
from marketplace.evidence.schemas.appraisals import Judged, LookedUp, Reading
from marketplace.identity.policies import Actor, Permission, owns
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

OUTSIDERS = "a study is appraised by assessors and academics outside its owner and the supplier"


def tool_for(study: Study, tool_id: str, rules: AppraisalRules) -> Checklist | BiasTool:
    """A tool that fits the design of a study. Raises NotFound."""
    found = next((tool for tool in rules.fitting(study.design) if tool.id == tool_id), None)
    if found is None:
        fits = " or ".join(tool.label for tool in rules.fitting(study.design)) or "none"
        raise NotFound("this tool does not fit the design of the study", f"It is read by {fits}.")
    return found


def give_appraisal(
    db: Session, study: Study, tool: Checklist | BiasTool, reading: Reading, rules: AppraisalRules, *,
    supplier_id: UUID | None, has_no_conflict: bool, by: Actor, at: datetime,
) -> Appraisal:  # fmt: skip
    """Put one's reading beside a published study. Where both readings say the same, they agree at once.

    `supplier_id` is whose the product is. Raises NotAllowed, Conflict where two have read it, Invalid.
    """
    _refuse_insiders(study, supplier_id, by)
    if not has_no_conflict:
        told = "Who has a conflict of interest leaves the study to somebody else."
        raise Invalid("the declaration is missing", told, fields={"has_no_conflict": told})
    there = readings_by(db, study, tool.id)
    if any(each.by_id == by.person_id for each in there):
        raise Conflict("you have read this study by this tool already", "What you said stands until you agree.")
    if len(there) >= SEATS:
        raise Conflict("two appraisers have read this study by this tool", "Read it by another tool.")
    assert by.person_id is not None
    assert by.organisation_id is not None
    given = Appraisal(
        id=new_id(at), study_id=study.id, tool=tool.id, tool_version=rules.version, by_id=by.person_id,
        organisation_id=by.organisation_id, about=reading.about, judgements=reading.judgements,
        by_result=reading.by_result, overall=reading.overall, reason=reading.reason, state="given", began_at=at,
        given_at=at,
    )  # fmt: skip
    db.add(given)
    record(db, AppraisalGiven(study_id=study.id, product_id=study.product_id, tool=tool.id), by=by, at=at)
    db.flush()
    if there and _same(tool, there[0], given):
        _reach(db, study, tool, there[0], given, by=by, at=at)
    return given


def propose_consensus(
    db: Session, study: Study, tool: Checklist | BiasTool, reading: Reading, rules: AppraisalRules, *, by: Actor,
    at: datetime,
) -> Consensus:  # fmt: skip
    """Write down what both could say; it holds once the other agrees. Raises NotAllowed, Conflict."""
    _refuse_others(readings_by(db, study, tool.id), by)
    there = consensus_by(db, study, tool.id)
    if there is not None and there.agreed_at is not None:
        raise Conflict("both agree already", "What was agreed stands.")
    if there is None:
        there = Consensus(id=new_id(at), study_id=study.id, tool=tool.id)
        db.add(there)
    assert by.person_id is not None
    there.tool_version, there.judgements, there.overall = rules.version, reading.judgements, reading.overall
    there.by_result = reading.by_result
    there.reason, there.proposed_at, there.proposed_by_id = reading.reason, at, by.person_id
    record(db, ConsensusProposed(study_id=study.id, product_id=study.product_id, tool=tool.id), by=by, at=at)
    db.flush()
    return there


def agree_consensus(db: Session, study: Study, tool: Checklist | BiasTool, *, by: Actor, at: datetime) -> Consensus:
    """Say yes to what the other proposed. Raises NotAllowed, Conflict."""
    _refuse_others(readings_by(db, study, tool.id), by)
    there = consensus_by(db, study, tool.id)
    if there is None or there.agreed_at is not None:
        raise Conflict("nothing waits for you to agree", "Propose what both could say.")
    if there.proposed_by_id == by.person_id:
        raise Conflict("you proposed this yourself", "It waits for the other of the two.")
    there.agreed_at, there.agreed_by_id = at, by.person_id
    _tell_reached(db, study, there, by=by, at=at)
    return there


def note_look_up(db: Session, study: Study, looked: LookedUp, *, by: Actor, at: datetime) -> StudyCheck:
    """Write down what one saw when one looked a DOI or registration up. Raises NotAllowed, Conflict."""
    outside = may_appraise_study(by, study) or (by.may(Permission.CATALOGUE_MODERATE))
    if not outside:
        raise NotAllowed("a number is looked up by somebody outside its owner", "Ask an assessor or an academic.")
    value = study.doi if looked.what == "doi" else study.registration
    if not value:
        raise Conflict("the study names no such number", "There is nothing to look up.")
    check = StudyCheck(
        id=new_id(at), study_id=study.id, what=looked.what, value=value, outcome=looked.outcome, note=looked.note,
        looked_on=looked.looked_on, at=at, by_id=by.person_id,
    )  # fmt: skip
    db.add(check)
    told = StudyLookedUp(study_id=study.id, product_id=study.product_id, what=looked.what, outcome=looked.outcome)
    record(db, told, by=by, at=at)
    db.flush()
    return check


def judge_certainty(
    db: Session, claim: Claim, weighed: Weighed, judged: Judged, rules: AppraisalRules, *, by: Actor, at: datetime
) -> Certainty:
    """Say by GRADE how certain the results behind a claim are; the level follows from the steps.

    Raises NotAllowed, and Conflict where no result counts for the claim.
    """
    if not may_appraise(by) or owns(by, claim.organisation_id):
        raise NotAllowed("certainty is judged by assessors and academics outside the supplier", "Ask one of them.")
    if claim.state != "published" or not weighed.spoken:
        raise Conflict("no published result counts for this claim", "There is nothing to judge.")
    assert by.person_id is not None
    assert by.organisation_id is not None
    steps = {name: each["steps"] for name, each in judged.judgements.items()}
    found = Certainty(
        id=new_id(at), claim_id=claim.id, start=judged.start, judgements=judged.judgements,
        level=level_of(rules.grade, judged.start, steps), basis=basis_of(weighed), by_id=by.person_id,
        organisation_id=by.organisation_id, at=at,
    )  # fmt: skip
    db.add(found)
    record(db, CertaintyJudged(claim_id=claim.id, product_id=claim.product_id, level=found.level), by=by, at=at)
    db.flush()
    return found


def _refuse_insiders(study: Study, supplier_id: UUID | None, by: Actor) -> None:
    if not may_appraise_study(by, study) or owns(by, supplier_id):
        raise NotAllowed(OUTSIDERS, "Leave it to somebody outside.")
    if study.state != "published":
        raise Conflict(f"cannot appraise a {study.state} study", "Only what counts is appraised.")


def _refuse_others(there: list[Appraisal], by: Actor) -> None:
    if len(there) < SEATS:
        raise Conflict("two have to read the study before they agree", "Wait for the other reading.")
    if all(each.by_id != by.person_id for each in there):
        raise NotAllowed("only the two who read the study agree on it", "Read another study.")


def _same(tool: Checklist | BiasTool, one: Appraisal, other: Appraisal) -> bool:
    alike = not agreement_of(tool, one.judgements, other.judgements).differing and one.overall == other.overall
    return alike and reads_alike(one.by_result, other.by_result)


def _reach(
    db: Session, study: Study, tool: Checklist | BiasTool, first: Appraisal, second: Appraisal, *, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Both said the same, apart from one another: they agree from the start."""
    consensus = Consensus(
        id=new_id(at), study_id=study.id, tool=tool.id, tool_version=second.tool_version,
        judgements=first.judgements, by_result=first.by_result, overall=first.overall,
        reason="Both readings said the same.", proposed_at=at, proposed_by_id=first.by_id, agreed_at=at,
        agreed_by_id=second.by_id,
    )  # fmt: skip
    db.add(consensus)
    _tell_reached(db, study, consensus, by=by, at=at)


def _tell_reached(db: Session, study: Study, consensus: Consensus, *, by: Actor, at: datetime) -> None:
    reached = ConsensusReached(
        study_id=study.id, product_id=study.product_id, tool=consensus.tool, overall=consensus.overall
    )
    record(db, reached, by=by, at=at)
    db.flush()
