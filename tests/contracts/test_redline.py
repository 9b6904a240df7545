"""What differs between two texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules.assembly import Tree, assemble
from marketplace.contracts.rules.redline import changed, redline
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractTemplate
from tests.contracts.agreements import FILLED, facts
from tests.contracts.test_assembly import ALONE


@pytest.fixture
def template(frameworks: Frameworks) -> ContractTemplate:
    return frameworks.contracts["joint-pilot"]


def test_only_the_words_that_differ_are_marked(template: ContractTemplate):
    values = template.defaults | FILLED
    before = assemble(template, facts(), values)
    after = assemble(template, facts(), values | {"fee-pence": 5_500_000})

    found = changed(redline(before, after))

    assert [one.id for one in found] == ["fees"]
    (line,) = [line for line in found[0].lines if line.state != "same"]
    assert [(piece.state, piece.text) for piece in line.pieces if piece.state != "same"] == [
        ("removed", "£60,000.00"), ("added", "£55,000.00"),
    ]  # fmt: skip


def test_a_clause_that_goes_moves_the_numbers_of_others_without_changing_them(template: ContractTemplate):
    values = template.defaults | FILLED
    together, alone = assemble(template, facts(), values), assemble(template, facts(parties=ALONE), values)

    found = changed(redline(together, alone))

    assert {one.id: one.state for one in found} == {"parties": "changed", "joint": "removed", "withdrawal": "removed"}
    order = [one.id for one in redline(together, alone)]
    assert order.index("afterwards") < order.index("joint") < order.index("withdrawal") < order.index("payment")
    assert {one.state for one in changed(redline(alone, together))} == {"changed", "added"}


def test_a_text_is_the_same_as_itself(template: ContractTemplate):
    tree = assemble(template, facts(), template.defaults | FILLED)

    assert changed(redline(tree, tree)) == []


def _tree(lines: list[str]) -> Tree:
    blocks = [{"kind": "quoted", "paragraphs": [[{"text": line, "mark": "", "of": ""}]], "of": ""} for line in lines]
    return {"clauses": [{"id": "a", "number": "1", "heading": "A", "blocks": blocks}]}


@settings(max_examples=100, deadline=None)
@given(before=st.lists(st.text("ab cd", min_size=1), max_size=6), after=st.lists(st.text("ab cd", min_size=1), max_size=6))
def test_either_text_can_be_read_back_from_the_redline(before: list[str], after: list[str]):
    (change,) = redline(_tree(before), _tree(after))
    body = change.lines[1:]

    def read(leaving: str) -> list[str]:
        kept = [[piece.text for piece in line.pieces if piece.state != leaving] for line in body if line.state != leaving]
        return ["".join(line) for line in kept]

    assert read("added") == before
    assert read("removed") == after
