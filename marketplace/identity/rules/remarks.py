"""What can be commented on, who can hear it, and whom a comment speaks to."""

import re
from collections.abc import Hashable, Mapping
from typing import TypeVar
from uuid import UUID

from marketplace.kit.values import Value

PRIVATE, SHARED, EVERYBODY = "private", "shared", "everybody"
"""A comment is for one's own organisation, for one other organisation too, or for all who can open the thing."""
Key = TypeVar("Key", bound=Hashable)


class About(Value):
    """A thing that somebody comments on, as the actor sees it. Whoever finds it has asked whether they may.

    `others` are the organisations with one of which a comment can be shared. `parties` are the others that can open a
    thing that is closed to everybody else: a comment can be for all of them, and for those who join later. `needs` is
    the permission that a colleague needs to open it, `hears` the one whose holders hear of it elsewhere; both empty for
    anybody.
    """

    kind: str
    id: UUID
    ref: str
    title: str
    path: str
    others: tuple[tuple[UUID, str], ...] = ()
    parties: tuple[tuple[UUID, str], ...] = ()
    needs: str = ""
    hears: str = ""


def ways_of(about: About) -> dict[str, str]:
    """Who can read a comment, as people choose: private, everybody, or the id of the one other organisation."""
    ways = {PRIVATE: "Private: my organisation alone"}
    if about.parties:
        names = ", ".join(name for _, name in about.parties)
        ways[EVERYBODY] = f"Shared with all who take part, now and later: {names}"
    return ways | {str(key): f"Shared with {name} alone" for key, name in about.others}


def mentioned(words: str, names: Mapping[Key, str]) -> list[Key]:
    """The people named, in the order given. "@Tom Bevan" names Tom Bevan; "@Tom Bevans" and "Tom Bevan" name nobody."""
    spoken = " ".join(words.split()).casefold()
    return [key for key, name in names.items() if name and re.search(rf"@{re.escape(name.casefold())}(?!\w)", spoken)]
