"""Finding procurements: those that the actor's organisation takes part in, and who takes part."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.identity.policies import Actor, Permission
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.ids import check_reference
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.text import quote
from marketplace.procurement.models import TAKING_PART, Party, Procurement

SIZE = 50
SEEN_BY_SUPPLIER = ("settled", "running", "closed")


def visible_procurements(by: Actor) -> Select[Procurement]:
    """The procurements that the actor's organisation takes part in, is asked to, or did until it left."""
    return select(Procurement).where(_of_party(by))


def find_procurement(db: Session, ref: str, *, by: Actor) -> Procurement:
    """The procurement with lead, supplier, product, version and parties. Raises NotFound, for those of others too."""
    mine = visible_procurements(by).options(*LOADED).where(Procurement.ref == spelled(ref))
    procurement = db.scalars(mine).one_or_none()
    if procurement is None:
        raise nothing(ref)
    return procurement


def procurements_of(db: Session, *, by: Actor, after: str | None = None, limit: int = SIZE) -> Page[Procurement]:
    """The actor's procurements, newest first, each with its parties."""
    mine = visible_procurements(by)
    total = len(db.scalars(mine.with_only_columns(Procurement.id).limit(COUNTED + 1)).all())
    if after:
        mine = mine.where(Procurement.id < decode_cursor(after, (UUID,))[0])
    rows = list(db.scalars(mine.options(*LOADED).order_by(Procurement.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    return Page(shown, total, encode_cursor(shown[-1].id) if len(rows) > limit else None)


def joined_parties(db: Session, procurement_id: UUID) -> list[Party]:
    """Those who joined and stayed, with their organisations, the lead first."""
    rows = select(Party).options(joinedload(Party.organisation))
    joined = rows.where(Party.procurement_id == procurement_id, Party.state == "joined")
    return list(db.scalars(joined.order_by(Party.position)))


def supplied_procurement(db: Session, ref: str, *, by: Actor) -> Procurement:
    """The procurement of one's own product, from settled on: its supplier sees the state and the product alone.

    Raises NotFound.
    """
    mine = select(Procurement).options(joinedload(Procurement.product), joinedload(Procurement.version))
    mine = mine.where(Procurement.ref == spelled(ref), _supplied(by))
    procurement = db.scalars(mine).one_or_none()
    if procurement is None:
        raise nothing(ref)
    return procurement


def supplied_procurements(db: Session, *, by: Actor, limit: int = SIZE) -> list[Procurement]:
    """Those that others settled for one's products, newest first."""
    mine = select(Procurement).options(joinedload(Procurement.product), joinedload(Procurement.version))
    return list(db.scalars(mine.where(_supplied(by)).order_by(Procurement.id.desc()).limit(limit)))


def procurement_behind_link(db: Session, ref: str, *, by: Actor) -> Procurement:
    """The procurement of a link, for a buying organisation that holds it: who asks may show nothing but the rule.

    Raises NotFound.
    """
    found = select(Procurement).options(*LOADED).where(Procurement.ref == spelled(ref), Procurement.state != "draft")
    procurement = db.scalars(found).one_or_none() if by.is_buyer else None
    if procurement is None:
        raise nothing(ref)
    return procurement


def own_party(procurement: Procurement, by: Actor) -> Party | None:
    """The party that the actor acts for, whether or not it still takes part."""
    mine = (party for party in procurement.parties if party.organisation_id == by.organisation_id)
    return next(mine, None)


def spelled(ref: str) -> str:
    """The reference as it is stored. Raises NotFound for what cannot be one."""
    try:
        return check_reference(ref, "PRC")
    except Invalid as wrong:
        raise nothing(ref) from wrong


def nothing(ref: str) -> NotFound:
    return NotFound(f"there is no procurement {quote(ref)}", "Yours are listed under Buying together.")


LOADED = (
    joinedload(Procurement.organisation),
    joinedload(Procurement.supplier),
    joinedload(Procurement.product),
    joinedload(Procurement.version),
    selectinload(Procurement.parties).joinedload(Party.organisation),
)


def _supplied(by: Actor) -> ColumnElement[bool]:
    if by.organisation_id is None or not by.may(Permission.CONTRACT_READ):
        return false()
    return (Procurement.supplier_id == by.organisation_id) & Procurement.state.in_(SEEN_BY_SUPPLIER)


def _of_party(by: Actor) -> ColumnElement[bool]:
    reads = by.may(Permission.PROJECT_READ) or by.may(Permission.CONTRACT_READ)
    if by.organisation_id is None or not by.is_buyer or not reads:
        return false()
    seen = Party.state.in_((*TAKING_PART, "withdrawn")) & (Procurement.state != "draft")
    lead = Party.role == "lead"
    return exists().where(
        Party.procurement_id == Procurement.id, Party.organisation_id == by.organisation_id, seen | lead
    )
