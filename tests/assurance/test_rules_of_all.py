"""What holds of the verdict of every framework that is declared, whatever is answered: never better for silence or time."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as any_of
from hypothesis import strategies as st

from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import RANK, Given
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import replace
from tests.assurance.answering import DAYS, TODAY, anything_given, passing_answers
from tests.services import known_frameworks

ALL = known_frameworks().assurance
SIDES: list[tuple[str, Who]] = [
    (name, who) for name, each in ALL.items() for who in ("supplier", "deploying-organisation")
    if any(one.who == who and not one.known for one in each.criteria)
]  # fmt: skip
steady = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
Case = tuple[AssuranceFramework, Who, dict[str, Given]]


def cases(*, may_find: bool = True) -> st.SearchStrategy[Case]:
    """Any framework, either side of it, and whatever might be answered."""

    def of(side: tuple[str, Who]) -> st.SearchStrategy[Case]:
        framework = ALL[side[0]]
        answers = anything_given(framework)
        if not may_find:
            answers = answers.map(lambda given: {name: replace(each, finding=None) for name, each in given.items()})
        return st.tuples(st.just(framework), st.just(side[1]), answers)

    return st.sampled_from(SIDES).flatmap(of)


@pytest.mark.parametrize("side", SIDES, ids="-".join)
def test_what_passes_everywhere_is_met_and_nothing_at_all_is_not(side: tuple[str, Who]):
    framework, who = ALL[side[0]], side[1]

    whole = judge(framework, passing_answers(framework, dated=TODAY - timedelta(days=10)), on=TODAY, who=who)
    nothing = judge(framework, {}, on=TODAY, who=who)

    assert whole.status in ("met", "not-applicable"), whole.cause
    assert nothing.status in ("not-answered", "not-applicable")


@steady
@any_of(cases(), st.data(), DAYS)
def test_an_answer_taken_away_never_improves_any_framework(case: Case, data: st.DataObject, on: date):
    framework, who, answers = case
    gone = data.draw(st.sets(st.sampled_from(sorted(answers)), max_size=4)) if answers else set()
    taken = {name: each for name, each in answers.items() if name not in gone}

    before, after = (judge(framework, each, on=on, who=who) for each in (answers, taken))

    assert RANK[after.status] <= RANK[before.status] or before.status == "not-applicable"


@steady
@any_of(cases(), st.randoms(use_true_random=False), DAYS)
def test_the_order_of_questions_changes_no_verdict_of_any_framework(case: Case, chance: object, on: date):
    framework, who, answers = case
    sections = []
    for section in framework.sections:
        criteria = list(section.criteria)
        chance.shuffle(criteria)  # type: ignore[attr-defined]
        sections.append(replace(section, criteria=tuple(criteria)))
    shuffled = replace(framework, sections=tuple(reversed(sections)))

    one, other = judge(framework, answers, on=on, who=who), judge(shuffled, answers, on=on, who=who)

    assert (one.status, one.cause, one.until, one.until_cause) == (
        other.status, other.cause, other.until, other.until_cause
    )  # fmt: skip


@steady
@any_of(cases(may_find=False), DAYS, st.integers(0, 800))
def test_time_alone_never_improves_what_is_dated_in_the_past(case: Case, on: date, days: int):
    framework, who, answers = case
    past = {
        name: replace(each, dated=min(each.dated, on) if each.dated else None) for name, each in answers.items()
    }  # fmt: skip

    now, later = judge(framework, past, on=on, who=who), judge(framework, past, on=on + timedelta(days=days), who=who)

    assert RANK[later.status] <= RANK[now.status]


@steady
@any_of(cases(), DAYS)
def test_an_answer_is_read_the_same_however_often_it_was_read_before(case: Case, on: date):
    """What was worked out for one product serves the next: it has to be what that one comes to by itself."""
    framework, who, answers = case
    fresh = replace(framework, sections=tuple(
        replace(section, criteria=tuple(replace(each) for each in section.criteria)) for section in framework.sections
    ))  # fmt: skip

    first, again, apart = (judge(each, answers, on=on, who=who) for each in (framework, framework, fresh))

    assert [(one.status, one.reason, one.until) for one in first.criteria] == [
        (one.status, one.reason, one.until) for one in apart.criteria
    ]
    assert first == again
