"""What is made later is made once, when something of it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from marketplace.kit.starting import later


def test_what_is_made_later_is_made_once_whoever_asks():
    made = []

    def make() -> SimpleNamespace:
        made.append("made")
        return SimpleNamespace(name="engine")

    engine = later(make)
    before = list(made)
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(lambda _: engine.name, range(40)))

    assert (before, made, names) == ([], ["made"], {"engine"})
