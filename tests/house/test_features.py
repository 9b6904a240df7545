"""A feature that is claimed is shown by tests that exist and run; one that is not is told with what it lacks."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from marketplace.frameworks.loader import read_plain
from tests.house.source import HOUSE, Function

CLAIMED, LEFT = HOUSE / "docs" / "features.yaml", HOUSE / "docs" / "features-left.md"
KNOWN = range(1, 166)
THIS_RELEASE = {
    *range(1, 29),  # catalogue and search, compare and shortlist
    *range(142, 166),  # notifications, accounts, interfaces, accessibility
    *range(29, 60),  # assurance, evidence
    *{*range(60, 64), *range(65, 73), 76, 77},  # pilots and joint procurement
    *{*range(98, 101), *range(102, 106), 107, 109},  # contracts
    *{*range(110, 122), 123, 124, 137, 141},  # outcomes, payment, the register
}
"""Rows that each release answers for: claimed with tests, or told to be missing. A later release adds a line."""
SKIPS = {"skip", "skipif", "importorskip"}
ROW = re.compile(r"^(\d+)\. ", re.MULTILINE)


@cache
def claimed() -> dict[int, dict[str, Any]]:
    """Each number that is true -> its words and the tests that show it."""
    rows: dict[int, dict[str, Any]] = read_plain(CLAIMED)
    return {int(number): row for number, row in rows.items()}


def named() -> list[tuple[int, str]]:
    return [(number, test) for number, row in claimed().items() for test in row["tests"]]


def left() -> list[int]:
    return [int(number) for number in ROW.findall(LEFT.read_text())]


def calls_a_skip(node: ast.AST) -> bool:
    """Whether something below skips: `pytest.skip(...)`, `@pytest.mark.skipif(...)`, `importorskip(...)`."""
    names = (part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in ast.walk(node))
    return not SKIPS.isdisjoint(names)


@cache
def run_by_pytest_in(path: Path) -> dict[str, Function]:
    """The tests that pytest collects from a file and runs, by name; none from a module that may be skipped."""
    if not path.is_file() or not path.name.startswith("test_"):
        return {}
    tree = ast.parse(path.read_text())
    functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    others = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    if any(map(calls_a_skip, others)):
        return {}
    return {node.name: node for node in functions if node.name.startswith("test_") and not calls_a_skip(node)}


def faults_of(test: str) -> Iterator[str]:
    """What is wrong with `tests/folder/test_file.py::test_name`."""
    place, _, name = test.partition("::")
    if not place.startswith("tests/") or ".." in place:
        yield f"{test} is not below tests/"
    elif name not in run_by_pytest_in(HOUSE / place):
        yield f"{test} does not exist, or may be skipped"


def test_every_claim_names_tests_that_exist_and_run():
    faults = [f"{number}: {fault}" for number, test in named() for fault in faults_of(test)]

    assert faults == []


def test_every_claim_says_what_it_is_and_names_at_least_one_test_once():
    shapes = {number: set(row) for number, row in claimed().items() if set(row) != {"feature", "tests"}}
    empty = [number for number, row in claimed().items() if not row["tests"] or not row["feature"].strip()]
    twice = [number for number, row in claimed().items() if len(set(row["tests"])) != len(row["tests"])]

    assert (shapes, empty, twice) == ({}, [], [])


def test_numbers_are_known_and_stand_in_order():
    for numbers in (list(claimed()), left()):
        assert [number for number in numbers if number not in KNOWN] == []
        assert numbers == sorted(set(numbers))


def test_every_row_of_this_release_is_either_claimed_or_told_to_be_missing():
    done, missing = set(claimed()), set(left())

    assert done & missing == set()
    assert done | missing == THIS_RELEASE


@pytest.mark.parametrize(
    "test",
    [
        "tests/house/test_features.py::test_that_nobody_wrote",
        "tests/house/nowhere.py::test_numbers_are_known_and_stand_in_order",
        "tests/house/source.py::functions",
        "tests/house/test_features.py::claimed",
        "tests/../tests/house/test_features.py::test_numbers_are_known_and_stand_in_order",
        "marketplace/app.py::app_over",
        "tests/ports/test_search_meaning.py::test_what_no_word_finds_meaning_finds_with_its_passage",
    ],
)
def test_a_test_that_is_not_there_or_may_be_skipped_shows_nothing(test: str):
    assert len(list(faults_of(test))) == 1
