"""Strategies: answers as people might give them, and whatever else might be sent."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import CHOSEN, Answerable, Kind, Question

WORDS = st.text("abcdefghij klmnop éŵ", min_size=1, max_size=30).filter(lambda text: text.strip() != "")
DAYS = st.dates(min_value=date(1900, 1, 1)).filter(lambda day: day.year < 2200).map(str)
LINKS = st.from_regex(r"https://[a-z]{1,9}\.example\.org/[a-z0-9]{0,9}", fullmatch=True)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def answer_to(question: Answerable) -> st.SearchStrategy[Any]:
    """A good answer, as it is kept."""
    if isinstance(question, Question) and question.kind is Kind.TABLE:
        cells = {column.id: answer_to(column) for column in question.columns if column.required}
        others = {column.id: answer_to(column) for column in question.columns if not column.required}
        return st.lists(st.fixed_dictionaries(cells, optional=others), min_size=1, max_size=3)
    if question.kind is Kind.CHOICES:
        chosen = st.sets(st.sampled_from(list(question.labels)), min_size=1, max_size=min(4, question.most))
        return chosen.map(lambda options: [each for each in question.labels if each in options])
    if question.kind in CHOSEN:
        return st.sampled_from(list(question.labels))
    return _typed(question)


def _typed(question: Answerable) -> st.SearchStrategy[Any]:
    line = WORDS.map(lambda text: " ".join(text.split()))
    if question.kind is Kind.NUMBER:
        least, most = int(question.minimum or 0), int(question.maximum or 10**6)
        return st.integers(least, most)
    return {
        Kind.TEXT: line,
        Kind.LONG_TEXT: st.lists(line, min_size=1, max_size=3).map("\n".join),
        Kind.LIST: st.lists(line, min_size=1, max_size=3),
        Kind.DATE: DAYS,
        Kind.LINK: LINKS,
    }[question.kind]


def answers_to(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """Good answers to some of the questions of a form."""
    chosen = st.lists(st.sampled_from(list(form.questions.values())), max_size=8, unique_by=lambda q: q.id)
    return chosen.flatmap(lambda asked: st.fixed_dictionaries({q.id: answer_to(q) for q in asked}))
