"""Assessor bodies: accredited for what on a day, recognised by whom, with whom to assess; and whom a buyer trusts."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import (
    Accreditation,
    Case,
    Certificate,
    Competence,
    Interest,
    Recognition,
    TrustPolicy,
)
from marketplace.assurance.queries.certificates import framework_of, open_conditions
from marketplace.assurance.queries.people import bodies, members_who
from marketplace.assurance.rules.trust import DEFAULT, Decided, Policy, Trust, lasts, trusts
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value


class Able(Value):
    """Somebody of a body who could take a seat: how many open cases they have, and what speaks against it."""

    person: Person
    open_cases: int
    hindrance: str = ""


def body_of(db: Session, ref: str) -> Organisation:
    """An assessor body by its reference. Raises NotFound."""
    found = db.scalars(select(Organisation).where(Organisation.ref == ref, Organisation.kind == "assessor-body"))
    body = found.one_or_none()
    if body is None:
        raise NotFound(f"there is no assessor body {quote(ref)}", "The page of the bodies lists them.")
    return body


def accreditations(db: Session, body_id: UUID | None = None) -> list[Accreditation]:
    """Every accreditation, of one body where it is named, the newest first."""
    rows = select(Accreditation).options(joinedload(Accreditation.body)).order_by(Accreditation.id.desc())
    return list(db.scalars(rows if body_id is None else rows.where(Accreditation.body_id == body_id)))


def accreditation_in(db: Session, body: Organisation, accreditation_id: UUID) -> Accreditation:
    """One of the accreditations of a body. Raises NotFound."""
    found = db.get(Accreditation, accreditation_id)
    if found is None or found.body_id != body.id:
        raise NotFound(f"{body.name} has no such accreditation", "Its page lists them.")
    return found


def accreditation_on(db: Session, body_id: UUID, framework_id: str, *, on: date) -> Accreditation | None:
    """The accreditation by which a body assesses under a framework on a day."""
    held = [each for each in accreditations(db, body_id) if each.framework_id == framework_id]
    return next((each for each in held if lasts(each.since, each.until, each.ended_on, on=on)), None)


def accredited_bodies(db: Session, framework_id: str, *, on: date) -> list[Organisation]:
    """The bodies that may assess under a framework on a day, by name."""
    able = {
        each.body_id for each in accreditations(db)
        if each.framework_id == framework_id and lasts(each.since, each.until, each.ended_on, on=on)
    }  # fmt: skip
    return [body for body in bodies(db) if body.id in able]


def recognitions(db: Session) -> list[Recognition]:
    """Every agreement by which a body takes decisions of another as its own, the newest first."""
    both = (joinedload(Recognition.body), joinedload(Recognition.of_body))
    return list(db.scalars(select(Recognition).options(*both).order_by(Recognition.id.desc())))


def recognition_in(db: Session, body: Organisation, recognition_id: UUID) -> Recognition:
    """One of the agreements that a body declared. Raises NotFound."""
    found = next((each for each in recognitions(db) if each.id == recognition_id and each.body_id == body.id), None)
    if found is None:
        raise NotFound(f"{body.name} has declared no such agreement", "The page of the bodies lists them.")
    return found


def recognised_by(db: Session, body_id: UUID, framework_id: str, *, on: date) -> dict[str, str]:
    """Who recognises a body under a framework on a day: names by reference."""
    return {
        each.body.ref: each.body.name for each in recognitions(db)
        if each.of_body_id == body_id and each.framework_id == framework_id
        and lasts(each.since, each.until, each.ended_on, on=on)
    }  # fmt: skip


def competences(db: Session, body_id: UUID) -> list[Competence]:
    """What a body keeps of who is competent for what, by name."""
    rows = select(Competence).options(joinedload(Competence.person)).where(Competence.body_id == body_id)
    held = db.scalars(rows.where(Competence.ended_at.is_(None)))
    return sorted(held, key=lambda each: (each.person.name, each.framework_id))


def competent(db: Session, body_id: UUID, framework_id: str, *, on: date) -> set[UUID] | None:
    """Who of a body is competent for a framework on a day; None where the body keeps nothing of it."""
    kept = [each for each in competences(db, body_id) if each.framework_id == framework_id]
    if not kept:
        return None
    return {each.person_id for each in kept if each.until is None or on <= each.until}


def interests(db: Session, person_id: UUID | None) -> list[Interest]:
    """The standing interests of a person, the newest first."""
    mine = select(Interest).options(joinedload(Interest.supplier)).where(Interest.person_id == person_id)
    return list(db.scalars(mine.where(Interest.ended_at.is_(None)).order_by(Interest.id.desc())))


def interested(db: Session, supplier_id: UUID) -> set[UUID]:
    """Who has a standing interest in a supplier."""
    rows = select(Interest.person_id).where(Interest.supplier_id == supplier_id, Interest.ended_at.is_(None))
    return set(db.scalars(rows))


def open_work(db: Session, body_id: UUID) -> dict[UUID, int]:
    """How many open cases of a body each person has a seat in."""
    found: dict[UUID, int] = {}
    for seat in (Case.first_assessor_id, Case.second_assessor_id, Case.third_assessor_id):
        rows = select(seat, func.count()).where(Case.body_id == body_id, Case.ended_at.is_(None), seat.is_not(None))
        for person_id, count in db.execute(rows.group_by(seat)):
            if person_id is not None:
                found[person_id] = found.get(person_id, 0) + count
    return found


def able_people(db: Session, body_id: UUID, framework_id: str, supplier_id: UUID, *, on: date) -> list[Able]:
    """The assessors of a body, those first whom nothing hinders, and of them whoever has the least to do."""
    skilled, tied = competent(db, body_id, framework_id, on=on), interested(db, supplier_id)
    work = open_work(db, body_id)
    found = [
        Able(person, work.get(person.id, 0), _hindrance(person, skilled, tied))
        for person in members_who(db, body_id, Permission.ASSURANCE_ASSESS, on=on)
    ]
    return sorted(found, key=lambda each: (bool(each.hindrance), each.open_cases, each.person.name))


def policy_row(db: Session, organisation_id: UUID) -> TrustPolicy | None:
    """What an organisation said last of whom it trusts."""
    mine = select(TrustPolicy).where(TrustPolicy.organisation_id == organisation_id)
    return db.scalars(mine.order_by(TrustPolicy.id.desc()).limit(1)).one_or_none()


def policy_of(db: Session, organisation_id: UUID) -> Policy:
    """Whom an organisation trusts; every accredited body while it has said nothing."""
    row = policy_row(db, organisation_id)
    return Policy(row.rule, frozenset(row.bodies), row.recognised, row.conditions) if row else DEFAULT


def trust_in(
    db: Session, frameworks: Frameworks, certificate: Certificate, organisation_id: UUID, *, on: date
) -> Trust:
    """Whether the policy of an organisation trusts a certificate on a day (its body loaded)."""
    name = certificate.framework_id
    decided = Decided(
        body_ref=certificate.body.ref, body=certificate.body.name,
        framework=framework_of(frameworks, certificate).label,
        accredited=accreditation_on(db, certificate.body_id, name, on=certificate.issued_on) is not None,
        open_conditions=len(open_conditions(certificate, on=on)),
        recognised_by=recognised_by(db, certificate.body_id, name, on=on),
    )  # fmt: skip
    return trusts(policy_of(db, organisation_id), decided)


def _hindrance(person: Person, skilled: Iterable[UUID] | None, tied: set[UUID]) -> str:
    if person.id in tied:
        return "has an interest in the supplier"
    return "is not kept as competent for the framework" if skilled is not None and person.id not in skilled else ""
