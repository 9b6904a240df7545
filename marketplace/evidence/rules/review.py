"""Reviews of drafted notes: judgements of reviewers give rates with intervals, and how far the reviewers agree.

Source: evidence.md section 9. Where reviewers of a note differ, the worse judgement counts, which is said with the
rate. A rate names its unit: notes and sentences are never mixed.
"""

from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from statistics import fmean, stdev

from marketplace.evidence.rules.arms import kappa
from marketplace.evidence.rules.curves import t_quantile
from marketplace.evidence.rules.wilson import poisson, wilson
from marketplace.kit.values import Value

FEW_NOTES = 500
UNSUPPORTED = "Sentences that nothing said supports"
LEFT_OUT = "Sentences said that the note leaves out"
PDQI_ITEMS = (
    "up-to-date", "accurate", "thorough", "useful", "organised", "comprehensible", "succinct", "synthesised",
    "consistent",
)  # fmt: skip


class Judgement(Value, kw_only=True):
    """One reviewer's judgement of one note. `sentences` are of the note, `source_sentences` of what was said.

    `pdqi` is the sum of the nine items, 9 to 45, None where it was not asked.
    """

    note: str
    reviewer: str
    hallucinations_major: int
    hallucinations_minor: int
    omissions_major: int
    omissions_minor: int
    sentences: int | None = None
    source_sentences: int | None = None
    pdqi: int | None = None

    @property
    def hallucinations(self) -> int:
        return self.hallucinations_major + self.hallucinations_minor

    @property
    def omissions(self) -> int:
        return self.omissions_major + self.omissions_minor


class Rate(Value, kw_only=True):
    """One measured rate. `unit` is "%" for shares, empty for counts and scores; `of` says of what."""

    key: str
    measure: str
    of: str
    unit: str
    role: str
    better: str
    effect: str
    events: int
    cases: int
    value: float
    low: float
    high: float


class Agreement(Value):
    """How far two reviewers agree on whether a note has any: Cohen's kappa over the notes that both read."""

    what: str
    kappa: float
    agreed: int
    notes: int


class Reviewed(Value):
    """What a review comes to."""

    notes: int
    reviewers: int
    rates: tuple[Rate, ...]
    agreements: tuple[Agreement, ...]
    is_few: bool


def review(judgements: Sequence[Judgement]) -> Reviewed:
    """Rates and agreement. Raises ValueError where there is none, or a reviewer judged a note twice."""
    if not judgements:
        raise ValueError("there is no judgement")
    seen = {(each.note, each.reviewer) for each in judgements}
    if len(seen) < len(judgements):
        raise ValueError("a reviewer judged a note twice")
    notes: dict[str, list[Judgement]] = {}
    for each in judgements:
        notes.setdefault(each.note, []).append(each)
    grouped = list(notes.values())
    return Reviewed(
        notes=len(grouped),
        reviewers=len({each.reviewer for each in judgements}),
        rates=tuple(_rates(grouped)),
        agreements=tuple(_agreements(grouped)),
        is_few=len(grouped) < FEW_NOTES,
    )


def _rates(notes: Sequence[Sequence[Judgement]]) -> Iterable[Rate]:
    shares: list[tuple[str, str, Callable[[Judgement], int]]] = [
        ("major-hallucination", "Notes with a major hallucination", lambda one: one.hallucinations_major),
        ("hallucination", "Notes with any hallucination", lambda one: one.hallucinations),
        ("major-omission", "Notes with a major omission", lambda one: one.omissions_major),
        ("omission", "Notes with any omission", lambda one: one.omissions),
    ]
    yield from (_notes_with(key, measure, notes, count) for key, measure, count in shares)
    yield from _sentences("unsupported", UNSUPPORTED, notes, lambda one: (one.hallucinations, one.sentences))
    yield from _sentences("left-out", LEFT_OUT, notes, lambda one: (one.omissions, one.source_sentences))
    errors = sum(max(one.hallucinations + one.omissions for one in of_note) for of_note in notes)
    value, low, high = poisson(errors, len(notes))
    yield Rate(
        key="errors", measure="Errors per note", of="notes", unit="", role="safety", better="lower", effect="mean",
        events=errors, cases=len(notes), value=value, low=low, high=high,
    )  # fmt: skip
    yield from _score(notes)


def _notes_with(
    key: str, measure: str, notes: Sequence[Sequence[Judgement]], count: Callable[[Judgement], int]
) -> Rate:
    events = sum(any(count(one) for one in of_note) for of_note in notes)
    return _share(key, measure, "notes", events, len(notes))


def _sentences(
    key: str, measure: str, notes: Sequence[Sequence[Judgement]], count: Callable[[Judgement], tuple[int, int | None]]
) -> Iterable[Rate]:
    """By sentence, over the notes whose sentences were counted; none where they were in no note."""
    events = cases = 0
    for of_note in notes:
        counted = [(found, of) for found, of in map(count, of_note) if of]
        if counted:
            found, of = max(counted)
            events, cases = events + min(found, of), cases + of
    if cases:
        yield _share(key, measure, "sentences", events, cases)


def _share(key: str, measure: str, of: str, events: int, cases: int) -> Rate:
    found = wilson(events, cases)
    return Rate(
        key=key, measure=measure, of=of, unit="%", role="safety", better="lower", effect="proportion", events=events,
        cases=cases, value=100 * found.value, low=100 * found.low, high=100 * found.high,
    )  # fmt: skip


def _score(notes: Sequence[Sequence[Judgement]]) -> Iterable[Rate]:
    """The mean PDQI-9 of notes, each the mean of its reviewers, with a t interval; none for fewer than two notes."""
    scored = [[one.pdqi for one in of_note if one.pdqi is not None] for of_note in notes]
    means = [fmean(each) for each in scored if each]
    if len(means) > 1:
        value, half = fmean(means), t_quantile(0.975, len(means) - 1) * stdev(means) / sqrt(len(means))
        yield Rate(
            key="pdqi-9", measure="PDQI-9, sum of nine items", of="notes", unit="points", role="accuracy",
            better="higher", effect="mean", events=len(means), cases=len(means), value=value, low=value - half,
            high=value + half,
        )  # fmt: skip


def _agreements(notes: Sequence[Sequence[Judgement]]) -> Iterable[Agreement]:
    """Over the notes that two or more read, their first two in the order of reviewers."""
    pairs = [sorted(of_note, key=lambda one: one.reviewer)[:2] for of_note in notes if len(of_note) > 1]
    if not pairs:
        return
    asked: list[tuple[str, Callable[[Judgement], int]]] = [
        ("any hallucination", lambda one: one.hallucinations), ("any omission", lambda one: one.omissions),
        ("anything major", lambda one: one.hallucinations_major + one.omissions_major),
    ]  # fmt: skip
    for what, count in asked:
        table = [[0, 0], [0, 0]]
        for first, second in pairs:
            table[not count(first)][not count(second)] += 1
        yield Agreement(what, kappa(tuple(map(tuple, table))), table[0][0] + table[1][1], len(pairs))
