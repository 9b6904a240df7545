"""What a buying organisation has of assurance and safety to pass on: where it uses what, and what it relies on."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Answer, Certificate, Deployment, Incident, Receipt, Reuse, SafetyNotice
from marketplace.assurance.queries.bodies import policy_row
from marketplace.catalogue.models import Product
from marketplace.identity.rules.successions import Blocker, Foreseen, Passing, Thing


def foresee(db: Session, passing: Passing) -> Foreseen:
    """Uses of products go with their logs. Two uses of one product are not made one here: each has its safety case."""
    used = deployments_of(db, passing)
    products = products_of(used)
    things = [Thing("deployment", one.id, _use(one)) for one in used]
    things += [Thing("incident", one.id, one.ref) for one in incidents_of(db, passing, used)]
    things += [Thing("notice", one.id, f"{one.notice.title} ({one.notice.ref})") for one in
               receipts_of(db, passing, products)]  # fmt: skip
    things += [
        Thing("reliance", reuse.certificate_id, ref, "Relied on" if reuse.accepted else "Not relied on")
        for reuse, ref in reliance_of(db, passing, products)
    ]
    local = dict.fromkeys(one.product_id for one in local_answers_of(db, passing, products) if one.product_id)
    names = dict(db.execute(select(Product.id, Product.name).where(Product.id.in_(local))).all())
    things += [Thing("local", product_id, names[product_id]) for product_id in local]
    blockers = (*_two_uses(db, passing, used), *_unanswered(db, passing, products))
    return Foreseen(tuple(things), blockers, _notes(db, passing))


def deployments_of(db: Session, passing: Passing) -> list[Deployment]:
    """Where the old organisation uses what, of what passes; ended ones too, with their logs."""
    rows = select(Deployment).options(joinedload(Deployment.product)).where(
        Deployment.organisation_id == passing.old.id
    )  # fmt: skip
    return [
        one
        for one in db.scalars(rows.order_by(Deployment.id))
        if passing.takes("deployment", one.id) or passing.takes("procurement", one.procurement_id)
    ]


def products_of(used: list[Deployment]) -> set[UUID]:
    return {one.product_id for one in used}


def incidents_of(db: Session, passing: Passing, used: list[Deployment]) -> list[Incident]:
    """Incidents that the old organisation reported: all of them, or those of the uses that pass."""
    rows = select(Incident).where(Incident.organisation_id == passing.old.id)
    if not passing.is_whole:
        rows = rows.where(Incident.deployment_id.in_([one.id for one in used]))
    return list(db.scalars(rows.order_by(Incident.id)))


def receipts_of(db: Session, passing: Passing, products: set[UUID]) -> list[Receipt]:
    """Notices that reached the old organisation and not the new one."""
    own = select(Receipt.notice_id).where(Receipt.organisation_id == passing.new.id)
    return list(db.scalars(_received(passing, products).where(Receipt.notice_id.notin_(own))))


def reliance_of(db: Session, passing: Passing, products: set[UUID]) -> list[tuple[Reuse, str]]:
    """The old organisation's last word on each certificate on which the new one has said nothing, with its ref."""
    own = select(Reuse.certificate_id).where(Reuse.organisation_id == passing.new.id)
    rows = (
        select(Reuse, Certificate.ref)
        .join(Certificate, Certificate.id == Reuse.certificate_id)
        .where(Reuse.organisation_id == passing.old.id, Reuse.certificate_id.notin_(own))
        .order_by(Reuse.at, Reuse.id)
    )
    if not passing.is_whole:
        rows = rows.where(Certificate.product_id.in_(products))
    return list({reuse.certificate_id: (reuse, ref) for reuse, ref in db.execute(rows)}.values())


def local_answers_of(db: Session, passing: Passing, products: set[UUID]) -> list[Answer]:
    """What the old organisation answered of products itself, where the new one has answered nothing."""
    own = select(Answer.product_id).where(Answer.organisation_id == passing.new.id, Answer.product_id.is_not(None))
    rows = select(Answer).where(
        Answer.organisation_id == passing.old.id, Answer.product_id.is_not(None), Answer.product_id.notin_(own)
    )
    if not passing.is_whole:
        rows = rows.where(Answer.product_id.in_(products))
    return list(db.scalars(rows.order_by(Answer.id)))


def _received(passing: Passing, products: set[UUID]) -> Select[Receipt]:
    rows = (
        select(Receipt)
        .join(SafetyNotice, SafetyNotice.id == Receipt.notice_id)
        .options(joinedload(Receipt.notice))
        .where(Receipt.organisation_id == passing.old.id)
        .order_by(Receipt.id)
    )
    return rows if passing.is_whole else rows.where(SafetyNotice.product_id.in_(products))


def _two_uses(db: Session, passing: Passing, used: list[Deployment]) -> Iterator[Blocker]:
    rows = select(Deployment.product_id).where(
        Deployment.organisation_id == passing.new.id, Deployment.ended_at.is_(None)
    )
    there = set(db.scalars(rows))
    for one in used:
        if one.ended_at is None and one.product_id in there:
            fact = f"both {passing.old.name} and {passing.new.name} use {one.product.name}"
            hint = (
                "Each use has a hazard log and a safety case of its own. Let the clinical safety officers decide which "
                "goes on for both, and end the other first."
            )
            yield Blocker(fact, hint)


def _unanswered(db: Session, passing: Passing, products: set[UUID]) -> Iterator[Blocker]:
    own = select(Receipt.notice_id).where(Receipt.organisation_id == passing.new.id)
    open_ones = SafetyNotice.state == "issued", Receipt.answer == "", Receipt.notice_id.in_(own)
    for receipt in db.scalars(_received(passing, products).where(*open_ones)):
        fact = f"{passing.old.name} has not answered {receipt.notice.ref}, which {passing.new.name} has too"
        yield Blocker(fact, "Answer it for the places of the old organisation first.")


def _notes(db: Session, passing: Passing) -> tuple[str, ...]:
    if not passing.is_whole or policy_row(db, passing.old.id) is None:
        return ()
    return (f"Whose certificates are relied on is what {passing.new.name} has decided, from then on.",)


def _use(one: Deployment) -> str:
    return f"{one.product.name}{f', {one.place}' if one.place else ''} ({one.ref})"
