"""The vocabulary as it is declared in YAML, read into the port's own shape. Pure: files are opened elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.kit.errors import Invalid
from marketplace.ports.search.port import Vocabulary
from marketplace.ports.search.words import read_all


def vocabulary_from(
    *, synonyms: Mapping[str, Any], spelling: Mapping[str, Any], labels: Iterable[str] = ()
) -> Vocabulary:
    """`labels`: texts whose words are known to be words. Raises Invalid for a group of fewer than two words, or what
    is not text.
    """
    groups = tuple(tuple(told_of(group["words"], f"synonyms: {group.get('id')}")) for group in synonyms["groups"])
    return Vocabulary(synonyms=groups, spelling=pairs_of(spelling, "words"), parts=pairs_of(spelling, "parts"),
                      known=frozenset(read_all(" ".join(labels))))  # fmt: skip


def told_of(words: object, where: str) -> list[str]:
    if not isinstance(words, list) or len(words) < 2 or not all(isinstance(word, str) and word for word in words):
        raise Invalid(f"{where} needs two words or more", "Put words that YAML reads otherwise between quotes.")
    return list(words)


def pairs_of(spelling: Mapping[str, Any], part: str) -> dict[str, str]:
    pairs = spelling.get(part) or {}
    for american, british in pairs.items():
        if not isinstance(american, str) or not isinstance(british, str) or american == british:
            raise Invalid(f"spelling: {american!r} and {british!r} are not two spellings")
    return dict(pairs)
