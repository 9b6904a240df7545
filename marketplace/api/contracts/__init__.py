"""Contracts: drafting, texts, signatures, variations, obligations; outcomes and money stand beside them."""

from marketplace.api.contracts import contracts, outcomes, signatures, texts

CALLS = [*contracts.CALLS, *texts.CALLS, *signatures.CALLS, *outcomes.CALLS]
