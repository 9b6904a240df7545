"""What waits for somebody at a party, in a fixed number of queries however many contracts there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.models import Contract, ContractParty, ContractText, Obligation, Signature
from marketplace.contracts.policies.agreements import DOING, DRAFTING
from marketplace.contracts.rules.obligations import SOON
from marketplace.identity.policies import Actor, Permission

MOST = 20
"""Of each kind so many are shown, the most urgent first."""
RUNNING = ("signed", "live")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: a title, where to go, a word more, and the day by which, if there is one."""

    title: str
    path: str
    words: str
    due: date | None = None


def waiting_for(db: Session, by: Actor, on: date) -> list[Waiting]:
    """Texts to sign, drafts to finish and obligations that are late or near, for the actor's organisation."""
    if by.organisation_id is None or not by.may(Permission.CONTRACT_READ):
        return []
    found = _to_sign(db, by.organisation_id) if by.may(Permission.CONTRACT_SIGN) else []
    found += _drafts(db, by.organisation_id) if any(map(by.may, DRAFTING)) else []
    return found + (_obligations(db, by.organisation_id, on) if any(map(by.may, DOING)) else [])


def _to_sign(db: Session, organisation_id: UUID) -> list[Waiting]:
    """Texts that wait for this organisation; who signs before it is said where somebody does."""
    mine = exists().where(
        ContractParty.contract_id == Contract.id, ContractParty.organisation_id == organisation_id,
        ContractParty.left_on.is_(None),
    )  # fmt: skip
    done = exists().where(Signature.text_id == ContractText.id, Signature.organisation_id == organisation_id)
    rows = (
        select(ContractText, Contract)
        .join(Contract, Contract.id == ContractText.contract_id)
        .where(ContractText.state == "issued", mine, ~done)
        .order_by(ContractText.id)
        .limit(MOST)
    )
    return [
        Waiting(
            f"{contract.name} waits for your signature", f"/contracts/{contract.ref}/signatures",
            f"Text {text.number} of {contract.ref}. Read it first.", None,
        )
        for text, contract in db.execute(rows).all()
    ]  # fmt: skip


def _drafts(db: Session, organisation_id: UUID) -> list[Waiting]:
    rows = select(Contract).where(Contract.organisation_id == organisation_id, Contract.state == "draft")
    return [
        Waiting(f"The contract of {one.name} is a draft", f"/contracts/{one.ref}", "Fill it in, and issue it.")
        for one in db.scalars(rows.order_by(Contract.id).limit(MOST))
    ]


def _obligations(db: Session, organisation_id: UUID, on: date) -> list[Waiting]:
    rows: Sequence[tuple[Obligation, Contract]] = (
        db.execute(
            select(Obligation, Contract)
            .join(Contract, Contract.id == Obligation.contract_id)
            .where(Obligation.organisation_id == organisation_id, Obligation.done_at.is_(None))
            .where(Obligation.due_on <= on + SOON, Contract.state.in_(RUNNING))
            .options(joinedload(Obligation.organisation))
            .order_by(Obligation.due_on, Obligation.id)
            .limit(MOST)
        )
        .tuples()
        .all()
    )
    return [
        Waiting(one.label, f"/contracts/{contract.ref}/obligations", contract.name, one.due_on)
        for one, contract in rows
    ]
