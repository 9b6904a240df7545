"""What a listing still lacks before it can be submitted, each with the place where it is mended."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.catalogue.rules.offers import Offer
from marketplace.frameworks import answers
from marketplace.frameworks.schema.forms import Form
from marketplace.kit.values import Value


class Gap(Value):
    """Something that is missing. `place` is description or prices; `section` and `field` are where on that page."""

    place: str
    section: str
    field: str
    label: str


class Completeness(Value):
    """How many of the things that are needed are there, and what is not."""

    needed: int
    gaps: tuple[Gap, ...]

    @property
    def done(self) -> int:
        return self.needed - len(self.gaps)

    @property
    def is_complete(self) -> bool:
        return not self.gaps


def completeness(form: Form, described: Mapping[str, Any], offers: Sequence[Offer]) -> Completeness:
    """What the description and the prices of a product lack; a question that its gate skips is not needed."""
    skipped = answers.asked(form, described)
    needed = sum(1 for entry in form.entries if entry.required and not skipped[entry.question.id])
    gaps = [Gap("description", gap.section, gap.question, gap.label) for gap in answers.missing(form, described)]
    if not offers:
        gaps.append(Gap("prices", "", "prices", "At least one price, or that it is free of charge"))
    return Completeness(needed + 1, tuple(gaps))
