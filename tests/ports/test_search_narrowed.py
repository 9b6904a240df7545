"""Facets that one and the same part of a document must meet, and what things cost one buyer: on every engine."""

import dataclasses

import pytest

from marketplace.kit.values import replace
from marketplace.ports.search.port import Costs, Query, Search, composed
from tests.ports.search_cast import CATALOGUE, CODEWELL, LETTERWING, LUMEN, PALEA, TRIAGE
from tests.ports.test_search_contract import changing, empty, refs, search

__all__ = ["changing", "empty", "search"]

BY, IN, SIZE = "study-by", "study-in", "study-size"
TOGETHER = {"study": (BY, IN, SIZE)}
STUDIES = {
    LUMEN.ref: [("independent", "abroad", "large"), ("supplier", "uk", "small")],
    LETTERWING.ref: [("independent", "uk", "small")],
    CODEWELL.ref: [("supplier", "uk", "large")],
}


def studied(document):
    parts = STUDIES.get(document.ref, [])
    facets = {key: tuple(sorted({part[place] for part in parts})) for place, key in enumerate(TOGETHER["study"])}
    return replace(
        document, facets={**document.facets, **facets, "study": composed(parts)} if parts else document.facets
    )


@pytest.fixture
def shelf(changing: Search) -> Search:
    changing.put([studied(document) for document in CATALOGUE])
    return changing


def asked(**chosen: str) -> Query:
    picked = {key.replace("_", "-"): frozenset(value.split()) for key, value in chosen.items()}
    return Query(chosen=picked, together=TOGETHER, count=TOGETHER["study"], sort="newest")


def found(shelf: Search, query: Query) -> list[str]:
    return [hit.ref for hit in shelf.find(query).hits]


def test_what_is_chosen_of_facets_that_go_together_holds_of_one_part(shelf: Search):
    assert found(shelf, asked(study_by="independent")) == [LUMEN.ref, LETTERWING.ref]
    assert found(shelf, asked(study_in="uk")) == [LUMEN.ref, LETTERWING.ref, CODEWELL.ref]
    assert found(shelf, asked(study_by="independent", study_in="uk")) == [LETTERWING.ref]
    assert found(shelf, asked(study_by="independent supplier", study_in="uk", study_size="small large")) == [
        LUMEN.ref, LETTERWING.ref, CODEWELL.ref,
    ]  # fmt: skip
    assert found(shelf, asked(study_by="independent", study_in="uk", study_size="large")) == []


def test_a_count_beside_them_is_what_one_gets_by_clicking(shelf: Search):
    for query in (asked(study_by="independent"), asked(study_in="uk", study_size="small"), asked(study_by="nobody")):
        counts = shelf.find(query).facets

        for facet, values in counts.items():
            for value, count in values.items():
                clicked = query.with_only(facet, value)
                assert len(found(shelf, clicked)) == count, (query.chosen, facet, value)
        for facet, values in query.chosen.items():
            assert values <= set(counts[facet]), "a chosen value is told even at 0"


def test_without_anything_studied_nothing_of_it_is_counted(search: Search):
    assert search.find(asked()).facets == {BY: {}, IN: {}, SIZE: {}}


COSTS = Costs(
    pence={CODEWELL.ref: 9_000, LUMEN.ref: 1_200, TRIAGE.ref: 70_000, "PRD-ELSEWHERE": 5}, volumes=(("users", 40),),
    drawn="today",
)  # fmt: skip


def test_the_order_of_price_is_that_of_the_buyers_costs_and_what_has_none_follows(search: Search):
    newest_without = [PALEA.ref, LETTERWING.ref]

    assert refs(search, sort="price", costs=COSTS) == [LUMEN.ref, CODEWELL.ref, TRIAGE.ref, *newest_without]


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_in_that_order_hold_everything_once(search: Search, limit: int):
    seen, after = [], None
    while True:
        page = search.find(Query(sort="price", costs=COSTS, limit=limit, after=after))
        seen += [hit.ref for hit in page.hits]
        if (after := page.next) is None:
            break

    assert seen == refs(search, sort="price", costs=COSTS)
    assert page.total == len(CATALOGUE)


def test_a_limit_of_cost_narrows_what_is_found_counted_and_put_in_order(search: Search):
    most = dataclasses.replace(COSTS, most=9_000)
    told = search.find(Query(sort="price", costs=most, count=("kind", "care-setting")))

    assert [hit.ref for hit in told.hits] == [LUMEN.ref, CODEWELL.ref]
    assert told.total == 2
    assert told.facets["kind"] == {"genai-application": 2}
    for setting, count in told.facets["care-setting"].items():
        clicked = Query(costs=most, chosen={"care-setting": frozenset({setting})})
        assert search.find(clicked).total == count
    assert refs(search, sort="newest", costs=dataclasses.replace(COSTS, least=9_000)) == [TRIAGE.ref, CODEWELL.ref]
    assert refs(search, "letters", costs=dataclasses.replace(COSTS, least=1_000, most=2_000)) == [LUMEN.ref]


def test_limits_that_nothing_keeps_find_nothing_and_say_what_dropping_them_gives(search: Search):
    query = Query(words="letter", costs=dataclasses.replace(COSTS, least=1, most=2), count=("kind",), sort="price")

    assert search.find(query).total == 0
    assert search.find(query).hits == ()
    assert search.without(query).costs == search.find(Query(words="letter")).total > 0
    assert search.without(replace(query, costs=COSTS)).costs is None


def test_the_same_question_at_other_costs_is_another_question(search: Search):
    dearer = dataclasses.replace(COSTS, most=9_000, drawn="tomorrow", pence={LUMEN.ref: 10_000})

    assert refs(search, costs=dataclasses.replace(COSTS, most=9_000)) == [LUMEN.ref, CODEWELL.ref]
    assert refs(search, costs=dearer) == []


def test_parts_are_kept_whole_and_with_what_is_left_open():
    assert composed([("a", "b", "c")]) == ("a/b/*", "a/*/c", "*/b/c", "a/b/c")
    assert composed([]) == ()
