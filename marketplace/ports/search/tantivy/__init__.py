"""The engine inside the process: an index in a folder, written by one process at a time and read by all.

Words: generation (one whole index; a rebuild makes the next), seal (the digests of its files), need (how many of the
words typed a document must have), reading (one generation opened).
Invariants: readers see a generation whole or not at all; a damaged file is never read; raw text never reaches a parser.
"""

from marketplace.ports.search.tantivy.engine import TantivySearch

__all__ = ["TantivySearch"]
