"""Names that look alike: a product must not pass for another supplier's."""

from collections.abc import Iterable
from typing import TypeVar

from marketplace.kit.text import fold, is_one_slip, skeleton
from marketplace.kit.values import Value

CLOSE_FROM = 6
"""Shapes shorter than this are compared letter by letter: "Lumen" and "Lumex" are two names, not a slip."""
_FILLER = frozenset({"ai", "app", "ltd", "limited", "plc", "the", "uk", "nhs", "pro", "plus"})

Key = TypeVar("Key")


class Alike(Value):
    """Why a name may be taken for another: `same` looks the same letter for letter."""

    name: str
    same: bool


def shape(name: str) -> str:
    """The skeleton of a name without the words that tell nothing apart, as it is kept beside each product."""
    words = [word for word in fold(name).split() if word not in _FILLER]
    return skeleton("".join(words)) or skeleton(name)


def looks_like(name: str, others: Iterable[tuple[Key, str]]) -> list[tuple[Key, Alike]]:
    """The others that this name can be taken for, those that look the same first."""
    mine = shape(name)
    found = []
    for key, other in others:
        theirs = shape(other)
        if mine == theirs or (min(len(mine), len(theirs)) >= CLOSE_FROM and is_one_slip(mine, theirs)):
            found.append((key, Alike(other, same=mine == theirs)))
    return sorted(found, key=lambda pair: not pair[1].same)
