"""What the catalogue shows when the search cannot answer: the live products from the database, slower and plainer."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Product, Version
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.values import Value

FOUND = ("live", "suspended")
SIZE = 20
MOST_WORDS = 8
SHORTEST = 2


def visible_products() -> Select[Product]:
    """The products on show with their supplier and live edition, to be narrowed and ordered."""
    shown = select(Product).join(Version, Version.id == Product.live_version_id).where(Product.state.in_(FOUND))
    return shown.options(joinedload(Product.supplier), joinedload(Product.live_version))


def find_visible(
    db: Session, words: str = "", *, kinds: Collection[str] = (), after: str | None = None, limit: int = SIZE,
    among: Select[UUID] | None = None, refs: Collection[str] | None = None,
) -> Page[Product]:  # fmt: skip
    """The products whose name or summary holds every word, by name, of the ids `among`, of the references `refs`.

    Raises Invalid for a damaged cursor.
    """
    narrowed = [_holds(word) for word in _words(words)]
    if kinds:
        narrowed.append(Product.kind.in_(sorted(kinds)))
    if among is not None:
        narrowed.append(Product.id.in_(among))
    if refs is not None:
        narrowed.append(Product.ref.in_(bindparam("refs", sorted(refs), expanding=True, literal_execute=True)))
    total = len(db.scalars(_ids(narrowed).limit(COUNTED + 1)).all())
    found = visible_products().where(*narrowed)
    if after:
        name, ref = decode_cursor(after, (str, str))
        found = found.where(or_(Product.name > name, (Product.name == name) & (Product.ref > ref)))
    rows = list(db.scalars(found.order_by(Product.name, Product.ref).limit(limit + 1)))
    shown = rows[:limit]
    return Page(shown, total, encode_cursor(shown[-1].name, shown[-1].ref) if len(rows) > limit else None)


def count_visible(db: Session) -> int:
    """How many products are on show, counted no further than one beyond 10,000."""
    return len(db.scalars(_ids([]).limit(COUNTED + 1)).all())


def by_refs(db: Session, refs: Collection[str]) -> list[Product]:
    """The products on show of these references, in the order given; those that are not on show are left out."""
    found = {product.ref: product for product in db.scalars(visible_products().where(Product.ref.in_(refs)))}
    return [found[ref] for ref in refs if ref in found]


class Tally(Value):
    """How many products are on show, and of how many suppliers; counted no further than one beyond 10,000."""

    products: int
    suppliers: int


def tally(db: Session) -> Tally:
    """The numbers of the home page."""
    mine = select(Product.organisation_id).where(Product.state.in_(FOUND), Product.organisation_id.is_not(None))
    suppliers = db.scalar(select(func.count()).select_from(mine.distinct().subquery())) or 0
    return Tally(count_visible(db), suppliers)


def newest_products(db: Session, *, most: int) -> list[Product]:
    """The products whose edition went on show last, the newest first."""
    return list(db.scalars(visible_products().order_by(Version.published_at.desc(), Version.id).limit(most)))


def _ids(narrowed: list[ColumnElement[bool]]) -> Select[UUID]:
    shown = select(Product.id).join(Version, Version.id == Product.live_version_id)
    return shown.where(Product.state.in_(FOUND), *narrowed)


def _words(text: str) -> list[str]:
    return [word for word in text.casefold().split() if len(word) >= SHORTEST][:MOST_WORDS]


def _holds(word: str) -> ColumnElement[bool]:
    summary = Version.answers["summary"].as_string()
    return or_(Product.name.icontains(word, autoescape=True), summary.icontains(word, autoescape=True))
