"""Answers as a program sends them, whoever answers: the supplier of a product, or an organisation of its own use."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.api.shapes import In
from marketplace.kit.errors import Invalid


class Answered(In):
    """An answer as a form would send it; null takes it back. What is left out is not touched."""

    value: Any = None
    dated: date | None = None


def values_of(sent: Mapping[str, Answered]) -> dict[str, Any]:
    """The answers that were sent, by question; a date or a document goes without one, too."""
    return {name: each.value for name, each in sent.items() if "value" in each.model_fields_set}


def dates_of(sent: Mapping[str, Answered]) -> dict[str, date | None]:
    """The dates that were sent, by question; null takes one back."""
    return {name: each.dated for name, each in sent.items() if "dated" in each.model_fields_set}


def refuse_faults(errors: Mapping[str, str]) -> None:
    """Raises Invalid with every answer that does not hold: all of them are kept, or none."""
    if errors:
        raise Invalid("some answers do not hold", "Mend what is named; nothing was saved.", fields=dict(errors))
