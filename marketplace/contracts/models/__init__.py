"""Tables of contracts: the agreement with its texts and signatures, and what was measured and settled under it."""

from marketplace.contracts.models.agreements import (
    Contract,
    ContractParty,
    ContractText,
    Declined,
    Deviation,
    Obligation,
    Reading,
    Signature,
)

__all__ = [
    "Contract",
    "ContractParty",
    "ContractText",
    "Declined",
    "Deviation",
    "Obligation",
    "Reading",
    "Signature",
]
