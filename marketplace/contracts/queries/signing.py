"""Where the signing of a text stands, and what the actor may sign for."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.models import (
    Contract,
    ContractParty,
    ContractText,
    Cosignature,
    Declined,
    Deviation,
    Reading,
    Signature,
)
from marketplace.contracts.rules.parameters import Departure
from marketplace.contracts.rules.signing import Signer, Standing, standing
from marketplace.identity.models import Grant, Membership
from marketplace.identity.policies import ROLES, Actor, Permission
from marketplace.kit.values import Value

OPEN = ("draft", "issued")
SIGNS = tuple(role.key for role in ROLES.values() if Permission.CONTRACT_SIGN in role.permissions)


class Limit(Value):
    """Up to how many pence somebody may sign on a day; None is without a limit. `deputy_for_id`: in whose place."""

    pence: int | None
    deputy_for_id: UUID | None = None


def open_text(db: Session, contract_id: UUID) -> ContractText | None:
    """The text that is being written or signed; None where none is."""
    rows = select(ContractText).where(ContractText.contract_id == contract_id, ContractText.state.in_(OPEN))
    return db.scalars(rows).one_or_none()


def find_text(db: Session, contract_id: UUID, text_id: UUID) -> ContractText | None:
    rows = select(ContractText).where(ContractText.contract_id == contract_id, ContractText.id == text_id)
    return db.scalars(rows).one_or_none()


def signatures_of(db: Session, text_ids: Sequence[UUID]) -> list[Signature]:
    """Everybody who signed these texts, in the order in which they did."""
    rows = select(Signature).options(joinedload(Signature.person)).where(Signature.text_id.in_(text_ids))
    return list(db.scalars(rows.order_by(Signature.at, Signature.id)))


def cosignatures_of(db: Session, text_ids: Sequence[UUID]) -> list[Cosignature]:
    """Who signed for a party of these texts before the last of its signatories, in the order in which they did."""
    rows = select(Cosignature).options(joinedload(Cosignature.person)).where(Cosignature.text_id.in_(text_ids))
    return list(db.scalars(rows.order_by(Cosignature.at, Cosignature.id)))


def signatories_of(text: ContractText, role: str) -> list[str]:
    """As what the people of a party in this role sign, in their order; empty where one person signs, as whatever."""
    several: list[str] = text.body.get("signatories", {}).get(role, [])
    return several


def refusals_of(db: Session, text_ids: Sequence[UUID]) -> list[Declined]:
    """Who would not sign these texts, and why."""
    return list(db.scalars(select(Declined).where(Declined.text_id.in_(text_ids)).order_by(Declined.id)))


def has_read(db: Session, text: ContractText, by: Actor) -> bool:
    """Whether the actor said to have read this very text to its end."""
    return by.person_id is not None and db.get(Reading, (text.id, by.person_id)) is not None


def signers_of(text: ContractText, parties: Sequence[ContractParty]) -> list[ContractParty]:
    """The parties that the text names, in its order: those who have to sign it."""
    named = [one["ref"] for one in text.body["parties"]]
    by_ref = {party.organisation.ref: party for party in parties}
    return [by_ref[ref] for ref in named if ref in by_ref]


def standing_of(text: ContractText, parties: Sequence[ContractParty], signed: Sequence[Signature]) -> Standing[UUID]:
    """Where the signing of a text stands, by organisation; the text itself says in which order roles sign."""
    signers = [Signer(party.organisation_id, party.role) for party in signers_of(text, parties)]
    done = {one.organisation_id for one in signed if one.text_id == text.id}
    return standing(text.body["signing"], signers, done)


def signing_limit(db: Session, by: Actor, *, on: date) -> Limit | None:
    """The widest limit within which the actor may sign on that day; None where no role of theirs signs."""
    rows = (
        select(Grant.limit_pence, Grant.deputy_for_id)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(
            Membership.person_id == by.person_id,
            Membership.organisation_id == by.organisation_id,
            Membership.state == "active",
            Grant.role.in_(SIGNS),
            or_(Grant.until.is_(None), Grant.until >= on),
        )
    )
    limits = [Limit(pence, deputy) for pence, deputy in db.execute(rows)]
    return max(limits, key=lambda one: (one.pence is None, one.pence or 0), default=None)


def approvals_of(db: Session, contract: Contract, found: Sequence[Departure]) -> dict[str, Deviation]:
    """Who approved each of these departures, by parameter: of this very value alone."""
    rows = select(Deviation).options(joinedload(Deviation.person)).where(Deviation.contract_id == contract.id)
    known = {(one.parameter, one.value_digest): one for one in db.scalars(rows.order_by(Deviation.id))}
    keys = ((one.parameter, one.digest) for one in found)
    return {key[0]: known[key] for key in keys if key in known}
