"""The invented evaluations: every plan is whole, and the judgements of notes are the same at every play."""

from marketplace.demonstration.evaluating import evaluations_in, judgements_of
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.rules.protocols import lacking
from marketplace.evidence.rules.review import review
from tests.conftest import HOUSE
from tests.services import known_frameworks

RULES = protocol_rules(known_frameworks())
FOUND = evaluations_in(HOUSE / "frameworks" / "demonstration")


def test_every_plan_answers_each_section_of_its_template():
    for one in FOUND:
        assert lacking(one.answers, RULES.sections_of(one.template)) == {}, one.title
        assert set(one.answers) == {each.id for each in RULES.sections_of(one.template)}


def test_reviewers_agree_more_often_than_not_and_always_alike():
    one = next(each for each in FOUND if each.notes)

    found = review(judgements_of(one))

    assert judgements_of(one) == judgements_of(one)
    assert found.notes == one.notes
    assert all(each.kappa > 0.5 for each in found.agreements)
    assert found.rates[0].events > 0
