"""What both engines make of a query and a document before they differ. Pure."""

import re
from functools import lru_cache
from hashlib import blake2b

from marketplace.kit.errors import Invalid
from marketplace.kit.paging import decode_cursor
from marketplace.ports.search.port import DEEPEST, SORTS, Query


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
