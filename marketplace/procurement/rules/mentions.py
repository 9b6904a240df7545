"""Whom a comment speaks to: people whose full names stand in it behind an @."""

import re
from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def mentioned(words: str, names: Mapping[Key, str]) -> list[Key]:
    """The people named, in the order given. "@Tom Bevan" names Tom Bevan; "@Tom Bevans" and "Tom Bevan" name nobody."""
    spoken = " ".join(words.split()).casefold()
    return [key for key, name in names.items() if name and re.search(rf"@{re.escape(name.casefold())}(?!\w)", spoken)]
