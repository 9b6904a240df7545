"""The days by which invoices are paid, in the calendars of both sides."""

from datetime import date

from marketplace.payments.queries.dates import dates_of
from tests.clients import committed
from tests.payments.scenes import a_deal, falls_due
from tests.payments.scenes import settled as worked

YEAR = {"first": date(2026, 11, 1), "last": date(2027, 11, 1)}


def test_an_invoice_is_due_for_who_pays_and_for_who_waits_and_for_no_other_party(db, services):
    deal = a_deal(db)
    falls_due(db, deal, 100_000)
    committed(db)
    worked(services)

    with services.database.reading() as reading:
        ours, theirs = (dates_of(reading, by=side, **YEAR) for side in (deal.ashdown, deal.supplier))

        assert [(entry.title, entry.on) for entry in ours] == [("Pay invoice LUME-000001", date(2026, 12, 23))]
        assert [entry.title for entry in theirs] == ["Payment due: invoice LUME-000001"]
        assert ours[0].words.startswith("£1,200.00 with VAT.")
        assert dates_of(reading, by=deal.calder, **YEAR) == []
