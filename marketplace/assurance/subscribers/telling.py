"""How the subscribers of this room tell people: whoever of an organisation may act on it, once for each event."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.queries.people import able_at
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.jobs import Heard


def able(db: Session, organisation_id: UUID, permissions: Iterable[Permission], heard: Heard) -> list[UUID]:
    """The people of an organisation whose role allowed any of it on the day of the event."""
    return able_at(db, organisation_id, permissions, on=day_in_london(heard.at))


def others(db: Session, organisation_id: UUID, permissions: Iterable[Permission], heard: Heard) -> list[UUID]:
    """The same people, but the one who did what happened."""
    return [person_id for person_id in able(db, organisation_id, permissions, heard) if person_id != heard.by_person_id]


def tell_of(
    db: Session, person_ids: Iterable[UUID], organisation_id: UUID, heard: Heard, title: str, body: str, path: str, *,
    kind: str = "assurance", key: str = "",
) -> None:  # fmt: skip
    """Put it before each of them, for the organisation; `key` tells apart what one event tells them twice."""
    tell(db, person_ids, kind=kind, title=title, body=body, path=path, key=f"{heard.key}{key}", at=heard.at,
         organisation_id=organisation_id)  # fmt: skip
