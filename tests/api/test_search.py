"""Searching by program: every filter, counted, in pages; no words are an error and no draft is found."""

from time import perf_counter

import pytest

from marketplace.catalogue.search import documents, facets
from tests.cast import a_product


@pytest.fixture
def shelf(db, services, lumen, rival, now):
    a_product(db, of=lumen, at=now)
    a_product(db, of=rival, at=now, name="Quillmark Notes", care_setting=["maternity"], autonomy="advises")
    a_product(db, of=rival, at=now, name="Quillmark Letters", autonomy="acts")
    a_product(db, of=rival, at=now, name="Quillmark Secret", state="draft")
    db.commit()
    services.search.rebuild(documents(db, services.frameworks, on=now.date()))
    db.rollback()


def test_filters_are_or_within_and_and_across(caller, shelf):
    two = caller.get("/products?care-setting=outpatients&care-setting=maternity&autonomy=advises&autonomy=acts").json()

    assert {item["title"] for item in two["items"]} == {"Quillmark Notes", "Quillmark Letters"}
    assert two["total"] == 2


def test_a_count_is_what_one_gets_by_clicking(caller, shelf):
    found = caller.get("/products?autonomy=acts&counts=all").json()

    for key, facet in found["facets"].items():
        for value in facet["values"]:
            if not value["chosen"] and key != "autonomy":
                clicked = caller.get(f"/products?autonomy=acts&{key}={value['value']}").json()
                assert clicked["total"] == value["count"], (key, value)


def test_every_filter_of_the_catalogue_is_a_parameter(caller, shelf, services):
    for facet in facets(services.frameworks):
        assert caller.get(f"/products?{facet.key}={facet.options[0].id}").status_code == 200, facet.key


def test_pages_hold_everything_once(caller, shelf):
    first = caller.get("/products?limit=2&sort=newest").json()
    second = caller.get(f"/products?limit=2&sort=newest&after={first['next']}").json()

    titles = [item["title"] for item in (*first["items"], *second["items"])]
    assert sorted(titles) == ["Lumen Scribe", "Quillmark Letters", "Quillmark Notes"]
    assert second["next"] is None


def test_where_nothing_is_found_it_says_what_to_drop_and_what_that_gives(caller, shelf):
    found = caller.get("/products?q=letters&care-setting=maternity&autonomy=acts").json()

    assert found["total"] == 0
    for way in found["ways_on"]:
        assert way["count"] > 0
    assert {"drop": "care-setting", "value": "maternity"}.items() <= found["ways_on"][0].items()


WORDS = ['"', "title:*", "a AND", "OR OR", "((", "*", "~", "letters^1e9", "a " * 5_000, "\x00", "ﬀ" * 50, "' OR 1=1 --", "(a+)+$"]


@pytest.mark.parametrize("words", WORDS)
def test_nothing_that_is_typed_is_an_error_or_slow_or_finds_a_draft(caller, shelf, words: str):
    began = perf_counter()

    answer = caller.get("/products", params={"q": words})

    assert answer.status_code == 200
    assert perf_counter() - began < 2
    assert "Quillmark Secret" not in [item["title"] for item in answer.json()["items"]]


@pytest.mark.parametrize("query", ["sort=price_desc", "limit=1000000000", "after=x", "kind=moon", "users=-1", "kind=model&" * 5 + "x=1"])
def test_what_cannot_be_asked_is_refused_by_name(caller, shelf, query: str):
    answer = caller.get(f"/products?{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_too_many_filters_are_refused_at_once(caller, shelf, services):
    values = [(facet.key, option.id) for facet in facets(services.frameworks) for option in facet.options][:500]

    answer = caller.get("/products", params=values)

    assert answer.status_code == 422


def test_while_the_index_is_away_the_database_answers_and_says_so(caller, db, lumen, now):
    a_product(db, of=lumen, at=now)
    db.commit()

    found = caller.get("/products?q=letters").json()

    assert [item["title"] for item in found["items"]] == ["Lumen Scribe"]
    assert found["engine"] == "database"
    assert found["notice"].startswith("The search index is being rebuilt.")


def test_names_are_suggested_while_typing(caller, shelf):
    assert set(caller.get("/products/suggestions?q=quillm").json()["items"]) == {"Quillmark Letters", "Quillmark Notes"}


def test_every_list_of_values_is_published_with_its_version_and_says_what_an_unknown_value_is(caller, services):
    rows = caller.get("/enumerations").json()["items"]

    for row in rows:
        shown = caller.get(row["url"].removeprefix("/v1")).json()
        assert len(shown["values"]) == row["values"] > 0, row["id"]
        assert shown["version"] >= 1
        assert shown["unknown_value"].startswith("Take a value that you do not know for other")
    assert {f"filters/{facet.key}" for facet in facets(services.frameworks)} <= {row["id"] for row in rows}
    assert {"care-settings", "listing-states", "scopes", "webhook-events"} <= {row["id"] for row in rows}
    assert len({row["id"] for row in rows}) == len(rows)


def test_every_question_names_the_list_that_its_answers_come_from(caller):
    known = {row["url"] for row in caller.get("/enumerations").json()["items"]}
    questions = caller.get("/questions").json()["items"]

    assert all(question["values"] in known for question in questions if question["kind"] in ("choice", "choices", "country"))
    assert len(questions) > 80
