"""How far a product meets what is required of it. What is not known is never counted as met."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.kit.values import Value

MET, PART, NOT_MET, UNKNOWN = "met", "part", "not-met", "unknown"
FITS = {MET: "Met", PART: "Part met", NOT_MET: "Not met", UNKNOWN: "Unknown"}
WEIGHTS = {"must": "Must", "should": "Should"}
IN_WORDS = "in-words"
TESTS = {
    "any-of": "at least one of",
    "all-of": "all of",
    "only": "nothing but",
    "at-least": "at least",
    "at-most": "at most",
    "not-after": "not after",
    IN_WORDS: "judged by people",
}
TESTS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "choice": ("any-of",),
    "country": ("any-of",),
    "choices": ("all-of", "any-of", "only"),
    "number": ("at-least", "at-most"),
    "date": ("not-after",),
}


class Judged(Value):
    """What a person said of a product's fit, looking at one edition of its description."""

    fit: str
    edition: int


class Verdict(Value):
    """`judged` where a person said so; `outdated` where a person judged an earlier edition than the one on show."""

    fit: str
    judged: bool = False
    outdated: bool = False


def possible_tests(kind: str) -> tuple[str, ...]:
    """How an answer of this kind can be tested; by people alone where no rule can."""
    return (*TESTS_OF_KIND.get(kind, ()), IN_WORDS)


def fit_of(test: str, wanted: Sequence[str], answer: Any) -> str:
    """The fit that follows from an answer. None, "" and [] are no answer; words are for people to judge."""
    if test == IN_WORDS or answer is None or answer in ("", []):
        return UNKNOWN
    if test in ("at-least", "at-most"):
        return _compared(test, Decimal(wanted[0]), Decimal(str(answer)))
    if test == "not-after":
        return MET if date.fromisoformat(str(answer)) <= date.fromisoformat(wanted[0]) else NOT_MET
    return _chosen(test, frozenset(wanted), frozenset([answer] if isinstance(answer, str) else answer))


def _compared(test: str, bound: Decimal, answer: Decimal) -> str:
    return MET if (answer >= bound if test == "at-least" else answer <= bound) else NOT_MET


def _chosen(test: str, wanted: frozenset[str], answer: frozenset[str]) -> str:
    """Only `all-of` can be met in part: one thing that is not accepted breaks `only`."""
    if test == "only":
        return MET if answer <= wanted else NOT_MET
    if not wanted & answer:
        return NOT_MET
    return MET if test == "any-of" or wanted <= answer else PART


def verdict(computed: str, judged: Judged | None, edition: int | None) -> Verdict:
    """A judgement of the edition on show stands above the rule; one of an earlier edition counts for nothing."""
    if judged is None:
        return Verdict(computed)
    if judged.edition == edition:
        return Verdict(judged.fit, judged=True)
    return Verdict(computed, outdated=True)


def tally(fits: Iterable[str]) -> dict[str, int]:
    """How many are met, part met, not met and unknown; the four always add up to all."""
    counted = dict.fromkeys(FITS, 0)
    for fit in fits:
        counted[fit] += 1
    return counted


def meets_all(fits: Iterable[str]) -> bool:
    """Whether every one is met: part and unknown are not."""
    return all(fit == MET for fit in fits)
