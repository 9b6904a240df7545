"""The days of assurance: certificates that run out, for those who have them or rely on them, and what is asked."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import (
    Accreditation,
    Appeal,
    Certificate,
    Competence,
    Deployment,
    Remedy,
    Reuse,
    Visit,
)
from marketplace.assurance.queries.appeals import LOADED as WHOLE_APPEAL
from marketplace.assurance.queries.cases import assessments_due, open_questions
from marketplace.assurance.queries.cases import framework_of as framework_of_case
from marketplace.assurance.queries.certificates import LOADED, framework_of, verdicts_of
from marketplace.assurance.queries.remedies import LOADED as WHOLE_REMEDY
from marketplace.assurance.queries.surveillance import LOADED as WHOLE_VISIT
from marketplace.assurance.rules.clock import ASSESSMENT_DAYS
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import in_words
from marketplace.kit.icalendar import Entry

CERTIFICATE, ASSURANCE, MOST = "certificate", "assurance", 200


def dates_of(db: Session, frameworks: Frameworks, *, by: Actor, first: date, last: date, today: date) -> list[Entry]:
    """What the actor's organisation has to do or to know of assurance, from `first` to `last`."""
    if by.organisation_id is None:
        return []
    found = list(_certificates(db, frameworks, by, today))
    found += _visits(db, by)
    if by.may(Permission.CATALOGUE_WRITE):
        found += [*_questions(db, by.organisation_id), *_remedies(db, by.organisation_id)]
    if by.may(Permission.ASSURANCE_ASSESS):
        found += _assessments(db, frameworks, by.organisation_id, today)
        found += [*_appeals(db, by.organisation_id), *_accreditations(db, frameworks, by)]
    return [entry for entry in found if first <= entry.on <= last]


def _certificates(db: Session, frameworks: Frameworks, by: Actor, today: date) -> Iterator[Entry]:
    """Each with the day on which the first of its dated parts runs out, worked out anew."""
    assert by.organisation_id is not None
    relied = _relied_on(db, by.organisation_id)
    rows = select(Certificate).options(*LOADED).where(Certificate.state != "withdrawn", _concerns(by, relied))
    found: Sequence[Certificate] = db.scalars(rows.order_by(Certificate.id.desc()).limit(MOST)).all()
    verdicts = verdicts_of(db, frameworks, found, on=today) if found else {}
    for certificate in found:
        verdict = verdicts[certificate.id]
        if verdict.until is not None:
            yield Entry(
                f"certificate-{certificate.id}@touchstone", verdict.until,
                f"{_whose(certificate, by)} runs out: {certificate.version.name}",
                f"{framework_of(frameworks, certificate).label}. The last day on which it holds. {verdict.until_cause}",
                kind=CERTIFICATE, path=f"/certificates/{certificate.ref}", is_task=False,
            )  # fmt: skip


def _whose(certificate: Certificate, by: Actor) -> str:
    if certificate.supplier_id == by.organisation_id:
        return "Your certificate"
    return "A certificate you gave" if certificate.body_id == by.organisation_id else "A certificate you rely on"


def _concerns(by: Actor, relied: Sequence[UUID]) -> ColumnElement[bool]:
    """Those that one's organisation has, gave, said to rely on, or holds a product under."""
    used = select(Deployment.product_id).where(
        Deployment.organisation_id == by.organisation_id, Deployment.ended_at.is_(None)
    )
    concerns: list[ColumnElement[bool]] = [Certificate.id.in_(relied), Certificate.product_id.in_(used)]
    if by.may(Permission.CATALOGUE_WRITE):
        concerns.append(Certificate.supplier_id == by.organisation_id)
    if by.may(Permission.ASSURANCE_ASSESS):
        concerns.append(Certificate.body_id == by.organisation_id)
    return or_(*concerns)


def _relied_on(db: Session, organisation_id: UUID) -> list[UUID]:
    """The certificates that an organisation said last it relies on."""
    rows = select(Reuse.certificate_id, Reuse.accepted).where(Reuse.organisation_id == organisation_id)
    latest: dict[UUID, bool] = dict(db.execute(rows.order_by(Reuse.at, Reuse.id)).all())
    return [certificate_id for certificate_id, accepted in latest.items() if accepted]


def _questions(db: Session, supplier_id: UUID) -> Iterator[Entry]:
    for asked, case in open_questions(db, supplier_id):
        title = f"Reply to the assessors on {asked.code} of {case.version.name}"
        path = f"/listings/{case.product.ref}/assurance"
        yield Entry(f"question-{asked.id}@touchstone", asked.due_on, title, asked.words, kind=ASSURANCE, path=path)


