"""The people and things that tests speak of. All invented."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Grant, Membership, Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import Entry
from marketplace.kit.text import skeleton

DESCRIPTION: dict[str, Any] = {
    "summary": "Drafts clinic letters from the consultation, for the clinician to check and sign.",
    "description": "Listens with the patient's agreement and drafts a letter in the house style of the clinic.",
    "purpose": ["ambient-scribing", "clinic-letters"],
    "intended-use": "Drafting clinic letters in adult outpatients, checked by the clinician before they are sent.",
    "must-not-use": "Not for emergency calls, and not without the clinician's check.",
    "cautioned-settings": "Noisy rooms and consultations through an interpreter.",
    "user-group": ["doctors"],
    "care-setting": ["outpatients"],
    "specialty": ["cardiology"],
    "patient-group": ["adults"],
    "nation": ["england"],
    "meets-patients": "no",
    "language": ["en"],
    "inputs": ["speech"],
    "outputs": ["letter"],
    "autonomy": "drafts",
    "hosting-country": ["gb"],
    "trains-on-data": "never",
}


def an_organisation(db: Session, name: str, kind: str, *, at: datetime) -> Organisation:
    found = db.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if found:
        return found
    organisation = Organisation(
        id=new_id(at), ref=new_reference("ORG"), kind=kind, name=name, skeleton=skeleton(name), created_at=at,
        email_domains=[], town="", nation="england", size="small", website="", about="", is_demonstration=False,
    )  # fmt: skip
    db.add(organisation)
    db.flush()
    return organisation


def a_person(db: Session, name: str, *, at: datetime) -> Person:
    email = f"{name.lower().replace(' ', '.')}@example.org"
    found = db.scalars(select(Person).where(Person.email == email)).one_or_none()
    if found:
        return found
    person = Person(id=new_id(at), name=name, email=email, language="en", is_demonstration=False, created_at=at)
    db.add(person)
    db.flush()
    return person


def an_actor(db: Session, name: str, organisation_name: str, kind: str, *roles: str, at: datetime) -> Actor:
    """A person acting for an organisation with these roles; person, organisation and membership are made if new."""
    organisation = an_organisation(db, organisation_name, kind, at=at)
    person = a_person(db, name, at=at)
    membership = Membership(
        id=new_id(at), person_id=person.id, organisation_id=organisation.id, state="active", since=at
    )
    db.add(membership)
    db.flush()
    db.add_all(Grant(id=new_id(at), membership_id=membership.id, role=role, given_at=at) for role in roles)
    db.flush()
    return actor_for(db, person, organisation, on=at.date())


def a_product(
    db: Session, *, of: Actor, at: datetime, name: str = "Lumen Scribe", state: str = "live", **answers: Any
) -> Product:
    """A product in the given state with one edition, described well enough to be found."""
    product = Product(
        id=new_id(at), ref=new_reference("PRD"), organisation_id=of.organisation_id, kind="genai-application",
        name=name, skeleton=skeleton(name), state="draft", source={}, created_at=at, touched_at=at,
        is_demonstration=False, state_reason="",
    )  # fmt: skip
    db.add(product)
    db.flush()
    edition = {"draft": "draft", "submitted": "submitted"}.get(state, "published")
    version = Version(
        id=new_id(at), product_id=product.id, edition=1, number="1.0", name=name, state=edition, change="first",
        answers={**DESCRIPTION, **{key.replace("_", "-"): value for key, value in answers.items()}}, created_at=at,
        published_at=at if edition == "published" else None,
    )  # fmt: skip
    db.add(version)
    db.flush()
    product.state = state
    product.live_version_id = version.id if edition == "published" else None
    db.flush()
    return product


def recorded(db: Session, *, about: UUID) -> list[str]:
    """The names of the events recorded about a thing, in order."""
    db.flush()
    rows = db.scalars(select(Entry.name).where(Entry.about_id == about).order_by(Entry.id))
    return [name.rsplit(".", 1)[-1] for name in rows]
