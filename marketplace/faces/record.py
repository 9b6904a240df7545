"""What anybody may read of the record, and the proofs by which anybody can check it.

Public are the facts about listings that are or were on show. Of anything else an organisation reads what it did itself.
A proof tells nothing but hashes, and is given for any entry.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue import events
from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.merkle import consistency_proof, inclusion_proof
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.record import Entry, Head, Sealed
from marketplace.kit.values import Value

PUBLIC = tuple(
    event.recorded_as
    for event in (
        events.ListingPublished, events.ListingSuspended, events.ListingReinstated, events.ListingWithdrawn,
        events.ListingConfirmed, events.PricesChanged,
    )
)  # fmt: skip
SIZE = 50


class Fact(Value):
    """An entry with its place in the tree, None until it is sealed, and the product that it is about."""

    entry: Entry
    position: int | None
    product_ref: str | None


class Proof(Value):
    """That an entry stands in the tree of a head: the hashes beside its way up, lowest first."""

    entry_id: UUID
    position: int
    leaf: str
    head: Head
    hashes: tuple[str, ...]


def public_facts(db: Session, *, after: str = "", limit: int = SIZE, product: str = "") -> Page[Fact]:
    """The public facts, the latest first. Raises Invalid for a damaged cursor."""
    found = _facts().where(_is_public())
    found = found.where(Product.ref == product) if product else found
    counted = found.with_only_columns(Entry.id).order_by(None).limit(COUNTED + 1)
    total = db.scalar(select(func.count()).select_from(counted.subquery())) or 0
    if after:
        (last,) = decode_cursor(after, (UUID,))
        found = found.where(Entry.id < last)
    page = db.execute(found.order_by(Entry.id.desc()).limit(limit + 1))
    rows = [Fact(entry, position, ref) for entry, position, ref in page]
    return Page(rows[:limit], total, encode_cursor(rows[limit - 1].entry.id) if len(rows) > limit else None)


def fact_for(db: Session, entry_id: UUID, *, by: Actor | None) -> Fact:
    """A public fact, or what the actor's own organisation did. Raises NotFound."""
    own = Entry.by_organisation_id == by.organisation_id if by and by.organisation_id else false()
    row = db.execute(_facts().where(Entry.id == entry_id, or_(_is_public(), own))).one_or_none()
    if row is None:
        raise _nothing()
    entry, position, ref = row
    return Fact(entry, position, ref)


def heads_of(db: Session, *, after: str = "", limit: int = SIZE) -> Page[Head]:
    """The signed heads, the latest first. Raises Invalid for a damaged cursor."""
    total = db.scalar(select(func.count()).select_from(select(Head.size).limit(COUNTED + 1).subquery())) or 0
    found = select(Head).order_by(Head.size.desc())
    if after:
        (last,) = decode_cursor(after, (int,))
        found = found.where(Head.size < last)
    rows = list(db.scalars(found.limit(limit + 1)))
    return Page(rows[:limit], total, encode_cursor(rows[limit - 1].size) if len(rows) > limit else None)


def proof_of(db: Session, entry_id: UUID, *, size: int | None = None) -> Proof:
    """That an entry is in the tree of a head: of the given size, else of the first one that covers it.

    Raises NotFound, and Conflict until it is sealed.
    """
    sealed = db.scalars(select(Sealed).where(Sealed.entry_id == entry_id)).one_or_none()
    if sealed is None:
        if db.get(Entry, entry_id) is None:
            raise _nothing()
        raise Conflict("this entry is not sealed yet", "The sealer runs every minute: ask again then.")
    head = _head(db, size) if size else db.scalars(_covering(sealed.position)).one()
    if head.size <= sealed.position:
        raise Conflict(f"the head of size {head.size} is older than this entry", "Name a later one, or none.")
    hashes = inclusion_proof(_leaves(db, head.size), sealed.position)
    return Proof(entry_id, sealed.position, sealed.leaf, head, tuple(each.hex() for each in hashes))


def growth_between(db: Session, old: int, new: int) -> tuple[Head, Head, list[str]]:
    """That the tree of the new head only adds to the one of the old head. Raises NotFound, Invalid."""
    if old > new:
        raise Invalid(f"{old} is after {new}", "Name the smaller head first.")
    earlier, later = _head(db, old), _head(db, new)
    return earlier, later, [each.hex() for each in consistency_proof(_leaves(db, new), old)]


def _facts() -> Select[Entry, int, str]:
    return (
        select(Entry, Sealed.position, Product.ref)
        .outerjoin(Sealed, Sealed.entry_id == Entry.id)
        .outerjoin(Product, Product.id == Entry.about_id)
    )


def _is_public() -> ColumnElement[bool]:
    return and_(Entry.name.in_(PUBLIC), Product.live_version_id.is_not(None))


def _covering(position: int) -> Select[Head]:
    return select(Head).where(Head.size > position).order_by(Head.size).limit(1)


def _head(db: Session, size: int) -> Head:
    head = db.get(Head, size)
    if head is None:
        raise NotFound(f"there is no head of size {size}", "The heads are listed.")
    return head


def _leaves(db: Session, size: int) -> list[bytes]:
    rows = select(Sealed.leaf).where(Sealed.position < size).order_by(Sealed.position)
    return [bytes.fromhex(leaf) for leaf in db.scalars(rows)]


def _nothing() -> NotFound:
    return NotFound("there is no such entry, or none that you may read", "The public entries are listed.")
