"""From a query to the JSON that the server takes, and from its answer to what was meant. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marketplace.ports.search.asked import facet_field, key_of, place_of, required, sort_of, sound
from marketplace.ports.search.passages import in_one_line
from marketplace.ports.search.port import SORTS, Hit, Query
from marketplace.ports.search.thesaurus import Thesaurus
from marketplace.ports.search.words import Word, edits_allowed, edits_between, folded, read, rewritten, telling

MOST_WORDS = 10
"""The server reads no more of a search."""
CROPPED_TO = 40
"""Words of a passage."""
MARK, END = "\ue000", "\ue001"
"""Stand around what matched: characters that no text of ours has."""

MARKED = re.compile(f"{MARK}([^{END}]*){END}")


def wanted(text: str, thesaurus: Thesaurus) -> tuple[Word, ...]:
    """The words that are asked for: those that say something, and all of a known phrase."""
    words = read(text)
    spans = thesaurus.spans([word.text for word in words])
    known = {words[at] for span in spans for at in range(span.start, span.end)}
    said = set(telling(words))
    return tuple(word for word in words if word in known or word in said)[:MOST_WORDS]


def search_of(
    query: Query, words: Sequence[Word], *, index: str, strategy: str, facets: Sequence[str] = (),
    only: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The whole question, narrowed by the filters of `only` too. Without words, relevance means newest first."""
    sort = sort_of(query)
    ends = {"highest": "desc", "lowest": "asc"}
    return {
        "indexUid": index,
        "q": typed(words, unfinished=query.typing and not query.words.endswith(" ")),
        "filter": [*filters(query), *only],
        "facets": [f"facets.{facet_field(facet)}" for facet in facets],
        "sort": [f"{sort}:{ends[SORTS[sort]]}"] if sort in SORTS else [],
        "offset": place_of(query),
        "limit": max(0, query.limit),
        "matchingStrategy": strategy,
        "showRankingScore": True,
        "attributesToRetrieve": ["ref", "stored"],
        "attributesToCrop": ["text"] if words else [],
        "cropLength": CROPPED_TO,
        "cropMarker": "…",
        "attributesToHighlight": ["names", "text"] if words else [],
        "highlightPreTag": MARK,
        "highlightPostTag": END,
    }


def typed(words: Sequence[Word], *, unfinished: bool) -> str:
    """A space at the end says that the last word is finished."""
    return " ".join(word.text for word in words) + ("" if unfinished or not words else " ")


def filters(query: Query) -> list[str]:
    chosen = [within(facet, values) for facet, values in sorted(required(query).items())]
    costs = [among(query.costs.within())] if query.costs and query.costs.is_limit else []
    hidden = ["NOT " + within(facet, values) for facet, values in sorted(query.hidden.items()) if values]
    return [*chosen, *costs, *hidden]


def among(refs: Iterable[str]) -> str:
    """Documents of these refs."""
    return f"key IN [{', '.join(f'{chr(34)}{key_of(ref):016x}{chr(34)}' for ref in refs)}]"


def within(facet: str, values: Iterable[str]) -> str:
    return f"facets.{facet_field(facet)} IN [{', '.join(map(quoted, sorted(values)))}]"


def quoted(value: str) -> str:
    return '"' + sound(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def answers_in(told: Mapping[str, Any], count: int) -> list[Mapping[str, Any]]:
    """One answer for each question asked. Raises KeyError or ValueError where the server left something out."""
    answers = list(told["results"])
    if len(answers) != count:
        raise ValueError(f"{count} searches were asked and {len(answers)} answered")
    for answer in answers:
        int(answer["estimatedTotalHits"])
        for hit in answer["hits"]:
            float(hit["_rankingScore"]), hit["ref"], hit["stored"]
    return answers


def refs_in(told: Mapping[str, Any]) -> list[str]:
    """The refs of a search that asked for nothing else."""
    return [str(hit["ref"]) for hit in told["hits"]]


def counts_of(answer: Mapping[str, Any], facet: str) -> dict[str, int]:
    """Value -> count, most frequent first."""
    told = (answer.get("facetDistribution") or {}).get(f"facets.{facet_field(facet)}") or {}
    return dict(
        sorted(((str(value), int(count)) for value, count in told.items()), key=lambda each: (-each[1], each[0]))
    )


def hit_of(hit: Mapping[str, Any]) -> Hit:
    return Hit(str(hit["ref"]), float(hit["_rankingScore"]), hit["stored"], passage_of(hit))


def passage_of(hit: Mapping[str, Any]) -> str | None:
    """The place of the text that matched; None when only the title did."""
    shown = str((hit.get("_formatted") or {}).get("text") or "")
    return in_one_line(unmarked(shown)) if MARK in shown else None


def unmarked(text: str) -> str:
    return text.replace(MARK, "").replace(END, "")


def matched(hits: Iterable[Mapping[str, Any]]) -> set[str]:
    """The words, folded, that made these hits hits."""
    shown = [hit.get("_formatted") or {} for hit in hits]
    texts = [str(text) for part in shown for text in [part.get("text") or "", *(part.get("names") or [])]]
    return {folded(found[1]) for text in texts for found in MARKED.finditer(text)}


def corrected(text: str, words: Sequence[Word], found: set[str]) -> str | None:
    """What was searched instead, told by what matched: a word that stands nowhere was read as its neighbour."""
    meant = {word: near for word in words if (near := nearest(word.text, found))}
    return rewritten(text, meant) if meant else None


def nearest(word: str, found: set[str]) -> str | None:
    """None when the word itself was found, or nothing within its typos was."""
    if any(each.startswith(word) for each in found):
        return None
    near = [(edits_between(word, each), each) for each in found]
    likely = min((each for each in near if each[0] <= edits_allowed(word)), default=None)
    return likely[1] if likely else None
