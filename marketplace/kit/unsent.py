"""What somebody typed into a form and did not send: kept beside the truth for a month, and never sent by itself.

A form is known by its place: the address of the page on which it stands. Each person has at most one draft of it in
each organisation that they act for; nobody else sees it.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kit.db import Base, Moment, insert_into
from marketplace.kit.errors import Invalid
from marketplace.kit.text import clean_line, quote

KEPT = timedelta(days=30)
MOST = 40
"""So many drafts of one person in one organisation; the oldest goes first."""
LARGEST = 400_000
"""Characters of all fields of a form together."""
LONGEST_PLACE, LONGEST_TITLE, LONGEST_VERSION = 300, 200, 40
_PLACE = re.compile(r"/(?![/\\])[^\\]*")
"""A path of this site: browsers read a backslash as a slash, and two of those as another site."""
Fields = Sequence[tuple[str, str]]


class Owner(NamedTuple):
    """Whose drafts: a person acting for an organisation."""

    organisation_id: UUID
    person_id: UUID


class Unsent(Base):
    """A draft of a form. `fields` are pairs of name and value; `version` is that of what the page was made from."""

    __tablename__ = "unsent_form"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE), primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    version: Mapped[str] = mapped_column(String(LONGEST_VERSION), default="")
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_unsent_form_at", "at"),)


def keep(
    db: Session, owner: Owner, place: str, fields: Fields, *, title: str = "", version: str = "", at: datetime
) -> None:
    """Keep what was typed, over what was kept of this form before. Raises Invalid for a bad place or too much text."""
    _check(place, fields)
    kept = {
        "title": clean_line(title, LONGEST_TITLE), "version": version[:LONGEST_VERSION],
        "fields": [list(pair) for pair in fields], "at": at,
    }  # fmt: skip
    key = {"organisation_id": owner.organisation_id, "person_id": owner.person_id, "place": place}
    insert = insert_into(db, Unsent).values(**key, **kept)
    db.execute(insert.on_conflict_do_update(index_elements=list(key), set_=kept))
    _make_room(db, owner)


def kept_at(db: Session, owner: Owner, place: str) -> Unsent | None:
    """The draft of the form at a place, where there is one."""
    return db.get(Unsent, (owner.organisation_id, owner.person_id, place), populate_existing=True)


def all_kept(db: Session, owner: Owner) -> list[Unsent]:
    """Every draft of the owner, the newest first."""
    return list(db.scalars(select(Unsent).where(*_of(owner)).order_by(Unsent.at.desc(), Unsent.place)))


def throw_away(db: Session, owner: Owner, place: str) -> bool:
    """Forget a draft; whether there was one."""
    gone = delete(Unsent).where(*_of(owner), Unsent.place == place).returning(Unsent.place)
    return db.execute(gone).first() is not None


def forget_unsent(db: Session, *, at: datetime) -> None:
    """Drop drafts that nobody came back to."""
    db.execute(delete(Unsent).where(Unsent.at < at - KEPT))


def _of(owner: Owner) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (Unsent.organisation_id == owner.organisation_id, Unsent.person_id == owner.person_id)


def _make_room(db: Session, owner: Owner) -> None:
    places = select(Unsent.place).where(*_of(owner)).order_by(Unsent.at.desc(), Unsent.place)
    for place in db.scalars(places.offset(MOST)).all():
        throw_away(db, owner, place)


def _check(place: str, fields: Fields) -> None:
    if not _PLACE.fullmatch(place) or len(place) > LONGEST_PLACE or not place.isprintable():
        raise Invalid(f"{quote(place)} is not where a form stands", "Open the form from its page again.")
    if sum(len(name) + len(value) for name, value in fields) > LARGEST:
        raise Invalid("this is too much to keep as a draft", "Save the form: what is saved may be longer.")
