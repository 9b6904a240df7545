"""One record of a foreign file, turned into our fields by a declared mapping."""

from collections.abc import Callable, Sequence

from marketplace.frameworks.schema.mappings import EVERYTHING_ELSE, FieldMapping, ImportMapping

Pick = Callable[[str], Sequence[str]]
"""Gives the values that stand at a column, pointer or path of the record at hand; none when there is nothing."""

_INVISIBLE = str.maketrans("", "", "\u200b\ufeff\u00ad")


def translate(mapping: ImportMapping, pick: Pick) -> tuple[dict[str, str | list[str]], dict[str, str]]:
    """The fields that the record fills, ready for `clean`, and those that it must fill and does not.

    Marks of typesetting that cannot be seen (zero-width spaces, soft hyphens) are left behind in the foreign file.
    """
    fields: dict[str, str | list[str]] = {}
    errors: dict[str, str] = {}
    for name, place, may_be_empty, rule in mapping.asked:
        raw = pick(place) if place is not None else ()
        if may_be_empty and not raw:
            continue
        found = _values(rule, raw) if raw else []
        if not found and rule.default is not None:
            found = [rule.default]
        if found:
            fields[name] = found[0] if len(found) == 1 else found
        elif rule.required:
            errors[name] = f"{rule.from_ or name} is empty. Fill it in and import the row again."
    return fields, errors


def _values(rule: FieldMapping, raw: Sequence[str]) -> list[str]:
    parts = raw if rule.split is None else [part for value in raw for part in value.split(rule.split)]
    stated = [part for part in map(_visible, parts) if part]
    return [each for each in (_replaced(rule.values, each) for each in stated) if each] if rule.values else stated


def _visible(text: str) -> str:
    return (text if text.isascii() else text.translate(_INVISIBLE)).strip()


def _replaced(values: dict[str, str], stated: str) -> str:
    return values.get(stated, values.get(EVERYTHING_ELSE, stated))
