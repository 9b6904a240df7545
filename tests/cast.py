"""The people and things that tests speak of. All invented."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Grant, Membership, Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.kit.db import Base
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.prepared import Prepared
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


class Rows:
    """Rows of a table, read and written as plain columns: most tests begin with a cast, and objects take five times as long.

    `known_by` is the column by which a row is found; what is not said of one is what the table says by itself.
    """

    def __init__(self, of: type[Base], known_by: str = "id") -> None:
        table: Any = of.__table__
        self._names = table.columns.keys()
        self._find = Prepared(select(*table.columns).where(table.columns[known_by] == bindparam("sought")))
        self._insert = Prepared(insert(table))
        self._unsaid = {column.name: _unsaid(column) for column in table.columns}

    def find(self, db: Session, sought: object) -> dict[str, Any] | None:
        rows = self._find.rows(db, {"sought": sought})
        return dict(zip(self._names, rows[0], strict=True)) if rows else None

    def write(self, db: Session, *said: dict[str, Any]) -> None:
        self._insert.run(db, *({**self._unsaid, **row} for row in said))


def _unsaid(column: Any) -> Any:
    if column.default is None:
        return None
    return column.default.arg(None) if column.default.is_callable else column.default.arg


PEOPLE, ORGANISATIONS = Rows(Person, "email"), Rows(Organisation, "name")
MEMBERSHIPS, GRANTS = Rows(Membership), Rows(Grant)


def an_organisation(db: Session, name: str, kind: str, *, at: datetime) -> Organisation:
    return db.get_one(Organisation, _organisation(db, name, kind, at)["id"])


def a_person(db: Session, name: str, *, at: datetime) -> Person:
    return db.get_one(Person, _person(db, name, at)["id"])


def _organisation(db: Session, name: str, kind: str, at: datetime) -> dict[str, Any]:
    """The row of that name, made if it is new."""
    db.flush()
    found = ORGANISATIONS.find(db, name)
    if found:
        return found
    row = {
        "id": new_id(at), "ref": new_reference("ORG"), "kind": kind, "name": name, "skeleton": skeleton(name), "created_at": at,
        "nation": "england", "size": "small", "is_demonstration": False, "predecessors": [],
    }  # fmt: skip
    ORGANISATIONS.write(db, row)
    return row


def _person(db: Session, name: str, at: datetime) -> dict[str, Any]:
    """The row of that name, made if it is new."""
    db.flush()
    email = f"{name.lower().replace(' ', '.')}@example.org"
    found = PEOPLE.find(db, email)
    if found:
        return found
    row = {"id": new_id(at), "name": name, "email": email, "is_demonstration": False, "created_at": at}
    PEOPLE.write(db, row)
    return row


def an_actor(db: Session, name: str, organisation_name: str, kind: str, *roles: str, at: datetime) -> Actor:
    """A person acting for an organisation with these roles; person, organisation and membership are made if new."""
    organisation, person = _organisation(db, organisation_name, kind, at), _person(db, name, at)
    membership = {
        "id": new_id(at), "person_id": person["id"], "organisation_id": organisation["id"], "state": "active", "since": at
    }  # fmt: skip
    MEMBERSHIPS.write(db, membership)
    grants = ({"id": new_id(at), "membership_id": membership["id"], "role": role, "given_at": at} for role in roles)
    if roles:
        GRANTS.write(db, *grants)
    return actor_for(db, Person(**person), Organisation(**organisation), on=at.date())


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
