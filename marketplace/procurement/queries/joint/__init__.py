"""Purchases that several organisations make together, as far as the actor may see them."""

from marketplace.procurement.queries.joint.desk import waiting_for
from marketplace.procurement.queries.joint.finding import (
    find_procurement,
    joined_parties,
    own_party,
    procurements_of,
    visible_procurements,
)
from marketplace.procurement.queries.joint.parties import parties_of
from marketplace.procurement.queries.joint.standing import Stood, stood, terms_of, what_blocks

__all__ = [
    "Stood", "find_procurement", "joined_parties", "own_party", "parties_of", "procurements_of", "stood", "terms_of",
    "visible_procurements", "waiting_for", "what_blocks",
]  # fmt: skip
