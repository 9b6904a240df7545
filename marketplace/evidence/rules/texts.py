"""How far a text is from what it should say: word errors of speech, edits of a draft, and words that turn a meaning.

Source: evidence.md section 9. An average hides the one word that matters, so words that deny are counted by themselves.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from marketplace.kit.values import Value

MOST_STEPS = 1_000_000
"""Places of the table that two texts are laid out on: a thousand words, or signs, by a thousand."""
DENYING = frozenset({"no", "not", "never", "none", "nor", "neither", "cannot", "nil", "without", "denies", "denied"})
SHORT_FOR_NOT = "n't"
AROUND = ".,;:!?()[]\"'“”‘…"
BEST_SECONDS, SECONDS_PER_HUNDRED_WORDS = 15.0, 3.0


class WordErrors(Value):
    """What became of `words` that were said: substituted, deleted, inserted; and words that deny, `denials_kept` of."""

    words: int
    substituted: int
    deleted: int
    inserted: int
    denials: int
    denials_kept: int

    @property
    def rate(self) -> float:
        """Errors for each word that was said; above 1 where more was made up than said."""
        return (self.substituted + self.deleted + self.inserted) / self.words


def word_errors(said: str, written: str) -> WordErrors:
    """The fewest changes that turn what was said into what was written. Case and marks around words count for nothing.

    Raises ValueError where nothing was said, or both are too long to lay out.
    """
    wanted, found = words_of(said), words_of(written)
    if not wanted:
        raise ValueError("nothing was said")
    substituted, deleted, inserted, kept = _changes(wanted, found)
    denials, denials_kept = (sum(map(denies, words)) for words in (wanted, kept))
    return WordErrors(len(wanted), substituted, deleted, inserted, denials, denials_kept)


def added_up(errors: Iterable[WordErrors]) -> WordErrors:
    """Several texts as one: a long one counts for more than a short one."""
    found = list(errors)
    return WordErrors(
        sum(each.words for each in found), sum(each.substituted for each in found),
        sum(each.deleted for each in found), sum(each.inserted for each in found),
        sum(each.denials for each in found), sum(each.denials_kept for each in found),
    )  # fmt: skip


def words_of(text: str) -> list[str]:
    """The words of a text, without case and without the marks around them; an apostrophe is one however it is typed."""
    return [word for each in text.casefold().replace("’", "'").split() if (word := each.strip(AROUND))]


def denies(word: str) -> bool:
    """Whether a word turns what it stands beside into its opposite: “no”, “without”, “doesn't”."""
    return word in DENYING or word.endswith(SHORT_FOR_NOT)


def edit_distance(draft: str, signed: str) -> float:
    """The share of a draft that was changed before it was signed, 0 to 1: signs changed by signs of the longer.

    Raises ValueError where both are too long to lay out.
    """
    longest = max(len(draft), len(signed))
    if not longest:
        return 0.0
    _refuse_long(draft, signed)
    before = list(range(len(signed) + 1))
    for place, sign in enumerate(draft, start=1):
        row = [place]
        for (left, above), other in zip(pairwise(before), signed, strict=True):
            row.append(min(left + (sign != other), above + 1, row[-1] + 1))
        before = row
    return before[-1] / longest


def least_seconds_open(words: int) -> float:
    """How long a note has to have been open to count as read: 15 s, or 3 s for each hundred words."""
    return max(BEST_SECONDS, SECONDS_PER_HUNDRED_WORDS * words / 100)


def _changes(wanted: Sequence[str], found: Sequence[str]) -> tuple[int, int, int, list[str]]:
    """Substituted, deleted, inserted, and the words that stayed; of equal ways the one that keeps most in place."""
    _refuse_long(wanted, found)
    table = [list(range(len(found) + 1))]
    for place, word in enumerate(wanted, start=1):
        row = [place]
        for (left, above), other in zip(pairwise(table[-1]), found, strict=True):
            row.append(min(left + (word != other), above + 1, row[-1] + 1))
        table.append(row)
    return _walked_back(table, wanted, found)


def _walked_back(
    table: Sequence[Sequence[int]], wanted: Sequence[str], found: Sequence[str]
) -> tuple[int, int, int, list[str]]:
    substituted = deleted = inserted = 0
    kept: list[str] = []
    row, column = len(wanted), len(found)
    while row or column:
        cost = table[row][column]
        differs = bool(row and column) and wanted[row - 1] != found[column - 1]
        if row and column and cost == table[row - 1][column - 1] + differs:
            row, column = row - 1, column - 1
            substituted += differs
            kept += [] if differs else [wanted[row]]
        elif row and cost == table[row - 1][column] + 1:
            row, deleted = row - 1, deleted + 1
        else:
            column, inserted = column - 1, inserted + 1
    return substituted, deleted, inserted, kept


def _refuse_long(one: Sequence[str], other: Sequence[str]) -> None:
    if len(one) * len(other) > MOST_STEPS:
        raise ValueError(f"{len(one):,} beside {len(other):,} are too long to lay out")
