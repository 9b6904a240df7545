"""Writing one batch of described products: new ones, new editions of changed ones, nothing for the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Import, Product, Version
from marketplace.catalogue.rules.importing import Described, Failed, is_same, refused
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.text import skeleton
from marketplace.kit.values import Value

_PRODUCT, _VERSION = insert(Product.__table__), insert(Version.__table__)  # type: ignore[arg-type]


@dataclass(slots=True)
class Written:
    """The ids of products that are new and that changed, how many were the same, and what could not be written."""

    new: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    same: int = 0
    refused: list[Failed] = field(default_factory=list)


class Known(Value):
    """A product that an earlier import brought, with the edition that a new one would follow."""

    product: Product
    version: Version


@dataclass(slots=True)
class Weighed:
    """Described products beside what stands there: new, changed, the same, or not to be written, with the reason."""

    fresh: list[Described] = field(default_factory=list)
    changed: list[tuple[Known, Described]] = field(default_factory=list)
    same: int = 0
    refused: list[Failed] = field(default_factory=list)


def scope_of(begun: Import, mapping: ImportMapping) -> str:
    """What references are unique in: the mapping for the operator, and each supplier's own use of it."""
    return mapping.id if begun.organisation_id is None else f"{mapping.id}@{begun.organisation_id.hex[-12:]}"


def write_batch(
    db: Session, begun: Import, described: Sequence[Described], mapping: ImportMapping, *, by: Actor, at: datetime
) -> Written:
    """Write what is new or changed. Running the same again writes nothing."""
    weighed = weigh(db, begun, described, mapping)
    for before, one in weighed.changed:
        _change(db, begun, before, one, at=at)
    new = _add(db, begun, weighed.fresh, mapping, by=by, at=at) if weighed.fresh else []
    return Written(new, [before.product.id for before, _ in weighed.changed], weighed.same, weighed.refused)


def weigh(db: Session, begun: Import, described: Sequence[Described], mapping: ImportMapping) -> Weighed:
    """What would become of each, without writing: so a preview says beforehand what the import says afterwards."""
    known = _known(db, scope_of(begun, mapping), [one.external_ref for one in described])
    named = _named(db, begun, [one.name for one in described if one.external_ref not in known])
    weighed = Weighed()
    for one in described:
        before = known.get(one.external_ref)
        if before is None:
            _weigh_new(weighed, one, named, begun)
        elif not _lists(begun, before) and is_same(
            one, name=before.version.name, number=before.version.number, kind=before.product.kind,
            known=before.version.answers,
        ):  # fmt: skip
            weighed.same += 1
        elif (why := _refusal(begun, before, one)) is not None:
            weighed.refused.append(why)
        else:
            weighed.changed.append((before, one))
    return weighed


def _weigh_new(weighed: Weighed, one: Described, named: dict[str, str], begun: Import) -> None:
    """A supplier has one product of a name: what stands on a page already does not come in a second time."""
    name = one.name.casefold()
    if begun.organisation_id is not None and name in named:
        weighed.refused.append(refused(one, "name", one.name, f"{named[name]}. Use another name, or take the row out."))
        return
    named[name] = "an earlier record has the same name"
    weighed.fresh.append(one)


def _named(db: Session, begun: Import, names: Sequence[str]) -> dict[str, str]:
    """The names that the supplier uses already, each with where; none for the operator, whose products are others'."""
    if begun.organisation_id is None or not names:
        return {}
    lower = func.lower(Product.name)
    mine = select(lower, Product.ref).where(Product.organisation_id == begun.organisation_id)
    mine = mine.where(Product.state != "withdrawn", lower.in_({name.lower() for name in names}))
    return {name.casefold(): f"{ref} is one of your products of this name" for name, ref in db.execute(mine)}


def _lists(begun: Import, before: Known) -> bool:
    """Whether this import lists what an earlier one brought in without listing it."""
    return begun.publish and before.version.state == "draft" and before.product.state in ("draft", "live")


def _known(db: Session, scope: str, refs: Iterable[str]) -> dict[str, Known]:
    found = db.execute(
        select(Product, Version)
        .join(Version, Version.product_id == Product.id)
        .where(Product.source_mapping == scope, Product.external_ref.in_(list(refs)))
        .order_by(Version.edition)
    )
    return {str(product.external_ref): Known(product, version) for product, version in found}


def _refusal(begun: Import, before: Known, one: Described) -> Failed | None:
    """Why what stands there is not to be written on by this import."""
    if before.product.organisation_id != begun.organisation_id:
        text = "its supplier has claimed this product and keeps its description now."
        return refused(one, "", one.external_ref, text)
    if before.product.kind != one.kind:
        text = "this product stands here as one of another kind; that needs a reference of its own."
        return refused(one, "kind", one.kind, text)
    if before.version.state == "submitted":
        text = "this product waits for its moderator. Import it again when it was published or sent back."
        return refused(one, "", one.external_ref, text)
    return None


