"""Purchases that several organisations make together, as far as the actor may see them."""

from marketplace.procurement.queries.joint.finding import (
    find_procurement,
    joined_parties,
    own_party,
    procurements_of,
    visible_procurements,
)

__all__ = ["find_procurement", "joined_parties", "own_party", "procurements_of", "visible_procurements"]
