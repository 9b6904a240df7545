"""Words that nothing holds: what they may have meant."""

from collections.abc import Sequence

from tantivy import Occur, Order, Query, Searcher

from marketplace.ports.search.tantivy.schema import count_of, product_schema, root, words_schema
from marketplace.ports.search.words import edits_allowed, edits_between

MOST_NEIGHBOURS = 60
SHORTEST_BEGUN = 4
"""Letters of a word that may be the beginning of another."""
LIKELIEST = 6
"""Neighbours at the same distance that are tried beside the other words typed."""


def meant_by(word: str, *, beside: Sequence[str], products: Searcher, words: Searcher) -> str:
    """The likeliest word or two words, or nothing. `beside`: roots of the words that were typed rightly.

    First what is spelled nearly like it, then what begins with it, then two words that were typed as one.
    """
    near = neighbours(words, word) or begun(words, word)
    if near:
        return max(near, key=lambda each: (company(products, each, beside), -near.index(each)))
    return " ".join(halves(products, word))


def neighbours(words: Searcher, word: str) -> list[str]:
    """The likeliest words of the index at the least number of edits: same first letter, then most documents."""
    for edits in range(1, edits_allowed(word) + 1):
        near = Query.fuzzy_term_query(words_schema(), "word", word, distance=edits)
        hits = words.search(near, MOST_NEIGHBOURS, count=False, order_by_field="documents", order=Order.Desc).hits
        found = [(str(words.doc(address)["word"][0]), int(documents)) for documents, address in hits]
        if found:
            found.sort(key=lambda each: (edits_between(word, each[0]), each[0][0] != word[0], -each[1]))
            return [neighbour for neighbour, _ in found[:LIKELIEST]]
    return []


def begun(words: Searcher, word: str) -> list[str]:
    """The words of the index that begin with it, those in most documents first."""
    if len(word) < SHORTEST_BEGUN:
        return []
    longer = Query.fuzzy_term_query(words_schema(), "word", word, distance=0, prefix=True)
    hits = words.search(longer, LIKELIEST, count=False, order_by_field="documents", order=Order.Desc).hits
    return [str(words.doc(address)["word"][0]) for _, address in hits]


def company(products: Searcher, word: str, beside: Sequence[str]) -> int:
    """In how many documents the word stands with at least one of the others."""
    if not beside:
        return 0
    others = Query.boolean_query([(Occur.Should, term(each)) for each in beside])
    both = Query.boolean_query([(Occur.Must, term(root(word))), (Occur.Must, others)])
    return count_of(products, both)


def term(stem: str) -> Query:
    return Query.term_query(product_schema(), "all", stem)


def halves(products: Searcher, word: str) -> tuple[str, ...]:
    """Two words of the index that were typed as one, the most even split; nothing when there are none."""
    places = sorted(range(3, len(word) - 2), key=lambda at: abs(2 * at - len(word)))
    splits = ((word[:at], word[at:]) for at in places)
    return next((split for split in splits if all(products.doc_freq("words", half) for half in split)), ())
