"""Samples: some decided cases are judged a second time by somebody who sees the papers and not what was found."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events.cases import SampleDrawn, SampleGiven
from marketplace.assurance.models import Case, Sample
from marketplace.assurance.queries.declared import service
from marketplace.assurance.queries.people import answered_for, is_or_was_of
from marketplace.assurance.queries.samples import blind_verdict, found_first, hold_sample, sample_of
from marketplace.assurance.rules.service import is_drawn, judged_alike
from marketplace.assurance.states import OUTCOMES
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor, Permission, owns
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def draw_sample(db: Session, case: Case, frameworks: Frameworks, *, at: datetime) -> Sample | None:
    """Draw a decided case where its reference says so; None where it does not. Repeatable."""
    if not is_drawn(case.ref, service(frameworks).sample_percent):
        return None
    return take_up(db, case, at=at)


def take_up(db: Session, case: Case, *, at: datetime) -> Sample:
    """The sample of a case, which is made where there is none yet."""
    known = sample_of(db, case.id)
    if known is not None:
        return known
    sample = Sample(id=new_id(at), case_id=case.id, body_id=case.body_id, drawn_at=at, judgements={})
    db.add(sample)
    record(db, SampleDrawn(sample_id=sample.id, case_id=case.id, body_id=case.body_id), by=CLOCK, at=at)
    db.flush()
    return hold_sample(db, sample)


def take_sample(db: Session, sample: Sample, *, has_no_conflict: bool, by: Actor, at: datetime) -> None:
    """Take a sample to judge it, without a conflict of interest. Raises NotAllowed, Conflict, Invalid."""
    sample = hold_sample(db, sample)
    refuse_unfit(db, sample, by)
    if not has_no_conflict:
        told = "Declare that you have no conflict of interest, or leave it to a colleague."
        raise Invalid("nothing was declared", told, fields={"declared": told})
    if sample.assessor_id not in (None, by.person_id):
        raise Conflict("somebody has taken this sample already", "Take another one.")
    sample.assessor_id = by.person_id
    db.flush()


def give_sample(
    db: Session, sample: Sample, judgements: Mapping[str, str], *, frameworks: Frameworks, by: Actor, at: datetime
) -> None:
    """Give a judgement of every criterion that counts. It changes no decision. Raises NotAllowed, Conflict, Invalid."""
    sample = hold_sample(db, sample)
    if sample.assessor_id is None or sample.assessor_id != by.person_id:
        raise NotAllowed("this is for whoever took the sample", "Take it first, or take another one.")
    if sample.given_at is not None:
        raise Conflict("this sample was judged already", "What was judged stands.")
    counted = [each.criterion.code for each in blind_verdict(db, frameworks, sample).criteria if each.counts]
    wrong = {code: "Judge this one too." for code in counted if judgements.get(code) not in OUTCOMES}
    if wrong:
        raise Invalid(f"{len(wrong)} of {len(counted)} criteria are not judged", "Judge what is marked.", fields=wrong)
    sample.judgements = {code: judgements[code] for code in counted}
    sample.given_at = at
    pairs = judged_alike(found_first(db, sample.case_id), sample.judgements)
    given = SampleGiven(
        sample_id=sample.id, case_id=sample.case_id, agreed=sum(one == other for one, other in pairs),
        judged=len(pairs),
    )  # fmt: skip
    record(db, given, by=by, at=at)
    db.flush()


def refuse_unfit(db: Session, sample: Sample, by: Actor) -> None:
    """Raise NotAllowed where somebody had a part in the case, is of its supplier, or is no assessor of the body."""
    case = sample.case
    seats: set[UUID | None] = {case.first_assessor_id, case.second_assessor_id, case.third_assessor_id}
    if not by.may(Permission.ASSURANCE_ASSESS) or not owns(by, sample.body_id) or by.person_id is None:
        raise NotAllowed("only assessors of the body look at its samples", "Act for that body.")
    if by.person_id in seats:
        raise NotAllowed("whoever had a part in the case cannot judge it blind", "Leave it to a colleague.")
    if is_or_was_of(db, by.person_id, case.supplier_id) or answered_for(db, by.person_id, case):
        raise NotAllowed("nobody assesses what their own organisation supplies", "Leave it to a colleague.")
