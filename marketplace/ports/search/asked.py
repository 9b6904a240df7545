"""What both engines make of a query and a document before they differ. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import product

from marketplace.kit.errors import Invalid
from marketplace.kit.paging import decode_cursor
from marketplace.ports.search.port import ANY, DEEPEST, SORTS, Query


def sort_of(query: Query) -> str:
    """The order wished for; without words, relevance means newest first. Raises Invalid."""
    if query.sort != "relevance" and query.sort not in SORTS:
        known = ", ".join(["relevance", *SORTS])
        raise Invalid(
            f"there is no order called {query.sort[:40]!r}", f"Choose one of: {known}.", fields={"sort": "unknown"}
        )
    return "newest" if query.sort == "relevance" and not query.words.strip() else query.sort


def place_of(query: Query) -> int:
    """How many results stand before this page. Raises Invalid for a cursor that no page gave."""
    if query.after is None:
        return 0
    (place,) = decode_cursor(query.after, [int])
    if not 0 < place < DEEPEST:
        raise Invalid("the page marker of this address is damaged", "Start again from the first page of the list.")
    return int(place)


def required(query: Query) -> Mapping[str, frozenset[str]]:
    """What a document must have: what is chosen; and where facets go together, one part that has all of it."""
    found = {facet: values for facet, values in query.chosen.items() if values}
    for whole, facets in query.together.items():
        if sum(facet in found for facet in facets) > 1:
            told = (sorted(found.get(facet, {ANY})) for facet in facets)
            found[whole] = frozenset("/".join(each) for each in product(*told))
    return found


def is_joined(query: Query, facet: str) -> bool:
    """Whether something is chosen of another facet that goes together with this one."""
    others = (each for facets in query.together.values() if facet in facets for each in facets if each != facet)
    return any(query.chosen.get(each) for each in others)


def counted_apart(query: Query) -> list[str]:
    """The facets to be counted each by itself, as if nothing of its own were chosen."""
    return [facet for facet in query.count if query.chosen.get(facet) or is_joined(query, facet)]


def key_of(ref: str) -> int:
    """A number that stands for a ref where only numbers are quick."""
    return int.from_bytes(blake2b(ref.encode(), digest_size=8).digest(), "big")


@lru_cache(maxsize=1024)
def facet_field(key: str) -> str:
    """A facet's key as the index can address it, whatever letters it has."""
    return re.sub(r"[^A-Za-z0-9-]", lambda odd: f"_{ord(odd[0]):x}_", key)


def sound(text: str) -> str:
    """Text that can be written as UTF-8; half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
