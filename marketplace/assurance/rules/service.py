"""What bodies undertake and how they keep it: service times in working days, samples that nobody chooses, agreement."""

import hashlib
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field, Strict

from marketplace.evidence.rules.arms import kappa
from marketplace.frameworks.schema.base import Declared, DeclaredFile, Identifier, Source, Words
from marketplace.kit.values import Value

Days = Annotated[int, Strict(), Field(ge=1, le=250)]
WORDS_OF_AGREEMENT = (
    (0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"),
)  # fmt: skip
HOLDS = "holds"
"""How a judgement counts where agreement is measured: met and met with a condition alike hold."""


class Promise(Declared):
    id: Identifier
    label: Words
    meaning: Words


class Service(DeclaredFile):
    """What bodies undertake. `sample_percent` of the decisions are looked at again."""

    assessment_days: Days
    reply_days: Days
    appeal_days: Days
    hearing_days: Days
    sample_percent: Annotated[int, Strict(), Field(ge=0, le=100)]
    promises: tuple[Promise, ...]


class Ground(Declared):
    """Why somebody does not rely on a certificate, and what would mend that."""

    id: Identifier
    label: Words
    mends: Words


class Grounds(DeclaredFile):
    grounds: tuple[Ground, ...]


class Register(Declared):
    """A register that is looked up by hand; `about` is whom it lists: a supplier or a product."""

    id: Identifier
    label: Words
    holder: Words
    about: Identifier
    number: Words
    address: Words
    questions: tuple[Identifier, ...]
    lasts_months: Annotated[int, Strict(), Field(ge=1, le=60)]
    source: Source


class Registers(DeclaredFile):
    registers: tuple[Register, ...]


class Times(Value):
    """How long cases took, in working days of the assessors. All None where none ended."""

    count: int
    median: float | None
    slowest_tenth: float | None
    in_time: int


class Agreement(Value):
    """How far two assessors agree, beyond what chance would do. `kappa` is None where there is nothing to tell.

    That is so without pairs, and where both gave every pair the same word: chance alone would then agree, too.
    """

    pairs: int
    agreed: int
    kappa: float | None

    @property
    def observed(self) -> float | None:
        return self.agreed / self.pairs if self.pairs else None


def times(used: Sequence[int], *, within: int) -> Times:
    """Service times out of the working days that each case took."""
    if not used:
        return Times(0, None, None, 0)
    ordered = sorted(used)
    tenth = ordered[min(len(ordered) - 1, (len(ordered) * 9) // 10)]
    return Times(len(ordered), statistics.median(ordered), tenth, sum(days <= within for days in ordered))


def is_drawn(case_ref: str, percent: int) -> bool:
    """Whether a case is looked at again: follows from its reference alone, so that nobody chooses and all can check."""
    place = int.from_bytes(hashlib.sha256(case_ref.encode()).digest()[:8]) % 10_000
    return place < percent * 100


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Cohen's kappa of two assessors over whatever words they use, unweighted."""
    found = Counter(pairs)
    words = sorted({word for pair in found for word in pair})
    agreed = sum(found[word, word] for word in words)
    if len(words) < 2:
        return Agreement(found.total(), agreed, None)
    table = tuple(tuple(float(found[first, second]) for second in words) for first in words)
    return Agreement(found.total(), agreed, kappa(table))


def judged_alike(first: Mapping[str, str], second: Mapping[str, str]) -> list[tuple[str, str]]:
    """Two sets of judgements by code as pairs: of each code that both judged, whether it holds."""
    return [(_holds(first[code]), _holds(second[code])) for code in sorted(first.keys() & second.keys())]


def agreement_in_words(value: float) -> str:
    """How agreement is commonly called (Landis and Koch, 1977; a convention and no law)."""
    for least, word in WORDS_OF_AGREEMENT:
        if value > least:
            return word
    return "none beyond chance"


def _holds(judgement: str) -> str:
    return HOLDS if judgement in ("met", "met-with-conditions") else judgement