def _remedies(db: Session, supplier_id: UUID) -> Iterator[Entry]:
    mine = select(Remedy).options(*WHOLE_REMEDY).where(Remedy.supplier_id == supplier_id, Remedy.due_on.is_not(None))
    for one in db.scalars(mine.order_by(Remedy.due_on.desc(), Remedy.id).limit(MOST)):
        assert one.due_on is not None
        yield Entry(
            f"remedy-{one.id}@touchstone", one.due_on, f"Put right {one.code} of {one.case.version.name}", one.words,
            one.state == "closed", ASSURANCE, f"/listings/{one.case.product.ref}/assurance/remediation",
        )  # fmt: skip


def _visits(db: Session, by: Actor) -> Iterator[Entry]:
    """When certificates are looked at again: for the body, and once a day is agreed for the supplier too."""
    whose: list[ColumnElement[bool]] = []
    if by.may(Permission.ASSURANCE_ASSESS):
        whose.append(Visit.body_id == by.organisation_id)
    if by.may(Permission.CATALOGUE_WRITE):
        whose.append((Visit.supplier_id == by.organisation_id) & Visit.planned_on.is_not(None))
    if not whose:
        return
    rows = select(Visit).options(*WHOLE_VISIT).where(or_(*whose), Visit.state != "dropped")
    for visit in db.scalars(rows.order_by(Visit.due_on.desc(), Visit.id).limit(MOST)):
        is_ours = visit.body_id == by.organisation_id
        path = f"/cases/{visit.case.ref}" if is_ours else f"/certificates/{visit.certificate.ref}"
        yield Entry(
            f"visit-{visit.id}@touchstone", visit.planned_on or visit.due_on,
            f"Surveillance of {visit.certificate.version.name}",
            f"Due by {in_words(visit.due_on)}. The certificate is looked at again.", visit.ended_at is not None,
            ASSURANCE, path,
        )  # fmt: skip


def _assessments(db: Session, frameworks: Frameworks, body_id: UUID, today: date) -> Iterator[Entry]:
    """The last day of the assessors' clock of each case; while it stands still, it moves with every working day."""
    for one in assessments_due(db, frameworks, body_id, on=today, most=MOST):
        name, label = one.case.version.name, framework_of_case(frameworks, one.case).label
        moves = " The clock stands still: this is the day if the supplier replied today." if one.is_stopped else ""
        yield Entry(
            f"case-{one.case.id}@touchstone", one.due_on, f"Decide on {name}",
            f"{label}. The last of {ASSESSMENT_DAYS} working days.{moves}", kind=ASSURANCE,
            path=f"/cases/{one.case.ref}",
        )  # fmt: skip


def _appeals(db: Session, body_id: UUID) -> Iterator[Entry]:
    heard = select(Appeal).options(*WHOLE_APPEAL).where(Appeal.body_id == body_id)
    for one in db.scalars(heard.order_by(Appeal.due_on.desc(), Appeal.id).limit(MOST)):
        yield Entry(
            f"appeal-{one.id}@touchstone", one.due_on, f"Decide the appeal about {one.case.version.name}", one.grounds,
            one.ended_at is not None, ASSURANCE, f"/appeals/{one.ref}",
        )  # fmt: skip


def _accreditations(db: Session, frameworks: Frameworks, by: Actor) -> Iterator[Entry]:
    """Until when a body is accredited, and its assessor competent."""
    labels = {key: framework.label for key, framework in frameworks.assurance.items()}
    given = select(Accreditation).where(Accreditation.body_id == by.organisation_id, Accreditation.ended_on.is_(None))
    for one in db.scalars(given.order_by(Accreditation.id)):
        title = f"The accreditation for {labels.get(one.framework_id, one.framework_id)} ends"
        path = f"/assurance/bodies/{by.organisation_ref}"
        yield Entry(
            f"accreditation-{one.id}@touchstone", one.until, title, one.words, kind=ASSURANCE, path=path, is_task=False
        )
    mine = select(Competence).options(joinedload(Competence.person)).where(
        Competence.body_id == by.organisation_id, Competence.person_id == by.person_id,
        Competence.ended_at.is_(None), Competence.until.is_not(None),
    )  # fmt: skip
    for able in db.scalars(mine.order_by(Competence.id)):
        assert able.until is not None
        title = f"Your competence for {labels.get(able.framework_id, able.framework_id)} ends"
        path = f"/assurance/bodies/{by.organisation_ref}"
        yield Entry(
            f"competence-{able.id}@touchstone",
            able.until,
            title,
            able.grounds,
            kind=ASSURANCE,
            path=path,
            is_task=False,
        )
