"""Which rows of joint purchases and of contracts belong to an organisation that takes everything along.

Of a purchase that is what its own people read: its own side, and nothing of what is inside another party. Of a contract
it is what every party reads; what one party owes or pays, and how it names it, goes with that party alone.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from marketplace.contracts import models as contracts
from marketplace.identity.models import Membership
from marketplace.procurement import models as procurement

Scopes = Mapping[str, ColumnElement[bool]]


def of_purchases(organisation_id: UUID) -> Scopes:
    """The purchases that it takes or took part in, with its own party: call-off, approvals, readiness, notes."""
    p = procurement
    own = p.Party.organisation_id == organisation_id
    parties = select(p.Party.id).where(own)
    return {
        "procurement": p.Procurement.id.in_(select(p.Party.procurement_id).where(own)),
        "party": own,
        "approval": p.Approval.party_id.in_(parties),
        "readiness": p.Readiness.party_id.in_(parties),
        "party_note": p.PartyNote.party_id.in_(parties),
    }


def of_contracts(organisation_id: UUID) -> Scopes:
    """The contracts that it is a party of; a supplier's from the day on which a text was first issued."""
    c = contracts
    party = exists().where(
        c.ContractParty.contract_id == c.Contract.id, c.ContractParty.organisation_id == organisation_id,
        c.ContractParty.role != "supplier",
    )  # fmt: skip
    supplies = (c.Contract.supplier_id == organisation_id) & exists().where(c.ContractText.contract_id == c.Contract.id)
    mine = select(c.Contract.id).where(or_(party, supplies))
    led = select(c.Contract.id).where(c.Contract.organisation_id == organisation_id)
    texts = c.ContractText.contract_id.in_(mine) & (
        (c.ContractText.state != "draft") | c.ContractText.contract_id.in_(led)
    )
    return {
        "contract": c.Contract.id.in_(mine),
        "contract_party": c.ContractParty.contract_id.in_(mine) & (c.ContractParty.organisation_id == organisation_id),
        "contract_text": texts,
        "contract_deviation": c.Deviation.contract_id.in_(led),
        "contract_obligation": c.Obligation.contract_id.in_(mine) & (c.Obligation.organisation_id == organisation_id),
        **_of_signing(organisation_id, mine, texts),
        **_of_outcomes(organisation_id, mine),
    }  # fmt: skip


def _of_signing(organisation_id: UUID, mine: Any, texts: ColumnElement[bool]) -> Scopes:
    """Who signed and who would not, for every party; who read a text, for its own people."""
    c = contracts
    shown = select(c.ContractText.id).where(texts)
    people = select(Membership.person_id).where(Membership.organisation_id == organisation_id)
    return {
        "contract_signature": c.Signature.contract_id.in_(mine),
        "contract_cosignature": c.Cosignature.contract_id.in_(mine),
        "contract_declined": c.Declined.text_id.in_(shown),
        "contract_reading": c.Reading.text_id.in_(shown) & c.Reading.person_id.in_(people),
    }


def _of_outcomes(organisation_id: UUID, mine: Any) -> Scopes:
    """What was measured and what it came to; the ledger of each buyer for that buyer and the supplier."""
    c = contracts
    settled = select(c.Settlement.id).where(c.Settlement.contract_id.in_(mine))
    supplied = select(c.Contract.id).where(c.Contract.supplier_id == organisation_id)
    return {
        "measure": c.Measure.contract_id.in_(mine),
        "measurement": c.Measurement.contract_id.in_(mine),
        "settlement": c.Settlement.contract_id.in_(mine),
        "settlement_share": c.Share.settlement_id.in_(settled),
        "dispute": c.Dispute.contract_id.in_(mine),
        "due": c.Due.contract_id.in_(mine)
        & ((c.Due.organisation_id == organisation_id) | c.Due.contract_id.in_(supplied)),
        "harm": c.Harm.contract_id.in_(mine),
        "hold": c.Hold.contract_id.in_(mine),
        "pilot_decision": c.PilotDecision.contract_id.in_(mine),
    }  # fmt: skip
