"""A pilot goes live on its first day or later: before it there is no term under which the product could be used."""

from datetime import UTC, date, datetime

import pytest

from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.outcomes.living import go_live
from marketplace.contracts.queries.outcomes import readiness
from marketplace.contracts.queries.outcomes.readiness import missing_for_live
from marketplace.kit.errors import Conflict
from tests.contracts.outcomes import measured

FOUND = {"letter-minutes": ("12", 300), "sent-in-7-days": ("61", 300), "serious-errors": ("1.5", 100)}
LAST_MINUTE = datetime(2027, 1, 3, 23, 59, tzinfo=UTC)
FIRST_MINUTE = datetime(2027, 1, 4, 0, 0, tzinfo=UTC)


@pytest.fixture
def ready(db, signed, running, certified, monkeypatch):
    """Signed to begin on 4 January 2027, with everything there."""
    monkeypatch.setattr(readiness, "what_blocks", lambda *_, **__: [])
    for manager in (running.lead, running.participant):
        record_baseline(db, signed, measured(FOUND), by=manager, at=LAST_MINUTE)
    lock_baseline(db, signed, by=running.lead, at=LAST_MINUTE)
    return signed


def test_it_does_not_go_live_before_its_first_day_and_hears_when_and_how_sooner(db, frameworks, ready, running):
    with pytest.raises(Conflict, match="its first day, 4 January 2027, is still to come") as refused:
        go_live(db, frameworks, ready, by=running.lead, at=LAST_MINUTE)

    assert "go live then, or later" in refused.value.hint
    assert "a variation" in refused.value.hint
    assert ready.state == "signed"


def test_on_its_first_day_it_goes_live(db, frameworks, ready, running):
    go_live(db, frameworks, ready, by=running.lead, at=FIRST_MINUTE)

    assert (ready.state, ready.live_at) == ("live", FIRST_MINUTE)


def test_a_draft_that_nobody_signed_is_not_told_of_its_first_day(db, frameworks, draft, certified):
    found = [one.fact for one in missing_for_live(db, frameworks, draft, on=date(2026, 12, 1))]

    assert "not every party has signed" in found
    assert not any("first day" in fact for fact in found)
