"""Answers to a framework: a whole set that passes, and whatever else might be given."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from marketplace.assurance.rules.verdicts import Finding, Given
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.frameworks.schema.questions import Answerable, Question
from tests.frameworks.answering import answer_to

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(2023, 1, 1), date(2030, 12, 31))
DIGESTS = ("a" * 64, "b" * 64, "c" * 64)
NOT_THE_FIRST = {"software-as-a-medical-device": "no", "cyber-charter": "no"}
"""Answers other than the first that passes, so that most of DTAC is asked."""


def passing_answers(framework: AssuranceFramework, *, dated: date = date(2026, 6, 12)) -> dict[str, Given]:
    """An answer that passes to every criterion that is assessed; what states its last day ends on 30 September 2027."""
    found = {}
    for criterion in framework.criteria:
        if criterion.passes is not None:
            other = NOT_THE_FIRST.get(criterion.question_id)
            value = other if other in criterion.passes.options else _passing(criterion)
            day = date(2027, 9, 30) if criterion.expires and criterion.expires.stated else dated
            documents = DIGESTS[: criterion.documents]
            found[criterion.question_id] = Given(value, documents, day if criterion.dated else None)
    return found


def _passing(criterion: Criterion) -> Any:
    rule, kind = criterion.passes, criterion.question.kind
    if rule is not None and rule.all_of:
        return list(rule.all_of) if kind == "choices" else rule.all_of[0]
    if rule is not None and rule.options:
        return [rule.options[0]] if kind == "choices" else rule.options[0]
    if kind == "number":
        return rule.at_least if rule is not None and rule.at_least is not None else 5
    return any_answer(criterion.question)


def any_answer(question: Answerable) -> Any:
    """One answer of the kind that a question takes."""
    plain: dict[str, Any] = {
        "number": 5, "date": "2026-06-12", "link": "https://example.org/", "list": ["In words"], "country": "GB",
    }  # fmt: skip
    if isinstance(question, Question) and question.kind == "table":
        return [{column.id: any_answer(column) for column in question.columns}]
    first = next(iter(question.labels), "In words")
    if question.kind == "choices":
        return [first]
    return first if question.kind == "choice" else plain.get(question.kind, "In words")


def anything_given(framework: AssuranceFramework) -> st.SearchStrategy[dict[str, Given]]:
    """A passing set with some answers left out and some replaced by any others."""
    whole = passing_answers(framework)
    asked = {each.question_id: each for each in framework.criteria}
    others = st.sampled_from(sorted(asked)).flatmap(
        lambda name: st.tuples(st.just(name), _given(asked[name])),
    )
    return st.builds(
        lambda gone, changed: {name: each for name, each in {**whole, **dict(changed)}.items() if name not in gone},
        st.sets(st.sampled_from(sorted(asked)), max_size=4),
        st.lists(others, max_size=8),
    )


def _given(criterion: Criterion) -> st.SearchStrategy[Given]:
    documents = st.integers(0, len(DIGESTS)).map(lambda many: DIGESTS[:many])
    return st.builds(Given, answer_to(criterion.question), documents, st.none() | DAYS, st.none() | findings())


def findings() -> st.SearchStrategy[Finding]:
    judgements = st.sampled_from(["met", "met-with-conditions", "not-met"])
    return st.builds(Finding, judgements, st.just("as found"), st.just("to be mended"), st.none() | DAYS)
