"""The guide's story runs: a supplier, a moderator and a buyer, by program alone."""

import csv
import runpy
from io import StringIO
from pathlib import Path

import pytest

from marketplace.catalogue import events
from marketplace.catalogue.search import documents
from marketplace.catalogue.subscribers import INDEXED, indexes
from marketplace.kit.jobs import drain
from tests.cast import a_product

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "api_story.py"


@pytest.fixture
def guide():
    return runpy.run_path(str(GUIDE))


def test_the_story_of_the_guide_runs_from_the_draft_to_the_trail(
    guide, caller, caller_of, services, db, lumen, rival, moderator, buyer, now
):
    a_product(db, of=rival, at=now, name="Quillmark Scribe")
    tokens = [caller_of(actor).token for actor in (lumen, moderator, buyer)]
    callers = [guide["Caller"](caller.client, token) for token in tokens]
    services.search.rebuild(documents(db, services.frameworks, on=now.date()))
    db.commit()
    said: list[str] = []

    trail = guide["tell"](
        *callers, name="Lumen Scribe", today=f"{now:%Y-%m-%d}", say=said.append, pause=lambda: worker(services)
    )

    rows = list(csv.DictReader(StringIO(trail)))
    assert "Lumen Scribe is live, edition 1." in said
    assert sum(row["What"] == "Found" for row in rows) == 2
    assert [row["What"] for row in rows][-4:] == ["Considered", "Considered", "Excluded", "Included"]
    assert any(line.startswith("Compared with Quillmark Scribe: ") for line in said)
    assert rows[-1]["Reason"].startswith("Drafts in the house style")
    assert rows[-1]["By"] == "Grace Okafor"
    assert "A year would cost £87,600.00 before VAT." in said


def worker(services) -> None:
    index = indexes(services.search, services.frameworks)
    heard = {event.recorded_as: [("index", index)] for event in INDEXED}
    drain(services.database, heard, clock=services.clock)
    assert events.ListingPublished.recorded_as in heard
