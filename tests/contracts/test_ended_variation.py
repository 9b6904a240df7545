"""A contract that has ended is varied no more: nobody is asked to sign what would be in force after its end."""

from datetime import UTC, date, datetime

import pytest

from marketplace.contracts.actions.outcomes.deciding import decide_pilot, end_those_that_ran_out
from marketplace.contracts.actions.signing import sign
from marketplace.contracts.actions.texts import begin_variation, issue_variation
from marketplace.contracts.queries.desk import waiting_for
from marketplace.contracts.queries.signing import open_text
from marketplace.kit.errors import Conflict
from tests import cast

JANUARY_15 = datetime(2027, 1, 15, 10, tzinfo=UTC)
DAY_AFTER_THE_LAST = datetime(2027, 7, 1, 10, tzinfo=UTC)
WHY = {"reason": "Less is enough.", "effective_on": date(2027, 3, 1)}


@pytest.fixture
def varied(db, frameworks, live, buyer):
    """A contract that runs, and a variation of it that waits for signatures."""
    begin_variation(db, frameworks, live, {"fee-pence": 1_100_000}, **WHY, by=buyer, at=JANUARY_15)
    return issue_variation(db, frameworks, live, by=buyer, at=JANUARY_15)


def test_a_decision_that_ends_it_takes_the_variation_back(db, frameworks, live, varied, running, people):
    assert waiting_for(db, people.participant, JANUARY_15.date())

    decide_pilot(
        db, frameworks, live, verdict="stop", reasons="It does not help.", at_once=True, by=running.lead, at=JANUARY_15
    )

    assert (live.state, varied.state, open_text(db, live.id)) == ("ended", "recalled", None)
    assert "ContractRecalled" in cast.recorded(db, about=live.id)
    assert not waiting_for(db, people.participant, JANUARY_15.date())
    with pytest.raises(Conflict, match="no text of this contract waits for signatures"):
        sign(
            db, frameworks, live, digest=varied.digest, capacity="Chief executive", by=people.participant, at=JANUARY_15
        )


def test_so_does_a_last_day_that_passes(db, live, varied):
    end_those_that_ran_out(db, at=DAY_AFTER_THE_LAST)

    assert (live.state, varied.state) == ("ended", "recalled")
