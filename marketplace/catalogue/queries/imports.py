"""Imports as their organisation sees them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Import, ImportFailure
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound

MOST = 100


def imports_of(db: Session, *, by: Actor) -> list[Import]:
    """The imports of the actor's organisation, the newest first."""
    return list(db.scalars(select(Import).where(_own(by)).order_by(Import.id.desc()).limit(MOST)))


def import_for(db: Session, ref: str, *, by: Actor) -> Import:
    """One import. Raises NotFound for an unknown one and for another organisation's."""
    found = db.scalars(select(Import).where(Import.ref == ref, _own(by))).one_or_none()
    if found is None:
        raise NotFound(f"there is no import {ref[:20]}", "Look at the list of imports.")
    return found


def running_imports(db: Session, *, among: Collection[str]) -> list[Import]:
    """What the worker has to go on with, the oldest first: by the mappings that it knows, and nobody's own file."""
    running = select(Import).where(Import.state == "running", Import.mapping.in_(sorted(among)))
    return list(db.scalars(running.order_by(Import.id)))


def begun_by(db: Session, begun: Import) -> Actor:
    """Whoever began an import, as the actor under whom it goes on: it may do nothing else."""
    owner = db.get(Organisation, begun.organisation_id) if begun.organisation_id else None
    is_demonstration = owner.is_demonstration if owner else False
    return Actor(begun.begun_by_id, begun.organisation_id, frozenset(), is_demonstration=is_demonstration)


def failures_of(db: Session, begun: Import, *, most: int) -> list[ImportFailure]:
    """The records that failed, in the order of the file."""
    failed = select(ImportFailure).where(ImportFailure.import_id == begun.id).order_by(ImportFailure.number)
    return list(db.scalars(failed.limit(most)))


def _own(by: Actor) -> ColumnElement[bool]:
    if by.organisation_kind == "operator":
        return Import.organisation_id.is_(None)
    return Import.organisation_id == by.organisation_id
