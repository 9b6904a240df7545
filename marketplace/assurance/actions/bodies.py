"""Assessor bodies: accredited by an operator, recognising each other; their people competent, and free of interests."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.events.bodies import (
    AccreditationEnded,
    BodyAccredited,
    CompetenceEnded,
    CompetenceKept,
    InterestDeclared,
    InterestEnded,
    RecognitionDeclared,
    RecognitionEnded,
    TrustPolicySet,
)
from marketplace.assurance.models import Accreditation, Competence, Interest, Recognition, TrustPolicy
from marketplace.assurance.policies import may_accredit, may_keep_people, may_recognise, may_set_trust
from marketplace.assurance.queries.bodies import accreditation_on
from marketplace.assurance.queries.people import bodies, members_who
from marketplace.assurance.rules.trust import RULES
from marketplace.assurance.schemas import text_of
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote


def accredit(
    db: Session, body: Organisation, framework: AssuranceFramework, *, since: date, until: date, number: str = "",
    words: str = "", by: Actor, at: datetime,
) -> Accreditation:  # fmt: skip
    """Let a body assess under a framework from a day to a day. Raises NotAllowed, Invalid, Conflict."""
    if not may_accredit(by):
        raise NotAllowed("only an operator of Touchstone accredits a body", "Ask whoever runs this house.")
    if body.kind != "assessor-body":
        raise Invalid(f"{body.name} is no assessor body", "Choose one that is.", fields={"body": "Choose a body."})
    if framework.kind != "assessed":
        told = f"{framework.label} is not assessed here, so nobody is accredited for it."
        raise Invalid(told, "Choose one that is assessed.", fields={"framework": told})
    _refuse_backwards(since, until)
    held = accreditation_on(db, body.id, framework.id, on=since)
    if held is not None:
        raise Conflict(
            f"{body.name} is accredited for {framework.label} until {in_words(held.until)} already",
            "End that first, or begin the day after.",
        )
    accreditation = Accreditation(
        id=new_id(at), body_id=body.id, framework_id=framework.id, number=number.strip()[:60],
        words=text_of("words", words), since=since, until=until, given_by_id=by.person_id, given_at=at,
    )  # fmt: skip
    db.add(accreditation)
    given = BodyAccredited(body_id=body.id, framework_id=framework.id, since=since, until=until)
    record(db, given, by=by, at=at)
    db.flush()
    return accreditation


def end_accreditation(db: Session, accreditation: Accreditation, *, reason: str, by: Actor, at: datetime) -> None:
    """Take an accreditation away from today on; certificates given before stand. Raises NotAllowed, Conflict."""
    if not may_accredit(by):
        raise NotAllowed("only an operator of Touchstone takes an accreditation away", "Ask whoever runs this house.")
    today, given = _end(accreditation, "accreditation", reason, at)
    ended = AccreditationEnded(
        body_id=accreditation.body_id, framework_id=accreditation.framework_id, ended_on=today, reason=given
    )
    record(db, ended, by=by, at=at)
    db.flush()


def declare_recognition(
    db: Session, body: Organisation, of_body: Organisation, framework: AssuranceFramework, *, since: date, until: date,
    words: str, by: Actor, at: datetime,
) -> Recognition:  # fmt: skip
    """Say that a body takes decisions of another as its own. Raises NotAllowed, Invalid."""
    allow_recognising(by, body)
    if body.id == of_body.id or of_body.kind != "assessor-body":
        told = "Choose another assessor body."
        raise Invalid("a body recognises another body", told, fields={"of-body": told})
    _refuse_backwards(since, until)
    recognition = Recognition(
        id=new_id(at), body_id=body.id, of_body_id=of_body.id, framework_id=framework.id, since=since, until=until,
        words=text_of("words", words, needed="Say on what agreement this stands."), declared_by_id=by.person_id,
        declared_at=at,
    )  # fmt: skip
    db.add(recognition)
    told_ = RecognitionDeclared(body_id=body.id, of_body_id=of_body.id, framework_id=framework.id, until=until)
    record(db, told_, by=by, at=at)
    db.flush()
    return recognition


def end_recognition(db: Session, recognition: Recognition, *, reason: str, by: Actor, at: datetime) -> None:
    """End an agreement from today on. Raises NotAllowed, Conflict, Invalid."""
    allow_recognising(by, recognition.body)
    _, given = _end(recognition, "agreement", reason, at)
    ended = RecognitionEnded(
        body_id=recognition.body_id, of_body_id=recognition.of_body_id, framework_id=recognition.framework_id,
        reason=given,
    )  # fmt: skip
    record(db, ended, by=by, at=at)
    db.flush()


def _end(row: Accreditation | Recognition, named: str, reason: str, at: datetime) -> tuple[date, str]:
    """End it from today on; the day, and the reason as it is kept. Raises Conflict, Invalid."""
    if row.ended_on is not None:
        raise Conflict(f"this {named} has ended already", "Look at the page of the body.")
    today, given = day_in_london(at), text_of("reason", reason, needed="Say why; everybody reads it.")
    row.ended_on, row.ended_reason = today, given
    return today, given


def allow_recognising(by: Actor, body: Organisation) -> None:
    """Raise NotAllowed for who does not speak for a body."""
    if not may_recognise(by, body):
        raise NotAllowed("only a manager of the body says whose decisions it takes as its own", "Act for that body.")


def allow_keeping_people(by: Actor, body: Organisation) -> None:
    """Raise NotAllowed for who does not look after the people of a body."""
    if not may_keep_people(by, body):
        raise NotAllowed("only a manager of the body keeps who is competent for what", "Act for that body.")


def keep_competence(
    db: Session, body: Organisation, person_id: UUID, framework: AssuranceFramework, *, grounds: str,
    until: date | None = None, by: Actor, at: datetime,
) -> Competence:  # fmt: skip
    """Keep that an assessor is competent for a framework, on what grounds. Raises NotAllowed, Invalid."""
    allow_keeping_people(by, body)
    able = {person.id for person in members_who(db, body.id, Permission.ASSURANCE_ASSESS, on=day_in_london(at))}
    if person_id not in able:
        told = "Choose an assessor of the body."
        raise Invalid("this person is no assessor of the body", told, fields={"person": told})
    _end_competence(db, body.id, person_id, framework.id, at)
    kept = Competence(
        id=new_id(at), body_id=body.id, person_id=person_id, framework_id=framework.id, until=until,
        grounds=text_of("grounds", grounds, needed="Say what makes them competent: training, practice, office."),
        kept_by_id=by.person_id, kept_at=at,
    )  # fmt: skip
    db.add(kept)
    told_ = CompetenceKept(body_id=body.id, person_id=person_id, framework_id=framework.id, grounds=kept.grounds)
    record(db, told_, by=by, at=at)
    db.flush()
    return kept


def end_competence(db: Session, body: Organisation, competence: Competence, *, by: Actor, at: datetime) -> None:
    """Strike somebody off for a framework; cases that they have stay theirs. Raises NotAllowed."""
    if not may_keep_people(by, body) or competence.body_id != body.id:
        raise NotAllowed("only a manager of the body keeps who is competent for what", "Act for that body.")
    competence.ended_at = at
    ended = CompetenceEnded(body_id=body.id, person_id=competence.person_id, framework_id=competence.framework_id)
    record(db, ended, by=by, at=at)
    db.flush()


def declare_interest(db: Session, supplier: Organisation, *, words: str, by: Actor, at: datetime) -> Interest:
    """Say that one has an interest in a supplier that lasts: no case of it comes to one. Raises NotAllowed, Invalid."""
    if not by.may(Permission.ASSURANCE_ASSESS) or by.person_id is None:
        raise NotAllowed("only assessors declare standing interests", "Act for your assessor body.")
    mine = select(Interest).where(Interest.person_id == by.person_id, Interest.supplier_id == supplier.id)
    known = db.scalars(mine.where(Interest.ended_at.is_(None))).one_or_none()
    given = text_of("words", words, needed="Say what the interest is; your body reads it.")
    if known is not None:
        return known
    interest = Interest(
        id=new_id(at), person_id=by.person_id, supplier_id=supplier.id, words=given, declared_at=at
    )  # fmt: skip
    db.add(interest)
    record(db, InterestDeclared(person_id=by.person_id, supplier_id=supplier.id), by=by, at=at)
    db.flush()
    return interest


def end_interest(db: Session, interest: Interest, *, by: Actor, at: datetime) -> None:
    """Say that an interest of one's own is over. Raises NotAllowed."""
    if interest.person_id != by.person_id:
        raise NotAllowed("everybody speaks for their own interests", "Ask whoever declared it.")
    interest.ended_at = at
    record(db, InterestEnded(person_id=interest.person_id, supplier_id=interest.supplier_id), by=by, at=at)
    db.flush()


