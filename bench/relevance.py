"""How good the order of results is: NDCG@10, as BEIR computes it, on claims in medicine and on product queries.

    python -m bench.relevance [--semantic] [--keep FOLDER] [--json]

The figures beside each result are the bars of the project. Typos are made by a seeded generator: the same on every
machine, one edit in one word of four letters or more of each query.
"""

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

import yaml

from bench.tables import Row
from marketplace.ports.embedding.minilm import installed
from marketplace.ports.embedding.port import EmbeddingUnavailable
from marketplace.ports.search.declared import vocabulary_from
from marketplace.ports.search.meaning.extra import meaning_in
from marketplace.ports.search.port import Document, Query, Search, Vocabulary
from marketplace.ports.search.tantivy.engine import TantivySearch

SHARED = Path(os.environ.get("TOUCHSTONE_SHARED_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
BARS = {
    ("scifact", "typed", False): 0.66,
    ("esci", "typed", False): 0.57,
    ("esci", "mistyped", False): 0.54,
    ("scifact", "typed", True): 0.70,
    ("esci", "typed", True): 0.60,
    ("esci", "mistyped", True): 0.57,
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Judgements = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Collection:
    """`judgements`: query -> document -> gain."""

    name: str
    documents: Sequence[Document]
    queries: Mapping[str, str]
    judgements: Judgements


def collection(name: str, *, at: Path = SHARED) -> Collection:
    folder = at / "search" / name
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = [document(json.loads(line)) for line in lines]
    queries = {told["id"]: told["text"] for told in map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8"))}
    return Collection(name, documents, queries, judged(folder / "qrels.tsv"))


def document(told: Mapping[str, str]) -> Document:
    return Document(ref=told["id"], title=told["title"], body=told.get("body") or told.get("text") or "")


def judged(path: Path) -> Judgements:
    judgements: dict[str, dict[str, float]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        query, ref, gain = line.split("\t")[:3]
        if gain.replace(".", "", 1).isdigit():
            judgements.setdefault(query, {})[ref] = float(gain)
    return judgements


def ndcg(ranked: Sequence[str], gains: Mapping[str, float], *, depth: int = 10) -> float:
    """Gain by rank, discounted by log2(rank + 1), over the best possible; as trec_eval and BEIR have it."""
    best = sum(gain / log2(rank + 2) for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:depth]))
    reached = sum(gains.get(ref, 0.0) / log2(rank + 2) for rank, ref in enumerate(ranked[:depth]))
    return reached / best if best else 0.0


def mistyped(text: str, *, seed: str) -> str:
    """The text with one letter dropped, doubled by another, changed, or swapped with the next, in one longer word."""
    chance, words = random.Random(seed), text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not places:
        return text
    place = chance.choice(places)
    words[place] = edited(words[place], chance)
    return " ".join(words)


def edited(word: str, chance: random.Random) -> str:
    at, letter = chance.randrange(len(word) - 1), chance.choice(LETTERS)
    edits = [
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    return chance.choice([edit for edit in edits if edit != word])


def measured(search: Search, held: Collection, change: Callable[[str, str], str]) -> float:
    gained = [
        ndcg([hit.ref for hit in search.find(Query(words=change(text, query), limit=10)).hits], held.judgements[query])
        for query, text in held.queries.items()
    ]
    return sum(gained) / len(gained)


def results(*, semantic: bool, keep: Path | None = None) -> Iterator[dict[str, object]]:
    for name in ("scifact", "esci"):
        held = collection(name)
        with folder_of(name, keep=keep) as folder:
            search = engine(folder, semantic=semantic)
            search.rebuild(held.documents)
            yield result(name, "typed", semantic, measured(search, held, lambda text, _: text))
            yield result(name, "mistyped", semantic, measured(search, held, lambda text, key: mistyped(text, seed=key)))


@contextmanager
def folder_of(name: str, *, keep: Path | None) -> Iterator[Path]:
    """Where a collection is indexed. With `keep`, its vectors are there the next time: no text is embedded twice."""
    if keep:
        yield keep / name
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def result(name: str, words: str, semantic: bool, reached: float) -> dict[str, object]:
    bar = BARS.get((name, words, semantic))
    return {
        "collection": name,
        "words": words,
        "engine": "semantic" if semantic else "lexical",
        "ndcg@10": round(reached, 4),
        "bar": bar,
        "holds": bar is None or reached >= bar,
    }


def engine(folder: Path, *, semantic: bool) -> Search:
    return TantivySearch(folder, vocabulary(), meaning=meaning_in(folder) if semantic else None)


def measure() -> list[Row]:
    """As rows of `python -m bench`; with meaning only where the extra is installed."""
    found = [row_of(told) for told in results(semantic=False)]
    try:
        installed()
    except EmbeddingUnavailable as missing:
        return [*found, Row("with `semantic`", f"not measured: {missing}")]
    return [*found, *(row_of(told) for told in results(semantic=True))]


def row_of(told: Mapping[str, Any]) -> Row:
    bar = told["bar"]
    return Row(
        "NDCG@10 {collection}, {words}, {engine}".format(**told), str(told["ndcg@10"]),
        bar=f"at least {bar}" if bar else "", holds=told["holds"] if bar else None,
    )  # fmt: skip


def vocabulary() -> Vocabulary:
    """The words that the product ships with."""
    taxonomy = Path(__file__).parent.parent / "frameworks" / "taxonomy"
    synonyms, spelling = (
        yaml.safe_load((taxonomy / name).read_text("utf-8")) for name in ("synonyms.yaml", "spelling.yaml")
    )
    return vocabulary_from(synonyms=synonyms, spelling=spelling)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--semantic", action="store_true", help="fuse the text score with meaning")
    asked.add_argument("--keep", type=Path, metavar="FOLDER", help="keep index and vectors here for the next time")
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    rows = list(results(semantic=options.semantic, keep=options.keep))
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print("{collection:8} {words:9} {engine:9} NDCG@10 {ndcg@10}  bar {bar}".format(**row))
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
