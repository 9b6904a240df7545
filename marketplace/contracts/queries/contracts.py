"""Contracts, their parties and their texts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.models import Contract, ContractParty, ContractText
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, Permission, is_the_house
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.text import quote
from marketplace.kit.values import Value

SIZE = 50


class Listed(Value):
    """A contract with the names of its buyers, lead first."""

    contract: Contract
    buyers: Sequence[str]


def visible_contracts(by: Actor) -> Select[Contract]:
    """The contracts that the actor's organisation is a party of; a supplier's from the day they were first issued."""
    if is_the_house(by):
        return select(Contract)
    if not by.may(Permission.CONTRACT_READ) or by.organisation_id is None:
        return select(Contract).where(Contract.id.is_(None))
    party = exists().where(
        ContractParty.contract_id == Contract.id, ContractParty.organisation_id == by.organisation_id,
        ContractParty.role != "supplier",
    )  # fmt: skip
    issued = exists().where(ContractText.contract_id == Contract.id)
    return select(Contract).where(or_(party, and_(Contract.supplier_id == by.organisation_id, issued)))


def find_contract(db: Session, ref: str, *, by: Actor) -> Contract:
    """The contract with its lead, supplier, product and version. Raises NotFound, for those of others too."""
    nothing = NotFound(f"there is no contract {quote(ref)}", "Your contracts are listed under Contracts.")
    spelled = reference_or(ref, "CON", nothing)
    contract = db.scalars(visible_contracts(by).options(*WITH_NAMES).where(Contract.ref == spelled)).one_or_none()
    if contract is None:
        raise nothing
    return contract


WITH_NAMES = (
    joinedload(Contract.organisation),
    joinedload(Contract.supplier),
    joinedload(Contract.product),
    joinedload(Contract.version),
)


def contracts_of(db: Session, *, by: Actor, after: str | None = None, limit: int = SIZE) -> Page[Listed]:
    """The actor's contracts, newest first."""
    mine = visible_contracts(by).options(*WITH_NAMES)
    total = len(db.scalars(visible_contracts(by).with_only_columns(Contract.id).limit(COUNTED + 1)).all())
    if after:
        key = decode_cursor(after, (UUID,))[0]
        mine = mine.where(Contract.id < key)
    rows = list(db.scalars(mine.order_by(Contract.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    names = _buyers(db, [contract.id for contract in shown])
    listed = [Listed(contract, names.get(contract.id, ())) for contract in shown]
    return Page(listed, total, encode_cursor(shown[-1].id) if len(rows) > limit else None)


def _buyers(db: Session, contract_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    rows = (
        select(ContractParty.contract_id, Organisation.name)
        .join(Organisation, Organisation.id == ContractParty.organisation_id)
        .where(ContractParty.contract_id.in_(contract_ids), ContractParty.role != "supplier")
        .order_by(ContractParty.contract_id, ContractParty.position)
    )
    names: dict[UUID, list[str]] = {}
    for contract_id, name in db.execute(rows):
        names.setdefault(contract_id, []).append(name)
    return names


_PARTIES = (
    select(ContractParty)
    .options(joinedload(ContractParty.organisation))
    .where(ContractParty.contract_id == bindparam("contract"))
    .order_by(ContractParty.position)
)


def parties_of(db: Session, contract_id: UUID) -> list[ContractParty]:
    """Everybody that the contract names, with their organisations: lead, participants, supplier; those who left too."""
    return list(db.scalars(_PARTIES, {"contract": contract_id}))


def buyers_on(db: Session, contract_id: UUID, day: date) -> list[ContractParty]:
    """The organisations that share the fee on a day, lead first."""
    return [
        party
        for party in parties_of(db, contract_id)
        if party.role != "supplier"
        and (party.joined_on is None or party.joined_on <= day)
        and (party.left_on is None or day <= party.left_on)
    ]


def texts_of(db: Session, contract_id: UUID) -> list[ContractText]:
    """Every text of the contract, oldest first; those that were recalled or declined too."""
    rows = select(ContractText).where(ContractText.contract_id == contract_id)
    return list(db.scalars(rows.order_by(ContractText.number, ContractText.attempt)))


def binding_text(db: Session, contract: Contract) -> ContractText | None:
    """The text that was signed by all last; None before there is one."""
    rows = select(ContractText).where(ContractText.contract_id == contract.id, ContractText.state == "binding")
    return db.scalars(rows).one_or_none()


def text_on(db: Session, contract_id: UUID, day: date) -> ContractText | None:
    """The terms of a day: the last text signed by all that was in force by then; None before the first was."""
    rows = select(ContractText).where(
        ContractText.contract_id == contract_id,
        ContractText.state.in_(("binding", "replaced")),
        ContractText.effective_on <= day,
    )
    return db.scalars(rows.order_by(ContractText.number.desc()).limit(1)).one_or_none()
