"""Documents into a generation. The caller holds the writers' lock."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tantivy import Document as Fields
from tantivy import Index, IndexWriter, Schema, Searcher

from marketplace.ports.search.port import Document
from marketplace.ports.search.tantivy.reading import open_index
from marketplace.ports.search.tantivy.schema import as_fields, english, plain, product_schema, words_schema

HEAP = 15_000_000
"""Bytes for a few documents, the least that the engine takes; a rebuild takes the larger."""
REBUILD_HEAP = 80_000_000
SHORTEST, LONGEST = 3, 30
"""Letters of a word that a typo is compared with."""


def put(generation: Path, documents: Iterable[Document]) -> None:
    pieces: set[str] = set()
    with writer_of(open_index(generation / "products"), heap=HEAP) as writer:
        for document in documents:
            fields = as_fields(document)
            pieces.update(*map(str.split, fields["words"]))
            writer.delete_documents_by_term("ref", document.ref)
            writer.add_document(Fields.from_dict(fields, product_schema()))
    add_words(generation / "words", ((word, 1) for word in set(plain().analyze(" ".join(pieces)))))


def drop(generation: Path, refs: Iterable[str]) -> None:
    with writer_of(open_index(generation / "products"), heap=HEAP) as writer:
        for ref in refs:
            writer.delete_documents_by_term("ref", ref)


def build(generation: Path, documents: Iterable[Document]) -> int:
    """Fill an empty generation and tell how many documents it holds; of a ref given twice, the first counts."""
    products = new_index(generation / "products", product_schema())
    seen: set[str] = set()
    with writer_of(products, heap=REBUILD_HEAP) as writer:
        for document in documents:
            if document.ref not in seen:
                seen.add(document.ref)
                writer.add_document(Fields.from_dict(as_fields(document), product_schema()))
    new_index(generation / "words", words_schema())
    add_words(generation / "words", searcher_of(products).terms_with_prefix("words", "", limit=None))
    return len(seen)


def new_index(folder: Path, schema: Schema) -> Index:
    index = Index(schema, str(folder), reuse=False)
    index.register_tokenizer("english", english())
    index.register_tokenizer("plain", plain())
    return index


@contextmanager
def writer_of(index: Index, *, heap: int) -> Iterator[IndexWriter]:
    """Commits at the end, or leaves everything as it was; on leaving, no thread of the writer is at work."""
    writer = index.writer(heap, 1)
    try:
        yield writer
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()


def searcher_of(index: Index) -> Searcher:
    index.reload()
    return index.searcher()


def add_words(folder: Path, counted: Iterable[tuple[str, int]]) -> None:
    """Add the words that are new. Words that went stay: a typo is only mended to one that is in use."""
    index = open_index(folder)
    known = searcher_of(index)
    new = [(word, count) for word, count in counted if is_spelled(word) and not known.doc_freq("word", word)]
    if new:
        with writer_of(index, heap=HEAP) as writer:
            for word, count in new:
                writer.add_document(Fields.from_dict({"word": word, "documents": count}, words_schema()))


def is_spelled(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and not any(char.isdigit() for char in word)
