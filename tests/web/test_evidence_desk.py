"""The calculators of evidence as pages."""

import gzip
from urllib.parse import urlencode

import pytest
import yaml

from marketplace.faces.desk import CALCULATORS
from marketplace.web.desk_pictures import pictures_of

NAMES = ("pool", "sample", "spc", "words", "scores", "budget", "worth")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_page_with_its_working_and_source(name, client):
    page = client.get(f"/desk/{name}")

    assert page.status_code == 200
    assert "Working" in page.text
    assert CALCULATORS[name].label in page.text
    assert len(gzip.compress(page.content)) < 14_000


def pictures(name, **changed):
    given = {**yaml.safe_load(CALCULATORS[name].example), **changed}
    return pictures_of(name, CALCULATORS[name].work(given, None), given)


def test_studies_are_drawn_beside_their_sum():
    found = pictures("pool")

    forest = found["forest"]
    assert forest.title == "13 studies together: 0.49 (0.33 to 0.73)"
    assert [line.kind for line in forest.lines].count("study") == 13
    assert forest.lines[-1].start < forest.lines[-1].at < forest.lines[-1].end < forest.nothing
    assert not found["funnel"].warning
    assert [len(found[name].lines) for name in ("steps", "without")] == [12, 13]


def test_few_studies_have_a_warning_and_two_have_no_sum_without_one():
    found = pictures("pool", measure="difference", studies=[{"effect": 1, "se": 1}, {"effect": 2, "se": 1}])

    assert "Fewer than ten" in found["funnel"].warning
    assert found["without"] is None


def test_a_series_shows_limits_target_and_signals():
    found = pictures("spc")["process"]

    assert found.title == "Improvement beyond what varies by itself"
    assert [bool(dot.signal) for dot in found.dots] == [False] * 11 + [True] * 8
    assert len(found.segments) == 1
    assert found.target[1] == "40"
    assert len(pictures("spc", **{"rebase-at": [13]})["process"].segments) == 2


def test_draws_lie_on_a_plane_with_the_line_of_the_threshold(client):
    found = pictures("worth")["plane"]

    assert found.title == "Worth it at £25,000 in 82% of 1,000 draws"
    assert found.cloud.count("h0") == 300
    left, top, right, foot, words = found.slope
    assert (left < right, top > foot, words) == (True, True, "£25,000 for a QALY")
    assert "The first 300 draws are dotted." in client.get("/desk/worth").text


def test_what_does_not_hold_is_said_beside_what_was_typed(client):
    page = client.get(f"/desk/worth?{urlencode({'input': 'costs: [{value: 1, low: 2, high: 3}]'})}")

    assert page.status_code == 422
    assert "There are no effects" in page.text


def test_a_short_text_does_not_stand_for_many_long_ones(client):
    typed = "speech:\n- &one {said: a b c, written: d e f}\n" + "- *one\n" * 2_000

    page = client.get(f"/desk/words?{urlencode({'input': typed})}")

    assert page.status_code == 422
    assert "The input cannot be read" in page.text
