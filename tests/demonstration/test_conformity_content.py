"""What is declared of the answers to every framework: each product is there, each name is real, each answer holds."""

import pytest

from marketplace.demonstration.assurance.conformity import read_conformity
from marketplace.demonstration.content import plain, read_content
from marketplace.frameworks.answers import clean
from marketplace.frameworks.loader import Frameworks
from tests.conftest import HOUSE

CONTENT = read_content(HOUSE / "frameworks")
SHEET = read_conformity(CONTENT.folder)
VALUES = {**SHEET.answers, **{name: each.answer for each in SHEET.alike for name in each.of}}


def test_every_product_of_the_demonstration_is_answered_to_some_depth():
    named = {(each.product, each.supplier) for each in SHEET.products}

    assert named == {(product.name, offered.organisation) for offered, product in CONTENT.products()}
    assert len(named) == 45
    assert {each.depth for each in SHEET.products} == SHEET.depths.keys()


def test_each_framework_and_question_that_is_named_is_there(frameworks: Frameworks):
    named = {name for depth in SHEET.depths.values() for name in depth}
    named |= {name for each in SHEET.products for name in each.also}
    named |= {name for each in SHEET.deployments for name in each.frameworks}

    assert named <= frameworks.assurance.keys()
    assert VALUES.keys() | SHEET.dated.keys() | SHEET.behind.keys() <= frameworks.questions.keys()


def test_every_framework_is_answered_by_somebody(frameworks: Frameworks):
    asked = {name for depth in SHEET.depths.values() for name in depth}
    asked |= {name for each in SHEET.products for name in each.also}
    asked |= {name for each in SHEET.deployments for name in each.frameworks}

    assert asked == frameworks.assurance.keys()


@pytest.mark.parametrize("name", sorted({name for depth in SHEET.depths.values() for name in depth}))
def test_the_answers_hold(frameworks: Frameworks, name: str):
    form = frameworks.assurance_form(name)

    _, errors = clean(form, plain({each: VALUES[each] for each in form.questions if each in VALUES}))

    assert errors == {}


def test_organisations_answer_for_their_own_use_alone(frameworks: Frameworks):
    kinds = {frameworks.assurance[name].kind for each in SHEET.deployments for name in each.frameworks}

    assert kinds == {"local"}
    assert len({each.organisation for each in SHEET.deployments}) == 6
