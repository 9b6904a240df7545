"""Who may assess, and whom to tell."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Answer, Case
from marketplace.identity.models import Grant, Membership, Organisation, Person
from marketplace.identity.policies import ROLES, Permission
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

BELONGS = ("active", "ended")
SAFETY = (Permission.SAFETY_APPROVE, Permission.PROJECT_WRITE, Permission.CONTRACT_MANAGE)
"""Whom an organisation that holds a product has to tell; where nobody has such a role, its managers."""


def bodies(db: Session) -> list[Organisation]:
    """The bodies that assess, by name."""
    return list(
        db.scalars(select(Organisation).where(Organisation.kind == "assessor-body").order_by(Organisation.name))
    )


def suppliers(db: Session) -> list[Organisation]:
    """The organisations that supply, by name."""
    return list(db.scalars(select(Organisation).where(Organisation.kind == "supplier").order_by(Organisation.name)))


def find_body(db: Session, ref: str) -> Organisation:
    """An assessor body. Raises Invalid for what is none."""
    found = db.scalars(select(Organisation).where(Organisation.ref == ref, Organisation.kind == "assessor-body"))
    body = found.one_or_none()
    if body is None:
        told = "Choose one of the list."
        raise Invalid(f"{quote(ref)} is no assessor body", told, fields={"body": told})
    return body


def members_who(db: Session, organisation_id: UUID, permission: Permission, *, on: date) -> list[Person]:
    """The people of an organisation whose role allows it on a day, by name."""
    able = [role.key for role in ROLES.values() if permission in role.permissions]
    held = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Grant, Grant.membership_id == Membership.id)
        .where(Membership.organisation_id == organisation_id, Membership.state == "active", Grant.role.in_(able))
        .where((Grant.until.is_(None)) | (Grant.until >= on), Person.disabled_at.is_(None))
    )
    return list(db.scalars(held.distinct().order_by(Person.name, Person.id)))


def able_at(db: Session, organisation_id: UUID, permissions: Iterable[Permission], *, on: date) -> list[UUID]:
    """The people of an organisation whose role allows any of it on a day, in a fixed order."""
    found = (members_who(db, organisation_id, permission, on=on) for permission in permissions)
    return sorted({person.id for people in found for person in people})


def who_hears_of_safety(db: Session, organisation_id: UUID, *, on: date) -> list[UUID]:
    """Whom an organisation that holds a product has told of its safety."""
    able = able_at(db, organisation_id, SAFETY, on=on)
    return able or able_at(db, organisation_id, (Permission.MEMBER_MANAGE,), on=on)


def is_or_was_of(db: Session, person_id: UUID, organisation_id: UUID) -> bool:
    """Whether a person belongs or belonged to an organisation, whoever they act for now."""
    tie = select(Membership.id).where(
        Membership.person_id == person_id, Membership.organisation_id == organisation_id,
        Membership.state.in_(BELONGS),
    )  # fmt: skip
    return db.scalar(tie.limit(1)) is not None


def answered_for(db: Session, person_id: UUID, case: Case) -> bool:
    """Whether a person gave any of the answers of the product or its supplier."""
    mine = select(Answer.id).where(Answer.by_id == person_id, Answer.organisation_id == case.supplier_id)
    return db.scalar(mine.limit(1)) is not None
