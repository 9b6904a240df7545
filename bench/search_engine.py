"""How long the engine itself takes: find with 20 hits and 8 counted facets, on invented documents.

    python bench/search_engine.py [--documents N] [--queries N] [--json]

No query is asked twice, so nothing that the engine keeps between questions helps it. What a page adds is measured
elsewhere.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from marketplace.ports.search.port import Document, Query, Search
from marketplace.ports.search.tantivy.engine import TantivySearch

FACETS = {
    "kind": 6,
    "purpose": 24,
    "care-setting": 14,
    "specialty": 40,
    "conformity": 6,
    "evidence": 5,
    "autonomy": 3,
    "hosting": 12,
}
SEVERAL = {"purpose", "care-setting", "specialty"}
"""Facets of which a document has up to three values."""
SYLLABLES = [first + vowel for first in "bcdfghlmnprstv" for vowel in "aeiou"]
VOCABULARY = 40_000
SUPPLIERS = 2_000


def vocabulary(chance: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4))))] = None
    return list(words)


def documents(count: int, *, seed: int) -> Iterator[Document]:
    """Words by Zipf's law, about 95 to a document; facet values with a long tail."""
    chance = random.Random(seed)
    words = vocabulary(random.Random(0))
    weights = list(accumulate(1 / (rank + 8) for rank in range(len(words))))
    for number in range(count):
        text = chance.choices(words, cum_weights=weights, k=95)
        supplier = f"Supplier {chance.randrange(SUPPLIERS)}"
        yield Document(
            ref=f"PRD-{number:06d}",
            title=" ".join(text[:4]).title(),
            summary=" ".join(text[4:20]),
            body=" ".join(text[20:]),
            facets={facet: values(facet, size, chance) for facet, size in FACETS.items()},
            sorts={"newest": float(number), "evidence": float(chance.randrange(5)), "price": chance.random() * 1e6},
            stored={"title": " ".join(text[:4]).title(), "supplier": supplier, "summary": " ".join(text[4:20])},
        )


def values(facet: str, size: int, chance: random.Random) -> tuple[str, ...]:
    several = chance.choice((1, 1, 2, 3)) if facet in SEVERAL else 1
    return tuple({f"{facet}-{min(size - 1, int(chance.expovariate(3 / size)))}" for _ in range(several)})


def questions(count: int, *, seed: int) -> dict[str, list[Query]]:
    """Kinds of questions; each one differs from all others."""
    chance, words = random.Random(seed), vocabulary(random.Random(0))
    common, rare = words[20:2_000], words[2_000:]
    counted = tuple(FACETS)

    def asked(text: str, **more: object) -> Query:
        return Query(words=text, count=counted, **more)  # type: ignore[arg-type]

    def ticks() -> dict[str, frozenset[str]]:
        return {"kind": frozenset({"kind-0", "kind-1"}), "purpose": frozenset({f"purpose-{chance.randrange(8)}"})}

    return {
        "one word": [asked(word) for word in chance.sample(common, count)],
        "two words": [asked(" ".join(chance.sample(common, 2))) for _ in range(count)],
        "three words, two filters": [asked(" ".join(chance.sample(common, 3)), chosen=ticks()) for _ in range(count)],
        "a question of nine words": [
            asked(" ".join([*chance.sample(common, 6), *chance.sample(rare, 3)])) for _ in range(count)
        ],
        "a typo": [
            asked(" ".join([chance.choice(common), mistyped(chance.choice(common), chance)])) for _ in range(count)
        ],
        "typing": [asked(" ".join(chance.sample(common, 2))[:-2], typing=True) for _ in range(count)],
        "everything, one filter": [
            asked(
                "",
                hidden={"hosting": frozenset({f"hosting-{n % 12}"})},
                chosen={"specialty": frozenset({f"specialty-{n}"})},
            )
            for n in range(min(count, 40))
        ],
    }


def mistyped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def timed(search: Search, asked: Sequence[Query]) -> dict[str, float]:
    """Milliseconds."""
    taken, found = [], []
    for query in asked:
        began = perf_counter()
        found.append(search.find(query).total)
        taken.append((perf_counter() - began) * 1_000)
    return {"p50": round(median(taken), 2), "p99": round(quantiles(taken, n=100)[98], 2), "found": round(median(found))}


def memory() -> int:
    """The most that was resident so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=200)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        search, began = TantivySearch(Path(folder)), perf_counter()
        search.rebuild(documents(chosen.documents, seed=1))
        told: dict[str, object] = {"documents": chosen.documents, "rebuild s": round(perf_counter() - began, 1)}
        told["memory MB"] = memory()
        began = perf_counter()
        search.put(documents(1, seed=2))
        told["put one ms"] = round((perf_counter() - began) * 1_000, 1)
        began = perf_counter()
        search.find(Query())
        told["first find ms"] = round((perf_counter() - began) * 1_000, 1)
        told["find ms"] = {name: timed(search, asked) for name, asked in questions(chosen.queries, seed=3).items()}
    print(json.dumps(told, indent=None if chosen.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
