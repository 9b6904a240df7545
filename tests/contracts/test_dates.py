"""The days of contracts in one's calendar: each party's own, once each, and none of anybody else's."""

from datetime import date

from marketplace.contracts.queries.dates import dates_of
from tests.contracts.agreements import Signers
from tests.contracts.outcomes import Running

YEAR = {"first": date(2026, 11, 1), "last": date(2028, 12, 31)}


def titles(db, frameworks, actor, kind=""):
    found = dates_of(db, frameworks, by=actor, **YEAR)
    return {entry.title: entry for entry in found if not kind or entry.kind == kind}


def test_each_party_has_the_term_and_what_it_owes_itself(
    db, frameworks, signed, people: Signers, running: Running, rival, now
):
    lead = titles(db, frameworks, running.lead)
    supplier = titles(db, frameworks, people.supplier)

    assert lead["Last day: Scribing together"].on == date(2027, 9, 30)
    assert not lead["Last day: Scribing together"].is_task
    assert "6 months until the end: Scribing together" in lead
    assert lead["Record the baseline of each measure: Scribing together"].path == f"/contracts/{signed.ref}/obligations"
    assert "Record the baseline of each measure: Scribing together" not in supplier
    assert "Agree the exit plan: Scribing together" in supplier
    assert titles(db, frameworks, rival) == {}
