"""What contracts tell."""

from marketplace.contracts.events.agreements import (
    ContractBound,
    ContractCancelled,
    ContractChanged,
    ContractDeclined,
    ContractDrafted,
    ContractIssued,
    ContractRead,
    ContractRecalled,
    ContractSigned,
    DeviationApproved,
    ObligationFinished,
    VariationBegun,
)

__all__ = [
    "ContractBound",
    "ContractCancelled",
    "ContractChanged",
    "ContractDeclined",
    "ContractDrafted",
    "ContractIssued",
    "ContractRead",
    "ContractRecalled",
    "ContractSigned",
    "DeviationApproved",
    "ObligationFinished",
    "VariationBegun",
]
