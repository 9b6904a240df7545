"""By when an invitation is answered: in the time that is declared, and before the pilot runs."""

from datetime import date, timedelta

import pytest

from marketplace.procurement.rules.joint.joining import answer_by
from tests.procurement.joint import an_open_pilot, describe, part

TODAY = date(2026, 11, 24)
IN_TIME = date(2026, 12, 22)


@pytest.mark.parametrize(
    ("starts_on", "by"),
    [
        (date(2027, 1, 4), IN_TIME),
        (date(2026, 12, 23), IN_TIME),
        (date(2026, 12, 22), date(2026, 12, 21)),
        (date(2026, 11, 25), TODAY),
        (TODAY, IN_TIME),
        (date(2026, 11, 2), IN_TIME),
        (None, IN_TIME),
    ],
)
def test_an_answer_is_wanted_before_the_first_day_where_that_is_still_to_come(frameworks, starts_on, by):
    assert answer_by(frameworks.procedures["joint-pilot"], starts_on, on=TODAY) == by


def test_whoever_is_invited_answers_before_the_first_day_also_when_that_comes_sooner(
    db, frameworks, ashdown, calder, scribe, now
):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now, starts_on="2026-12-14")
    assert part(pilot, calder).answer_by == date(2026, 12, 13)

    describe(db, frameworks, pilot, by=ashdown.buyer, at=now + timedelta(days=1), starts_on="2026-12-07")

    assert part(pilot, calder).answer_by == date(2026, 12, 6)
