"""Safety and change notices, as far as the actor may know of them, and how far everybody is with them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Certificate, Receipt, SafetyNotice
from marketplace.assurance.queries.safety.logs import spelled
from marketplace.assurance.rules.safety.declared import Clocks
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote

LOADED = (joinedload(SafetyNotice.product), joinedload(SafetyNotice.supplier), joinedload(SafetyNotice.incident))
SENT = ("issued", "closed")


def find_notice(db: Session, ref: str, *, by: Actor) -> SafetyNotice:
    """A notice of one's own products, or one that reached one's organisation; assessors too. Raises NotFound."""
    asked = select(SafetyNotice).options(*LOADED).where(SafetyNotice.ref == spelled(ref, "FSN", "notice"), seen_by(by))
    found = db.scalars(asked).one_or_none()
    if found is None:
        raise NotFound(f"there is no notice {quote(ref)}", "Notices that reached you are listed under Safety.")
    return found


def notices_for(db: Session, *, by: Actor, product_id: UUID | None = None, most: int = 200) -> list[SafetyNotice]:
    """The notices that the actor may know of, open ones first, then the newest."""
    asked = select(SafetyNotice).options(*LOADED).where(seen_by(by), SafetyNotice.state != "discarded")
    asked = asked if product_id is None else asked.where(SafetyNotice.product_id == product_id)
    order = (SafetyNotice.state == "closed", SafetyNotice.id.desc())
    return list(db.scalars(asked.order_by(*order).limit(most)))


def sent_notices(db: Session, product_id: UUID) -> list[SafetyNotice]:
    """The safety notices of a product that were sent, newest first: everybody may know that there were some."""
    mine = select(SafetyNotice).where(SafetyNotice.product_id == product_id, SafetyNotice.state.in_(SENT))
    return list(db.scalars(mine.order_by(SafetyNotice.id.desc())))


def open_notices(db: Session, *, product_id: UUID | None = None) -> list[SafetyNotice]:
    """Every notice that is not closed, of one product or of all."""
    asked = select(SafetyNotice).options(*LOADED).where(SafetyNotice.state == "issued")
    asked = asked if product_id is None else asked.where(SafetyNotice.product_id == product_id)
    return list(db.scalars(asked.order_by(SafetyNotice.id)))


def receipts_of(db: Session, notice_ids: Collection[UUID]) -> dict[UUID, list[Receipt]]:
    """Whom each notice reached, by the name of the organisation."""
    asked = select(Receipt).options(joinedload(Receipt.organisation), joinedload(Receipt.acknowledged_by))
    found: dict[UUID, list[Receipt]] = {notice_id: [] for notice_id in notice_ids}
    rows = db.scalars(asked.where(Receipt.notice_id.in_(notice_ids)))
    for receipt in sorted(rows, key=lambda each: (each.organisation.name, each.id)):
        found[receipt.notice_id].append(receipt)
    return found


def receipt_of(db: Session, notice: SafetyNotice, organisation_id: UUID | None) -> Receipt | None:
    """What an organisation answered to a notice; None where it never reached it."""
    mine = select(Receipt).where(Receipt.notice_id == notice.id, Receipt.organisation_id == organisation_id)
    return db.scalars(mine).one_or_none()


def finals_of(clocks: Clocks, kind: str) -> frozenset[str]:
    """The answers to a notice of this kind after which nothing is left to do."""
    return frozenset(key for key, answer in clocks.answers_to(kind).items() if answer.final)


def seen_by(by: Actor) -> ColumnElement[bool]:
    """Which notices an actor may know of: drafts are for the supplier alone."""
    mine = SafetyNotice.supplier_id == by.organisation_id
    sent = SafetyNotice.state.in_(SENT)
    if by.may(Permission.OPERATE):
        return or_(mine, sent) if by.organisation_id else true()
    reached = select(Receipt.notice_id).where(Receipt.organisation_id == by.organisation_id)
    allowed = [mine, SafetyNotice.id.in_(reached)]
    if by.may(Permission.ASSURANCE_ASSESS):
        certified = select(Certificate.product_id).where(Certificate.body_id == by.organisation_id)
        allowed.append(sent & SafetyNotice.product_id.in_(certified))
    return or_(*allowed)
