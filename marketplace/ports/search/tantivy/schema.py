"""The fields of the index, and how a document is written into them."""

import json
from functools import cache, lru_cache
from sys import float_info
from typing import Any

from tantivy import Filter, Query, Schema, SchemaBuilder, Searcher, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from marketplace.ports.search.asked import facet_field, key_of
from marketplace.ports.search.port import SORTS, Document
from marketplace.ports.search.words import LONGEST_WORD, joined, named

FORMAT = 1
"""Raise it when a field or an analyser changes: an index of another format counts as lost."""
LAST = {"highest": -float_info.max, "lowest": float_info.max}
PASSAGES_FROM = 20_000
"""Characters of a document's text that are kept for showing the passage that answers."""

VALUE_MARK = "="
"""Stands before each facet value, so that no value can be taken for a date or a number."""


@cache
def english() -> TextAnalyzer:
    """Lower case, no accents, English stems."""
    return _folding().filter(Filter.stemmer("english")).build()


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """The stem that the index holds for a folded word."""
    stems = english().analyze(word)
    return stems[0] if stems else word


@cache
def plain() -> TextAnalyzer:
    """Lower case, no accents, words as written."""
    return _folding().build()


def _folding() -> TextAnalyzerBuilder:
    lower = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(LONGEST_WORD + 1))
    return lower.filter(Filter.lowercase()).filter(Filter.ascii_fold())


@cache
def product_schema() -> Schema:
    """`all` and `title` are what is searched; `words` and `heading` hold the same unstemmed, for prefixes and typos."""
    fields = SchemaBuilder()
    fields.add_text_field("ref", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_unsigned_field("key", fast=True, indexed=True)
    fields.add_text_field("title", tokenizer_name="english", index_option="position")
    fields.add_text_field("all", tokenizer_name="english", index_option="position")
    fields.add_text_field("words", tokenizer_name="plain", index_option="basic")
    fields.add_text_field("heading", tokenizer_name="plain", index_option="basic")
    fields.add_text_field("names", tokenizer_name="raw", index_option="basic")
    fields.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    for sort in SORTS:
        fields.add_float_field(sort, fast=True)
    for kept in ("name", "text", "digest", "stored"):
        fields.add_bytes_field(kept, stored=True)
    return fields.build()


@cache
def words_schema() -> Schema:
    """Every word of the documents once, so that a typo finds its neighbours."""
    fields = SchemaBuilder()
    fields.add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_unsigned_field("documents", fast=True)
    return fields.build()


def as_fields(document: Document) -> dict[str, Any]:
    """What is written for a document."""
    names = [document.title, *document.other_names]
    text = text_of(document)
    everything = [*names, text, *joined(" ".join((*names, text)))]
    return {
        "ref": document.ref,
        "key": key_of(document.ref),
        "title": names,
        "heading": names,
        "all": everything,
        "words": everything,
        "names": [name for name in map(named, names) if name],
        "facets": {facet_field(key): [VALUE_MARK + one for one in values] for key, values in document.facets.items()},
        **{sort: float(document.sorts.get(sort, LAST[end])) for sort, end in SORTS.items()},
        "name": document.title.encode(),
        "text": text[:PASSAGES_FROM].encode(),
        "digest": document.digest().encode(),
        "stored": json.dumps(document.stored, separators=(",", ":"), default=dict).encode(),
    }


def text_of(document: Document) -> str:
    """Everything but the names."""
    return "\n".join(part for part in (document.summary, document.body) if part)


def count_of(searcher: Searcher, query: Query) -> int:
    """How many documents a query has."""
    return int(searcher.search(query, 1).count)  # type: ignore[attr-defined]  # missing from the engine's stubs
