"""Calls of assurance: answering, cases, certificates that anybody checks, and who relies on them."""

from marketplace.api.assurance import (
    answering,
    appeals,
    bodies,
    cases,
    certificates,
    deciding,
    forms,
    markets,
    passports,
    renewals,
    standings,
    surveillance,
    versions,
    watching,
)

CALLS = [
    *answering.CALLS, *cases.CALLS, *deciding.CALLS, *certificates.CALLS, *markets.CALLS, *passports.CALLS,
    *renewals.CALLS, *standings.CALLS, *forms.CALLS,
    *appeals.CALLS, *bodies.CALLS, *surveillance.CALLS, *versions.CALLS, *watching.CALLS,
]  # fmt: skip
