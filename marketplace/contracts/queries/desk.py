"""What waits for somebody at a party, in a fixed number of queries however many contracts there are."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.models import Contract, ContractParty, ContractText, Obligation, Signature
from marketplace.contracts.policies.agreements import DOING, DRAFTING
from marketplace.contracts.queries.signing import signatures_of, standing_of
from marketplace.contracts.rules.obligations import SOON
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.values import Value

MOST = 20
"""Of each kind so many are shown, the most urgent first."""
RUNNING = ("signed", "live")
TOLD_ELSEWHERE = ("measurements", "acceptance")
"""Obligations of each month that stand on the desk of whoever runs the contract already, as what is to be done."""


class Waiting(Value):
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
    """Texts that this organisation has still to sign, those whose turn is now first."""
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
    found = [(text, contract) for text, contract in db.execute(rows)]
    parties = _parties(db, [contract.id for _, contract in found])
    signed = signatures_of(db, [text.id for text, _ in found])
    turns = [_is_turn(text, parties.get(contract.id, []), signed, organisation_id) for text, contract in found]
    shown = sorted(zip(turns, found, strict=True), key=lambda one: not one[0])
    return [_waiting_text(text, contract, is_turn) for is_turn, (text, contract) in shown]


def _parties(db: Session, contract_ids: Sequence[UUID]) -> dict[UUID, list[ContractParty]]:
    rows = select(ContractParty).options(joinedload(ContractParty.organisation))
    found: dict[UUID, list[ContractParty]] = {}
    for party in db.scalars(rows.where(ContractParty.contract_id.in_(contract_ids))):
        found.setdefault(party.contract_id, []).append(party)
    return found


def _is_turn(
    text: ContractText, parties: Sequence[ContractParty], signed: Sequence[Signature], organisation_id: UUID
) -> bool:
    return organisation_id in standing_of(text, parties, signed).turn


def _waiting_text(text: ContractText, contract: Contract, is_turn: bool) -> Waiting:
    if is_turn:
        title, words = f"{contract.name} waits for your signature", f"Read text {text.number}, then sign or decline."
    else:
        title, words = f"{contract.name} will wait for your signature", f"Others sign text {text.number} first."
    return Waiting(title, f"/contracts/{contract.ref}/signatures", words)


def _drafts(db: Session, organisation_id: UUID) -> list[Waiting]:
    rows = select(Contract).where(Contract.organisation_id == organisation_id, Contract.state == "draft")
    return [
        Waiting(f"The contract of {one.name} is a draft", f"/contracts/{one.ref}", "Fill it in, and issue it.")
        for one in db.scalars(rows.order_by(Contract.id).limit(MOST))
    ]


def _obligations(db: Session, organisation_id: UUID, on: date) -> list[Waiting]:
    rows = (
        select(Obligation, Contract)
        .join(Contract, Contract.id == Obligation.contract_id)
        .where(Obligation.organisation_id == organisation_id, Obligation.done_at.is_(None))
        .where(Obligation.due_on <= on + SOON, Contract.state.in_(RUNNING))
        .where(*(Obligation.key.not_like(f"{key}.%") for key in TOLD_ELSEWHERE))
        .order_by(Obligation.due_on, Obligation.id)
        .limit(MOST)
    )
    return [
        Waiting(one.label, f"/contracts/{contract.ref}/obligations", contract.name, one.due_on)
        for one, contract in db.execute(rows)
    ]
