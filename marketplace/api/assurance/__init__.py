"""Calls of assurance: answering, cases, certificates that anybody checks, and who relies on them."""

from marketplace.api.assurance import answering, cases, certificates, deciding, renewals, standings

CALLS = [*answering.CALLS, *cases.CALLS, *deciding.CALLS, *certificates.CALLS, *renewals.CALLS, *standings.CALLS]
