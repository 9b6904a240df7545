"""Telling people what waits for them or became of a purchase of several: each organisation by its own people."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.queries.people import members_who
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.procurement.models import TAKING_PART, Party, Procurement
from marketplace.procurement.queries.joint.finding import LOADED
from marketplace.procurement.queries.joint.standing import changes_of, terms_of

BUYERS = (Permission.PROJECT_WRITE,)
BINDERS = (Permission.CONTRACT_SIGN,)


def procurement_of(db: Session, procurement_id: UUID) -> Procurement:
    """The procurement with its parties, whoever is to be told."""
    return db.scalars(select(Procurement).options(*LOADED).where(Procurement.id == procurement_id)).one()


def tell_organisation(
    db: Session, organisation_id: UUID, permissions: Iterable[Permission], *, kind: str, title: str, body: str,
    path: str, but: UUID | None, key: str, at: datetime,
) -> int:  # fmt: skip
    """Tell whoever has one of the permissions at an organisation, but the one who did it; returns how many are new."""
    on = day_in_london(at)
    people = {person.id for each in permissions for person in members_who(db, organisation_id, each, on=on)}
    return tell(
        db, sorted(people - {but}), kind=kind, title=title, body=body, path=path, key=key, at=at,
        organisation_id=organisation_id,
    )  # fmt: skip


def tell_invited(db: Session, procurement: Procurement, party: Party, *, key: str, at: datetime) -> int:
    """Tell an organisation that it is invited, and by when to answer."""
    until = f" Answer by {party.answer_by:%-d %B %Y}." if party.answer_by else ""
    leads = party.role == "lead"
    title = f"{procurement.name} is open" if leads else f"{procurement.organisation.name} invites you to a joint pilot"
    return tell_organisation(
        db, party.organisation_id, (*BUYERS, *BINDERS), kind="contract", title=title,
        body=f"{procurement.name}.{until} Your own people approve on your own terms.",
        path=f"/procurements/{procurement.ref}", but=None, key=key, at=at,
    )  # fmt: skip


def tell_who_confirms(db: Session, procurement: Procurement, *, key: str, at: datetime) -> int:
    """Tell the signatories of each party whose yes was to other terms."""
    told, terms = 0, terms_of(procurement)
    for party in _there(procurement):
        changed = changes_of(party, terms)
        if changed:
            words = "; ".join(change.words for change in changed)
            told += tell_organisation(
                db, party.organisation_id, BINDERS, kind="task", title=f"Confirm {procurement.name} again",
                body=f"{words[:1].upper()}{words[1:]}.", path=f"/procurements/{procurement.ref}/join", but=None,
                key=f"{key} confirm", at=at,
            )  # fmt: skip
    return told


def tell_parties(
    db: Session, procurement: Procurement, title: str, body: str, *, but: UUID | None, key: str, at: datetime
) -> int:
    """Tell buyers and signatories of everybody who takes part."""
    path = f"/procurements/{procurement.ref}"
    return sum(
        tell_organisation(
            db, party.organisation_id, (*BUYERS, *BINDERS), kind="contract", title=title, body=body, path=path, but=but,
            key=key, at=at,
        )
        for party in _there(procurement)
    )  # fmt: skip


def tell_supplier(db: Session, procurement: Procurement, words: str, *, key: str, at: datetime) -> int:
    """Tell the supplier what became of it: the state and the product, and nothing of the parties."""
    return tell_organisation(
        db, procurement.supplier_id, BINDERS, kind="contract", title=f"A pilot of {procurement.product.name} {words}",
        body="", path=f"/procurements/{procurement.ref}", but=None, key=f"{key} supplier", at=at,
    )  # fmt: skip


def _there(procurement: Procurement) -> list[Party]:
    return [party for party in procurement.parties if party.state in TAKING_PART]
