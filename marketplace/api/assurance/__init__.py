"""Calls of assurance: answering, cases, certificates that anybody checks, and who relies on them."""

from marketplace.api.assurance import answering, cases, certificates, deciding, markets, passports, renewals, standings

CALLS = [
    *answering.CALLS, *cases.CALLS, *deciding.CALLS, *certificates.CALLS, *markets.CALLS, *passports.CALLS,
    *renewals.CALLS, *standings.CALLS,
]  # fmt: skip
