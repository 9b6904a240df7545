"""Everything that a verdict on a share depends on, in one query: the share, the party, the ledger, what holds.

Fifty people may accept the same outcome at once, so that this reads columns and makes no objects of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate
from marketplace.contracts.models import Contract, ContractParty, Due, Hold, Settlement, Share
from marketplace.contracts.rules.rating import ACCEPTED, Owed
from marketplace.kit.prepared import Prepared
from marketplace.kit.values import Value


class ShareNow(Value):
    """A share as it stands at this moment; the fields are those of models.Share."""

    id: UUID
    organisation_id: UUID
    part: str
    base_pence: int
    at_risk_pence: int
    parts: Mapping[str, int]
    verdict: str
    disputed: Sequence[str]
    is_carried: bool
    by_id: UUID | None
    at: datetime | None


class PartyNow(Value):
    """The organisation in the contract, as far as policies ask."""

    organisation_id: UUID
    role: str


class Facts(Value):
    """`state` is that of the settlement, `contract_state` that of the contract; `lines` of the ledger make up `posted`.

    `is_certified` where a certificate of the product stands; `others_wait` while another share is not accepted.
    """

    share: ShareNow | None
    party: PartyNow | None
    state: str
    contract_state: str
    posted: Owed
    lines: int
    is_held: bool
    is_certified: bool
    others_wait: bool


_CONTRACT: ColumnElement[Any] = bindparam("contract", type_=Contract.id.type)
_ORGANISATION: ColumnElement[Any] = bindparam("organisation", type_=Contract.id.type)
_PRODUCT: ColumnElement[Any] = bindparam("product", type_=Contract.id.type)
_SETTLEMENT: ColumnElement[Any] = bindparam("settlement", type_=Contract.id.type)
_MINE = and_(Due.contract_id == _CONTRACT, Due.period == Settlement.period, Due.organisation_id == _ORGANISATION)
_OTHERS = and_(Share.settlement_id == _SETTLEMENT, Share.verdict != ACCEPTED, Share.organisation_id != _ORGANISATION)
_OF_SHARE = tuple(getattr(Share, name) for name in ShareNow.__struct_fields__)
_FACTS = Prepared(
    select(
        *_OF_SHARE, ContractParty.role, Settlement.state,
        select(Contract.state).where(Contract.id == _CONTRACT).scalar_subquery(),
        select(func.coalesce(func.sum(Due.base_pence), 0)).where(_MINE).correlate(Settlement).scalar_subquery(),
        select(func.coalesce(func.sum(Due.at_risk_pence), 0)).where(_MINE).correlate(Settlement).scalar_subquery(),
        select(func.count(Due.id)).where(_MINE).correlate(Settlement).scalar_subquery(),
        exists().where(Hold.contract_id == _CONTRACT, Hold.ended_at.is_(None)),
        exists().where(Certificate.product_id == _PRODUCT, Certificate.state == "in-force"),
        select(func.count(Share.id)).where(_OTHERS).correlate(None).scalar_subquery(),
    )
    .select_from(Settlement)
    .outerjoin(Share, and_(Share.settlement_id == Settlement.id, Share.organisation_id == _ORGANISATION))
    .outerjoin(
        ContractParty,
        and_(ContractParty.contract_id == _CONTRACT, ContractParty.organisation_id == _ORGANISATION),
    )
    .where(Settlement.id == _SETTLEMENT)
)  # fmt: skip


def facts_for(db: Session, contract: Contract, settlement: Settlement, organisation_id: UUID | None) -> Facts:
    """The facts, read anew: what another transaction wrote meanwhile is seen. The contract has to be locked."""
    named = {
        "contract": contract.id, "organisation": organisation_id, "product": contract.product_id,
        "settlement": settlement.id,
    }  # fmt: skip
    [(*of_share, role, state, contract_state, base, at_risk, lines, held, certified, waiting)] = _FACTS.rows(db, named)
    share = ShareNow(*of_share) if of_share[0] is not None else None
    party = PartyNow(organisation_id, role) if organisation_id is not None and role is not None else None
    posted = Owed(int(base), int(at_risk))
    return Facts(share, party, state, contract_state, posted, int(lines), bool(held), bool(certified), bool(waiting))