def set_trust_policy(
    db: Session, *, rule: str, named: Sequence[str] = (), recognised: bool, conditions: bool, words: str = "",
    by: Actor, at: datetime,
) -> TrustPolicy:  # fmt: skip
    """Say whose decisions one's organisation relies on, from now on. Raises NotAllowed, Invalid."""
    if not may_set_trust(by) or by.organisation_id is None:
        raise NotAllowed("only a manager of an organisation that buys sets its policy", "Ask a manager there.")
    wrong = {}
    if rule not in RULES:
        wrong["rule"] = "Say whom you trust: every accredited body, or those that you name."
    known = {body.ref for body in bodies(db)}
    if strange := sorted(set(named) - known):
        wrong["bodies"] = f"{quote(strange[0])} is no assessor body."
    elif rule == "named" and not named:
        wrong["bodies"] = "Name at least one body."
    if wrong:
        raise Invalid("the policy does not hold", "Mend what is marked.", fields=wrong)
    bodies_named = sorted(set(named)) if rule == "named" else []
    policy = TrustPolicy(
        id=new_id(at), organisation_id=by.organisation_id, rule=rule, bodies=bodies_named,
        recognised=recognised, conditions=conditions, words=text_of("words", words), by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(policy)
    said = TrustPolicySet(
        organisation_id=policy.organisation_id, rule=rule, bodies=policy.bodies, recognised=recognised,
        conditions=conditions,
    )  # fmt: skip
    record(db, said, by=by, at=at)
    db.flush()
    return policy


def _refuse_backwards(since: date, until: date) -> None:
    if until < since:
        told = f"{in_words(until)} is before {in_words(since)}."
        raise Invalid("it would end before it begins", told, fields={"until": told})


def _end_competence(db: Session, body_id: UUID, person_id: UUID, framework_id: str, at: datetime) -> None:
    """What was kept before of the same person and framework gives way."""
    held = select(Competence).where(
        Competence.body_id == body_id, Competence.person_id == person_id, Competence.framework_id == framework_id,
        Competence.ended_at.is_(None),
    )  # fmt: skip
    for before in db.scalars(held):
        before.ended_at = at
    db.flush()
