"""Whether the version that was studied is the version on sale."""

from collections.abc import Iterable

from marketplace.kit.values import Value

SAME, SAME_MODEL, OTHER, UNKNOWN = "same", "same-model", "other", "unknown"
MARKS = {SAME: "met", SAME_MODEL: "conditions", OTHER: "not-met", UNKNOWN: "unknown"}
"""How a mark of each looks."""
HARMLESS = ("first", "correction", "fix", "same-model")
"""How the catalogue classes editions that keep the model."""


class Fit(Value):
    """How the version studied stands to the one on sale, as a word to decide by and as words to read."""

    id: str
    words: str

    @property
    def mark(self) -> str:
        return MARKS[self.id]


def fit_of(
    number: str, edition: int | None, *, on_sale: str, on_sale_edition: int | None, since: Iterable[str] = ()
) -> Fit:
    """Compare by edition where both are known, else by the supplier's word for the version.

    `since` is how the supplier classes each edition that came after the one studied, up to the one on sale.
    """
    if not on_sale:
        return Fit(UNKNOWN, f"Studied version {number}; none is on sale")
    if _plain(number) == _plain(on_sale) or (edition is not None and edition == on_sale_edition):
        return Fit(SAME, f"Studied version {number}, the one on sale")
    changes = list(since)
    if edition is not None and changes and all(change in HARMLESS for change in changes):
        return Fit(SAME_MODEL, f"Studied version {number}; version {on_sale} is on sale, with the same model")
    if "new-model" in changes:
        return Fit(OTHER, f"Studied version {number}; version {on_sale} is on sale, with another model")
    return Fit(OTHER, f"Studied version {number}; version {on_sale} is on sale")


def _plain(number: str) -> str:
    """A version as it is compared: no case, no leading v, no spaces."""
    return "".join(number.casefold().split()).removeprefix("version").removeprefix("v")
