"""Tables of contracts: the agreement with its texts and signatures, and what was measured and settled under it."""

from marketplace.contracts.models.agreements import (
    Contract,
    ContractParty,
    ContractText,
    Cosignature,
    Declined,
    Deviation,
    Obligation,
    Reading,
    Signature,
)
from marketplace.contracts.models.outcomes import (
    Dispute,
    Due,
    Harm,
    Hold,
    Measure,
    Measurement,
    PilotDecision,
    Settlement,
    Share,
)

__all__ = [
    "Contract",
    "ContractParty",
    "ContractText",
    "Cosignature",
    "Declined",
    "Deviation",
    "Dispute",
    "Due",
    "Harm",
    "Hold",
    "Measure",
    "Measurement",
    "Obligation",
    "PilotDecision",
    "Reading",
    "Settlement",
    "Share",
    "Signature",
]
