"""How the server is told to search, and how a document is written for it. Pure."""

from typing import Any

from marketplace.ports.search.asked import facet_field, key_of
from marketplace.ports.search.port import DEEPEST, SORTS, Document, Vocabulary
from marketplace.ports.search.thesaurus import Thesaurus
from marketplace.ports.search.words import joined, named, read_all

FORMAT = 1
"""Raise it when settings or fields change: it is part of the index's name, so an older index counts as lost."""
MOST_VALUES = 500
TEXT_UP_TO = 20_000


def settings(vocabulary: Vocabulary) -> dict[str, Any]:
    """A chosen order comes before everything; otherwise how many words, how few typos, how near, where, how exactly."""
    return {
        "searchableAttributes": ["names", "text", "variants"],
        "displayedAttributes": ["ref", "name", "names", "text", "stored", "digest"],
        "filterableAttributes": ["facets", "key"],
        "sortableAttributes": list(SORTS),
        "rankingRules": ["sort", "words", "typo", "proximity", "attribute", "exactness"],
        "synonyms": synonyms(vocabulary),
        "typoTolerance": {"enabled": True, "minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 8}},
        "faceting": {"maxValuesPerFacet": MOST_VALUES, "sortFacetValuesBy": {"*": "count"}},
        "pagination": {"maxTotalHits": DEEPEST},
    }


def synonyms(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Each word or phrase with all that says the same; the server reads each entry in one direction."""
    groups = [*vocabulary.synonyms, *vocabulary.spelling.items()]
    others: dict[str, dict[str, None]] = {}
    for group in groups:
        phrases = [named(phrase) for phrase in group]
        for phrase in phrases:
            same = (other for other in phrases if other != phrase)
            others.setdefault(phrase, {}).update(dict.fromkeys(same))
    return {phrase: list(kept) for phrase, kept in others.items()}


def as_record(document: Document, thesaurus: Thesaurus) -> dict[str, Any]:
    """A number that is not known is left out: the server puts such documents last in either direction."""
    names = [document.title, *document.other_names]
    text = "\n".join(part for part in (document.summary, document.body) if part)[:TEXT_UP_TO]
    whole = " ".join((*names, text))
    spelled = {other for word in read_all(whole) for other in thesaurus.spellings(word)}
    return {
        "key": f"{key_of(document.ref):016x}",
        "ref": document.ref,
        "name": document.title,
        "names": names,
        "text": text,
        "variants": [*sorted(spelled), *joined(whole)],
        "facets": {facet_field(key): list(values) for key, values in document.facets.items()},
        "stored": dict(document.stored),
        "digest": document.digest(),
        **{sort: float(document.sorts[sort]) for sort in SORTS if sort in document.sorts},
    }
