"""A life has one table of moves and one door."""

import pytest

from marketplace.catalogue.states import LISTING
from marketplace.kit.errors import Conflict


def test_a_move_leads_to_its_end():
    assert LISTING.after("publish", "submitted") == "live"


def test_a_move_that_is_not_possible_names_those_that_are():
    with pytest.raises(Conflict, match="cannot publish a draft listing") as refused:
        LISTING.after("publish", "draft")

    assert refused.value.hint == "From draft it is possible to submit or withdraw."


def test_every_state_is_reached_from_the_start():
    reached, waiting = set(), {LISTING.start}
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting |= {move.end for move in LISTING.moves_from(state)} - reached

    assert reached == set(LISTING.states)
