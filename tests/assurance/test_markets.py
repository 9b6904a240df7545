"""Maps to other markets: every row of every column, what a product still needs, and files that do not hold."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.assurance.queries.markets import readings_of
from marketplace.assurance.rules.markets import HOME_WORDS, _needed
from marketplace.frameworks.loader.load import load
from marketplace.frameworks.schema.crosswalks import Demand
from marketplace.kit.errors import Invalid
from marketplace.kit.values import replace
from tests.assurance.scenes import an_answered_product
from tests.services import known_frameworks

FRAMEWORKS = Path(__file__).parents[2] / "frameworks"


@pytest.fixture(scope="module")
def declared():
    return known_frameworks()


def reading(db, services, product, market, now):
    found = readings_of(db, services.frameworks, product, on=now.date(), at=now)
    return next(each for each in found if each.market.id == market)


def test_every_market_says_something_of_every_row(declared):
    rows = [row.id for row in declared.home.rows]

    assert len(rows) == 33
    assert sorted(declared.markets) == ["canada", "eu", "germany", "iso-42001", "singapore", "usa", "who"]
    for market in declared.markets.values():
        assert [each.row for each in market.rows] == rows
        assert market.sources
        assert market.mark
        assert "check" in market.mark or any(each.mark for each in market.sources)


def test_what_is_missing_for_germany_is_a_list_of_things_with_reasons(db, services, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now)

    germany = reading(db, services, product, "germany", now)

    labels = [each.thing.label for each in germany.gaps]
    assert germany.in_words == "For Germany, eleven things are still needed"
    assert "A comparative study that shows a positive effect on care" in labels
    assert "A certificate to BSI TR-03161 and an ISMS" in labels
    assert all(line.needed for gap in germany.gaps for line in gap.lines)
    test = next(line for line in germany.lines if line.row.id == "penetration-test")
    assert (test.at_home, test.needed) == ("met", "More is needed than at home: TR-03161 certificate.")
    assert not germany.is_covered
    assert [(each.only.id, each.holds) for each in germany.barriers] == [("class", None), ("patients", False)]


def test_what_meets_there_counts_once_it_is_met_at_home(db, services, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now)

    lines = {each.row.id: each for each in reading(db, services, product, "iso-42001", now).lines}

    assert lines["model-inventory"].demand.answer == "meets"
    assert lines["model-inventory"].at_home == "not-answered"
    assert lines["model-inventory"].needed == "Not answered at home yet: do that first."
    assert lines["conformity-mark"].needed == "", "not asked there"


@given(st.sampled_from(sorted(HOME_WORDS)), st.text(max_size=10))
def test_only_what_meets_there_and_is_met_at_home_needs_nothing(home, reason):
    def needed(answer):
        return _needed(None, Demand(row="a", answer=answer, reason=reason), home)

    assert needed("not-asked") == ""
    assert needed("partly")
    assert needed("not")
    assert bool(needed("meets")) == (home in ("not-met", "not-answered"))


def test_a_reading_is_never_covered_while_a_line_is_open(db, services, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now)

    for each in readings_of(db, services.frameworks, product, on=now.date(), at=now):
        open_lines = [line for line in each.lines if line.needed]
        assert each.is_covered == (not open_lines and not each.open_barriers)
        assert sorted(line.row.id for gap in each.gaps for line in gap.lines) == sorted(line.row.id for line in open_lines)
        assert replace(each, gaps=()).in_words != each.in_words or not open_lines


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("germany.yaml", "row: dpia,", "row: dpiaa,", r'germany\.yaml:\d+.*has no row "dpiaa"'),
        ("germany.yaml", "  - {row: dpia, answer: partly", "  - {row: dspt, answer: partly", "the row “dspt” stands twice"),
        ("germany.yaml", "rows: [interoperability]", "rows: [deployment-case]", r"germany\.yaml:\d+.*is not asked there"),
        ("germany.yaml", "rows: [interoperability]", "rows: [dpia]", "belongs to two things"),
        ("germany.yaml", "answer: not,", "answer: maybe,", r"germany\.yaml:\d+"),
        ("germany.yaml", "user-group: [patients]", "user-group: [nobody]", 'no such answer to "user-group"'),
        ("uk.yaml", 'genai: ["GA.5"]', 'genai: ["GA.99"]', r"uk\.yaml:\d+.*genai has no criterion GA.99"),
        ("uk.yaml", 'genai: ["GA.5"]', 'gen-ai: ["GA.5"]', 'there is no framework "gen-ai"'),
    ],
)
def test_a_map_that_does_not_hold_is_refused_with_file_and_line(tmp_path, file, old, new, fault):
    root = tmp_path / "frameworks"
    shutil.copytree(FRAMEWORKS, root, ignore=shutil.ignore_patterns("published.lock", "demonstration"))
    path = root / "crosswalks" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    (root / "published.lock").write_text("")

    with pytest.raises(Invalid, match=fault):
        load(root)
