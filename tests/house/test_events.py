"""Every event is heard by somebody, or is named as kept for the record alone."""

from marketplace.faces.services import Services
from marketplace.kit.events import KNOWN
from marketplace.wiring import FOR_THE_RECORD, subscribers_over


def test_every_event_is_heard_or_is_for_the_record(services: Services):
    ours = {name for name, event in KNOWN.items() if event.__module__.startswith("marketplace.")}
    public = {name for name in ours if not name.rsplit(".", 1)[-1].startswith("_")}
    heard, kept = set(subscribers_over(services)), {event.recorded_as for event in FOR_THE_RECORD}

    assert public == heard | kept
    assert heard & kept == set()
