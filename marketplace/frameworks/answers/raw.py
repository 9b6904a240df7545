"""What pages and documents send, before it is known to be an answer: never trusted to be of any type."""

from collections.abc import Mapping

from marketplace.kit.errors import Invalid

LARGEST = 1e15
"""Numbers beyond this are not turned into text."""


def one(raw: object) -> object:
    """A single value; a page may send it as a list of one."""
    return raw[0] if isinstance(raw, list | tuple) and len(raw) == 1 else raw


def is_blank(raw: object) -> bool:
    """Nothing, spaces alone, or a list or object of nothing."""
    value = one(raw)
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], (), {})


def one_text(raw: object) -> str:
    """A single text; a plain number is one too. Raises Invalid for anything else."""
    value = one(raw)
    if isinstance(value, str):
        return value
    if is_blank(value):
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST:
        return str(value)
    raise Invalid("this is not a text", "Give one text.")


def texts(raw: object) -> list[str]:
    """The texts that are not blank, each without space around it. Raises Invalid for anything else."""
    values = raw if isinstance(raw, list | tuple) else [raw]
    return [text for text in (one_text(value).strip() for value in values) if text]


def three_fields(raw: Mapping[str, object]) -> str:
    """Day, month and year as one text; blank when all three are. Raises Invalid."""
    given = [one_text(raw.get(name)).strip() for name in ("day", "month", "year")]
    return " ".join(given) if any(given) else ""


def in_words(refusal: Invalid) -> str:
    """A refusal as one text beside its field."""
    fact = refusal.fact[:1].upper() + refusal.fact[1:]
    return f"{fact}. {refusal.hint}".rstrip()
