"""Numbers, words and rows as the calculators of evidence read them: each refused with its place and what to write."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

LARGEST, MOST_ROWS = 1e12, 5_000


def refuse_strangers(given: Mapping[str, Any], known: Collection[str], where: str = "") -> None:
    """Raises Invalid, naming the first value that nobody asks for."""
    strangers = sorted(str(name) for name in set(given) - set(known))
    if strangers:
        raise Invalid(f"{where}{quote(strangers[0])} is not asked for", f"Give {', '.join(known)}.")


def number(given: Mapping[str, Any], name: str, *, where: str = "", default: float | None = None) -> float:
    """A finite number. Raises Invalid where it is missing without a default, or no number."""
    found = given.get(name)
    if found is None or found == "":
        if default is None:
            raise Invalid(f"{where}{name} is missing", f"Write {name}: and a number.", fields={name: "Give a number."})
        return default
    try:
        value = float("nan") if isinstance(found, bool) else float(found)
    except (TypeError, ValueError, OverflowError):
        value = float("nan")
    if not isfinite(value) or abs(value) > LARGEST:
        told = "Write a plain number such as 3.1."
        raise Invalid(f"{where}{name} {quote(found)} is not a number", told, fields={name: told})
    return value


def whole(given: Mapping[str, Any], name: str, *, where: str = "", default: int | None = None) -> int:
    """A whole number. Raises Invalid."""
    value = number(given, name, where=where, default=None if default is None else float(default))
    if value != int(value) or value < 0:
        told = "Write a whole number, 0 or more."
        raise Invalid(f"{where}{name} {value:g} is not a whole number", told, fields={name: told})
    return int(value)


def word(given: Mapping[str, Any], name: str, known: Collection[str], *, default: str) -> str:
    """One of these words. Raises Invalid, naming them."""
    found = given.get(name, default)
    if not isinstance(found, str) or found not in known:
        told = f"There are {', '.join(known)}."
        raise Invalid(f"{name} {quote(found)} is not known", told, fields={name: told})
    return found


def yes_or_no(given: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """true or false; the words of a CSV too. Raises Invalid."""
    found = given.get(name, default)
    if isinstance(found, bool):
        return found
    answers = {"true": True, "yes": True, "false": False, "no": False}
    if str(found).casefold() not in answers:
        raise Invalid(f"{name} {quote(found)} is neither true nor false", f"Write {name}: true, or leave it out.")
    return answers[str(found).casefold()]


def rows(given: Mapping[str, Any], name: str, example: str) -> Sequence[Mapping[str, Any]]:
    """Rows of named values. Raises Invalid where there are none, too many, or something else."""
    found = given.get(name)
    if not isinstance(found, Sequence) or isinstance(found, str) or not found:
        raise Invalid(f"there are no {name}", f"Write {name}: and a list such as {example}.")
    if len(found) > MOST_ROWS:
        raise Invalid(f"{len(found):,} {name} are too many", f"Give at most {MOST_ROWS:,}.")
    for place, row in enumerate(found, start=1):
        if not isinstance(row, Mapping):
            raise Invalid(f"{name} {place} is not a row of named values", f"Write it such as {example}.")
    return found


def values(given: Mapping[str, Any], name: str) -> list[float]:
    """A list of numbers, or of rows with a `value`. Raises Invalid, naming the place."""
    found = given.get(name)
    if not isinstance(found, Sequence) or isinstance(found, str) or not found:
        raise Invalid(f"there are no {name}", f"Write {name}: [42, 45, 39].")
    if len(found) > MOST_ROWS:
        raise Invalid(f"{len(found):,} {name} are too many", f"Give at most {MOST_ROWS:,}.")
    return [
        number(each if isinstance(each, Mapping) else {"value": each}, "value", where=f"{name} {place}: ")
        for place, each in enumerate(found, start=1)
    ]  # fmt: skip


def shown(value: float, digits: int = 4) -> str:
    """A number as people read it: −0.7145."""
    text = f"{abs(value):,.{digits}f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 and float(text.replace(",", "")) else text


def between(low: float, high: float, digits: int = 4) -> str:
    return f"{shown(low, digits)} to {shown(high, digits)}"
