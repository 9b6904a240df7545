"""The door for the clock and the record: hears what was recorded and runs what is due.

One worker writes the index; more of them share the rest.
"""

import logging
import signal
from datetime import timedelta
from threading import Event
from types import FrameType

from marketplace.kit.jobs import drain
from marketplace.kit.schedules import run_due
from marketplace.settings import Settings
from marketplace.wiring import House, house_from

LOG = logging.getLogger("touchstone.worker")
PAUSE = timedelta(milliseconds=500)


def main() -> None:
    """Work until told to stop."""
    house = house_from(Settings())
    stop = Event()

    def ask_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    work(house, stop)


def work(house: House, stop: Event) -> None:
    """Round after round; a round that fails is told and the next one tries again."""
    while not stop.is_set():
        try:
            round_of(house)
        except Exception:
            LOG.exception("a round of the worker failed")
        stop.wait(PAUSE.total_seconds())


def round_of(house: House) -> int:
    """Hear and deliver what was recorded, run what is due. Returns how many deliveries were tried."""
    clock = house.services.clock
    tried = drain(house.services.database, house.subscribers, clock=clock)
    run_due(house.services.database, house.schedules, at=clock())
    return tried
