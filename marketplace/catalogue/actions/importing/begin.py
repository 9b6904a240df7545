"""Beginning an import, starting it after a look at the preview, or throwing it away."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.events import ImportStarted
from marketplace.catalogue.models import Import
from marketplace.catalogue.policies import may_import
from marketplace.catalogue.states import IMPORT
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_file_name


def begin_import(
    db: Session, *, mapping: ImportMapping, file_name: str, file_digest: str, publish: bool, by: Actor, at: datetime
) -> Import:
    """Note a stored file as an import to look at before anything is written.

    The same file with the same mapping, not yet finished, is the same import: it goes on where it was.
    """
    if not may_import(by):
        raise NotAllowed("only a supplier manager or an operator can import products", "Ask a manager for the role.")
    owner = by.organisation_id if by.organisation_kind != "operator" else None
    if publish and owner is not None:
        raise NotAllowed("a supplier's products are published by a moderator", "Import drafts, then submit them.")
    known = select(Import).where(
        Import.file_digest == file_digest, Import.mapping == mapping.id, Import.publish.is_(publish),
        Import.state.in_(("previewed", "running")),
        Import.organisation_id.is_(None) if owner is None else Import.organisation_id == owner,
    )  # fmt: skip
    begun = db.scalars(known).first()
    if begun is not None:
        return begun
    begun = Import(
        id=new_id(at), ref=new_reference("IMP"), organisation_id=owner, mapping=mapping.id, publish=publish,
        file_name=clean_file_name(file_name)[:200], file_digest=file_digest, state=IMPORT.start, rows_read=0, new=0,
        changed=0, same=0, failed=0, begun_at=at, begun_by_id=by.person_id,
    )  # fmt: skip
    db.add(begun)
    db.flush()
    return begun


def start_import(db: Session, begun: Import, *, by: Actor, at: datetime) -> None:
    """Let it run. Raises NotAllowed, Conflict."""
    _allow(begun, by)
    if begun.state != "running":
        begun.state = IMPORT.after("start", begun.state)
        record(db, ImportStarted(import_id=begun.id, mapping=begun.mapping), by=by, at=at)


def abandon_import(db: Session, begun: Import, *, by: Actor, at: datetime) -> None:
    """Throw a preview away. Raises NotAllowed, Conflict once it runs."""
    _allow(begun, by)
    begun.state = IMPORT.after("abandon", begun.state)
    begun.finished_at = at


def _allow(begun: Import, by: Actor) -> None:
    owner = by.organisation_id if by.organisation_kind != "operator" else None
    if not may_import(by) or begun.organisation_id != owner:
        raise NotAllowed("this import belongs to another organisation", "Act for the organisation that began it.")
