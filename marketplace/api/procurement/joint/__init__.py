"""Calls of buying together: the purchase and its lead's moves, and what each party does for itself."""

from marketplace.api.procurement.joint import own, procurements

CALLS = [*procurements.CALLS, *own.CALLS]
