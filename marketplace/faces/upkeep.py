"""What keeps the house true: the index rebuilt from the database, and everything that must hold looked through."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from marketplace.catalogue.models import Attachment, Product
from marketplace.catalogue.queries.integrity import altered_editions
from marketplace.faces.services import Services
from marketplace.faces.standing import standing_documents
from marketplace.identity.models import Organisation
from marketplace.kit.calendar import day_in_london
from marketplace.kit.db import Database
from marketplace.kit.record import faults
from marketplace.payments.queries.checking import money_faults, undelivered
from marketplace.ports.search.port import Document, SearchUnavailable


def is_empty(database: Database) -> bool:
    """Whether nothing was put in yet: no organisation, and no product."""
    with database.reading() as db:
        return all(db.scalar(select(table.id).limit(1)) is None for table in (Organisation, Product))


def rebuild_index(services: Services) -> int:
    """Build the index anew from the database, aside, and swap; returns how many products it holds."""
    return services.search.rebuild(all_documents(services))


def all_documents(services: Services) -> Iterator[Document]:
    """A document for each product that is found, read when the first is asked for."""
    with services.database.reading() as db:
        yield from standing_documents(db, services.frameworks, on=day_in_london(services.clock()))


def faults_of(services: Services) -> dict[str, Iterable[str]]:
    """What does not hold, by part: the record, editions, money that adds up, index and files against the database."""
    return {
        "record": _record_faults(services),
        "editions": _edition_faults(services),
        "money": _money_faults(services),
        "index": _index_faults(services),
        "files": _file_faults(services),
    }


def _record_faults(services: Services) -> list[str]:
    with services.database.reading() as db:
        return list(faults(db))


def _edition_faults(services: Services) -> list[str]:
    with services.database.reading() as db:
        return list(altered_editions(db))


def _money_faults(services: Services) -> Iterator[str]:
    with services.database.reading() as db:
        yield from money_faults(db)
        if waiting := undelivered(db):
            yield f"{waiting} amounts due have no invoice yet: the worker has to hear of them"


def _index_faults(services: Services) -> Iterator[str]:
    try:
        indexed = dict(services.search.digests())
    except SearchUnavailable as missing:
        yield f"the index cannot be read: {missing.reason}"
        return
    for document in all_documents(services):
        if indexed.pop(document.ref, None) != document.digest():
            yield f"{document.ref} is not in the index as the database has it"
    yield from (f"{ref} is in the index and not on show in the database" for ref in indexed)


def _file_faults(services: Services) -> Iterator[str]:
    with services.database.reading() as db:
        wanted = set(db.scalars(select(Attachment.digest).where(Attachment.removed_at.is_(None))))
    yield from (
        f"the file {digest} is named by a document and is gone" for digest in wanted - set(services.files.digests())
    )
    yield from (f"the file {digest} was altered" for digest in services.files.damaged())


def mend_index(services: Services) -> None:
    """Rebuild an index that is lost; nothing where it answers."""
    try:
        services.search.check()
    except SearchUnavailable as missing:
        if missing.lost:
            rebuild_index(services)


def compare_index(services: Services) -> None:
    """Once a night: rebuild where index and database differ, whatever event was lost."""
    if any(True for _ in _index_faults(services)):
        rebuild_index(services)
