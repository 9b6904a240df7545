"""From template, facts and values to one tree of clauses."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules.assembly import PartyFacts, assemble
from marketplace.contracts.rules.digests import canonical, digest_of
from marketplace.contracts.rules.words import lines_of
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractTemplate
from tests.contracts.agreements import FILLED, facts

HOSTILE = ["{{7*7}}", "{{ fee-pence }}", '#read("/etc/passwd")', "<script>alert(1)</script>", "**bold** [x](http://x)", "# 1 Heading"]
ALONE = (PartyFacts("ORG-1", "Ashdown", "lead", 1), PartyFacts("ORG-3", "Lumen Health Ltd", "supplier"))


@pytest.fixture
def template(frameworks: Frameworks) -> ContractTemplate:
    return frameworks.contracts["joint-pilot"]


def ids(tree: dict) -> list[str]:
    return [clause["id"] for clause in tree["clauses"]]


def clause(tree: dict, name: str) -> str:
    found = next(one for one in tree["clauses"] if one["id"] == name)
    return "\n".join(lines_of({**tree, "clauses": [found]}))


def test_every_clause_knows_its_id_version_and_source(template: ContractTemplate):
    tree = assemble(template, facts(), template.defaults | FILLED)

    assert len(tree["clauses"]) == 26
    assert [clause["number"] for clause in tree["clauses"]] == [str(n) for n in range(1, 27)]
    rows = tree["sources"]["rows"]
    assert [row[1] for row in rows] == [f"{clause['id']}, version {clause['version']}" for clause in tree["clauses"]]
    assert all(row[2] for row in rows)
    assert tree["template"] == {"id": "joint-pilot", "version": 1, "digest": template.digest}
    assert "reviewed by a lawyer" in tree["notice"]


def test_clauses_stand_by_condition(template: ContractTemplate):
    values = template.defaults | FILLED
    together = assemble(template, facts(), values)
    alone = assemble(template, facts(parties=ALONE), values)
    free = assemble(template, facts(), {**values, "fee-pence": 0})

    assert {"joint", "withdrawal", "payment"} <= set(ids(together))
    assert {"joint", "withdrawal"}.isdisjoint(ids(alone))
    assert "payment" not in ids(free)
    assert "special-terms" not in ids(together)
    assert "provided without a fee" in clause(free, "fees")


def test_what_is_filled_in_stands_in_the_words(template: ContractTemplate):
    tree = assemble(template, facts(), template.defaults | FILLED)

    assert "For each period the full fee of all trusts together is £60,000.00 before VAT." in clause(tree, "fees")
    assert "A part of 20% of the fee is at risk." in clause(tree, "fees")
    assert "The term begins on 4 January 2027 and ends on 30 September 2027." in clause(tree, "term")
    assert "3 of 5\n60%" in clause(tree, "joint")
    assert "within 30 days after it was received" in clause(tree, "payment")


def test_a_value_that_is_missing_leaves_a_marked_gap(template: ContractTemplate):
    values = template.defaults | {name: value for name, value in FILLED.items() if name not in ("fee-pence", "stop-rule")}

    tree = assemble(template, facts(), values)

    marks = {run["mark"] for one in tree["clauses"] for block in one["blocks"] for run in block.get("runs", ())}
    assert "gap" in marks
    assert "[Stop rule: to be filled in]" in clause(tree, "purpose")


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_typed_stays_text(template: ContractTemplate, typed: str):
    values = template.defaults | FILLED | {"question": typed, "exit-criteria": [typed], "special-terms": [{"heading": "H", "words": typed}]}

    tree = assemble(template, facts(intended_use=typed), values)

    said = clause(tree, "purpose")
    assert said.count(typed) == 2
    assert f"H: {typed}" in clause(tree, "special-terms")
    assert typed in clause(tree, "product")


def test_the_digest_covers_every_part_of_the_text(template: ContractTemplate):
    values = template.defaults | FILLED
    digest = digest_of(assemble(template, facts(), values))

    assert digest == digest_of(assemble(template, facts(), values))
    others = [
        assemble(template, facts(), {**values, "fee-pence": 6_000_001}),
        assemble(template, facts(number=2), values),
        assemble(template, facts(effective_on=date(2026, 11, 25)), values),
        assemble(template, facts(product_version="1.1"), values),
        assemble(template, facts(parties=ALONE), values),
    ]
    assert digest not in {digest_of(tree) for tree in others}


@settings(max_examples=30, deadline=None)
@given(words=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip))
def test_any_words_that_are_typed_are_kept_and_canonical(frameworks: Frameworks, words: str):
    template = frameworks.contracts["joint-pilot"]
    tree = assemble(template, facts(), template.defaults | FILLED | {"price-afterwards": words})

    assert canonical(tree) == canonical(dict(reversed(tree.items())))
    assert words.strip() in clause(tree, "afterwards")