def _change(db: Session, begun: Import, before: Known, one: Described, *, at: datetime) -> None:
    """A changed record: an open draft is written on, and listed where the import lists; else a new edition follows."""
    if before.version.state == "draft":
        before.version.name, before.version.number, before.version.answers = one.name, one.version, dict(one.answers)
        if _lists(begun, before):
            before.version.state, before.version.published_at = "published", at
            _show(db, before.product, before.version, at=at)
    else:
        _next_edition(db, begun, before, one, at=at)
    if before.product.live_version_id is None or begun.publish:
        before.product.name, before.product.skeleton = one.name, skeleton(one.name)[:200]
    db.flush()


def _show(db: Session, product: Product, version: Version, *, at: datetime) -> None:
    """Put an edition of an unclaimed product in front of buyers, in the place of the one on show."""
    earlier = db.get(Version, product.live_version_id) if product.live_version_id else None
    if earlier is not None:
        earlier.state, earlier.superseded_at = "superseded", at
    product.live_version_id, product.state, product.touched_at = version.id, "live", at


def _next_edition(db: Session, begun: Import, before: Known, one: Described, *, at: datetime) -> None:
    is_live = begun.publish and before.product.state == "live"
    version = Version(**_version(before.product.id, one, before.version.edition + 1, is_live=is_live, at=at))
    db.add(version)
    db.flush()
    if is_live:
        _show(db, before.product, version, at=at)


def _add(
    db: Session, begun: Import, fresh: list[Described], mapping: ImportMapping, *, by: Actor, at: datetime
) -> list[UUID]:
    """Insert many at once; with `publish` they go live in the same transaction."""
    refs = free_references(db, len(fresh))
    scope, told = scope_of(begun, mapping), _told(begun, mapping)
    products = [_product(begun, one, ref, scope, told, by=by, at=at) for one, ref in zip(fresh, refs, strict=True)]
    pairs = list(zip(products, fresh, strict=True))
    versions = [_version(product["id"], one, 1, is_live=begun.publish, at=at) for product, one in pairs]
    db.connection().execute(_PRODUCT, products)
    db.connection().execute(_VERSION, versions)
    if begun.publish:
        _put_on_show(db, [product["id"] for product in products])
    return [product["id"] for product in products]


def _put_on_show(db: Session, ids: list[UUID]) -> None:
    first = select(Version.id).where(Version.product_id == Product.id, Version.edition == 1).scalar_subquery()
    shown = update(Product).where(Product.id.in_(ids)).values(live_version_id=first, state="live")
    db.execute(shown, execution_options={"synchronize_session": False})


def free_references(db: Session, count: int) -> list[str]:
    """As many product references as asked for, none of them in use."""
    refs: set[str] = set()
    while len(refs) < count:
        drawn = {new_reference("PRD") for _ in range(count - len(refs))}
        refs |= drawn - set(db.scalars(select(Product.ref).where(Product.ref.in_(drawn))))
    return sorted(refs)


def _product(
    begun: Import, one: Described, ref: str, scope: str, told: Mapping[str, str], *, by: Actor, at: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(at), "ref": ref, "organisation_id": begun.organisation_id, "kind": one.kind, "name": one.name,
        "skeleton": skeleton(one.name)[:200], "state": "draft", "state_reason": "", "source_mapping": scope,
        "external_ref": one.external_ref, "source": _source(one, told), "created_at": at, "touched_at": at,
        "is_demonstration": by.is_demonstration if begun.organisation_id else False, "row_version": 1,
    }  # fmt: skip


def _told(begun: Import, mapping: ImportMapping) -> Mapping[str, str]:
    """What is said of a file whose products are unclaimed; a supplier's own needs no telling."""
    if begun.organisation_id is not None:
        return {}
    return {"mapping": mapping.id, **{name: str(each) for name, each in mapping.source.model_dump(mode="json").items()}}


def _source(one: Described, told: Mapping[str, str]) -> dict[str, str]:
    return {**told, "supplier": one.supplier, "url": one.url} if told else {}


def _version(product_id: UUID, one: Described, edition: int, *, is_live: bool, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(at), "product_id": product_id, "edition": edition, "number": one.version, "name": one.name,
        "change": "first" if edition == 1 else "correction", "state": "published" if is_live else "draft",
        "answers": dict(one.answers), "created_at": at, "published_at": at if is_live else None, "row_version": 1,
    }  # fmt: skip
