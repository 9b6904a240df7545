"""From concepts to queries of the engine: what a document must have, and what makes it better."""

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from math import ceil

from tantivy import Occur, Query

from marketplace.ports.search.asked import facet_field, key_of, sound
from marketplace.ports.search.near import Near
from marketplace.ports.search.tantivy.schema import VALUE_MARK, product_schema
from marketplace.ports.search.tantivy.understanding import Concept, Understood, Unit
from marketplace.ports.search.thesaurus import Phrase

TITLE = 1.0
"""What a word in the title counts against the same word anywhere in the text, title included."""
SECOND_BEST = 0.3
"""How much of the lesser of the two is added to the better."""
NEIGHBOURS = 0.4
"""What two words next to each other, in the order typed, add."""
SYNONYM = 0.8
EXACT_NAME = 1_000.0
BEGUN_IN_TITLE, BEGUN = 3.0, 1.0
"""What an unfinished word adds where a word of the title, or of the text, begins like it."""
FEW = 4
"""Up to so many words, all sets of words that are enough are written out: quicker than counting."""

MUST, SHOULD, NOT = Occur.Must, Occur.Should, Occur.MustNot


def matching(understood: Understood, *, share: float) -> Query:
    """Documents with at least `share` of the weight of the words; another phrase stands for the whole concept."""
    clauses = [(has(unit, concept.others), unit.weight) for concept in understood.concepts for unit in concept.units]
    clauses += [(phrases_anywhere(concept.others), 1) for concept in understood.concepts if not concept.units]
    return enough(clauses, need=max(1, ceil(share * sum(weight for _, weight in clauses) - 1e-9)))


def enough(clauses: Sequence[tuple[Query, int]], *, need: int) -> Query:
    """Documents whose clauses weigh at least `need` together."""
    if not clauses:
        return Query.empty_query()
    if len(clauses) > FEW:
        repeated = [(SHOULD, query) for query, weight in clauses for _ in range(weight)]
        return Query.boolean_query(repeated, need)
    return any_of([all_of([clauses[i][0] for i in each]) for each in least_sets([w for _, w in clauses], need=need)])


def least_sets(weights: Sequence[int], *, need: int) -> list[tuple[int, ...]]:
    """Every set of places that weighs enough and of which none can be spared."""
    places = range(len(weights))
    heavy = [
        each
        for size in range(1, len(weights) + 1)
        for each in combinations(places, size)
        if sum(weights[i] for i in each) >= need
    ]
    return [each for each in heavy if not any(set(other) < set(each) for other in heavy)]


def has(unit: Unit, others: Iterable[Phrase]) -> Query:
    """Documents with the word, or with another phrase; a phrase that holds the word says nothing more."""
    found = [term("all", stem) for stem in unit.roots]
    if unit.begins:
        found.append(begins("words", unit.begins))
    word = any_of(found)
    return any_of([*found, *(instead(word, other) for other in others if not set(other) & set(unit.roots))])


def instead(word: Query, other: Phrase) -> Query:
    """The phrase where the word is not: places are dear to compare, so they are where nothing cheaper decides."""
    stands = together([term("all", stem) for stem in other], never=[word])
    return all_of([stands, phrase("all", other)]) if len(other) > 1 else phrase("all", other)


def phrases_anywhere(others: Iterable[Phrase]) -> Query:
    return any_of([phrase("all", other) for other in others])


def ranking(understood: Understood) -> list[Query]:
    """What adds to a document's score: its words, words that stand together, and above all a name that is the query."""
    scores = [concept_score(concept) for concept in understood.concepts]
    near = [neighbours(one, other) for one, other in pairwise(understood.units) if one.roots and other.roots]
    exact = Query.const_score_query(term("names", understood.name), EXACT_NAME)
    return [*scores, *near, exact] if understood.name else [*scores, *near]


def concept_score(concept: Concept) -> Query:
    said = [any_of([unit_score(unit) for unit in concept.units])] if concept.units else []
    others = [Query.boost_query(phrase_score(other), SYNONYM) for other in concept.others]
    return best_of([*said, *others])


def unit_score(unit: Unit) -> Query:
    scores = [phrase_score((stem,)) for stem in unit.roots]
    if unit.begins:
        scores.append(Query.const_score_query(begins("heading", unit.begins), BEGUN_IN_TITLE))
        scores.append(Query.const_score_query(begins("words", unit.begins), BEGUN))
    return best_of(scores)


def phrase_score(words: Phrase) -> Query:
    in_title = Query.boost_query(phrase("title", words), TITLE)
    return Query.disjunction_max_query([in_title, phrase("all", words)], SECOND_BEST)


def neighbours(one: Unit, other: Unit) -> Query:
    apart = other.place - one.place
    together = Query.phrase_query(product_schema(), "all", [(0, one.roots[0]), (apart, other.roots[0])])
    return Query.boost_query(together, NEIGHBOURS)


def in_title(understood: Understood) -> Query:
    """Titles that have every word, the finished ones in full; a title that begins with the words comes first."""
    units = understood.units
    if not units:
        return Query.empty_query()
    had = [any_of([*(term("title", stem) for stem in unit.roots), *heads(unit)]) for unit in units]
    return together(had, better=[unit_score(unit) for unit in units])


def heads(unit: Unit) -> list[Query]:
    return [begins("heading", unit.begins)] if unit.begins else []


def chosen(facet: str, values: Iterable[str]) -> Query:
    """Documents with one of the values; scores nothing."""
    return Query.const_score_query(
        any_of([term(f"facets.{facet_field(facet)}", VALUE_MARK + sound(one)) for one in values]), 0.0
    )


def keyed(near: Iterable[Near]) -> Query:
    """Documents found by what they mean; scores nothing."""
    keys = Query.term_set_query(product_schema(), "key", [each.key for each in near])
    return Query.const_score_query(keys, 0.0)


def among(refs: Iterable[str]) -> Query:
    """Documents of these refs; scores nothing."""
    keys = Query.term_set_query(product_schema(), "key", [key_of(ref) for ref in refs])
    return Query.const_score_query(keys, 0.0)


def together(must: Iterable[Query], *, better: Iterable[Query] = (), never: Iterable[Query] = ()) -> Query:
    clauses = (
        [(MUST, query) for query in must] + [(SHOULD, query) for query in better] + [(NOT, query) for query in never]
    )
    return Query.boolean_query(clauses)


def term(field: str, text: str) -> Query:
    return Query.term_query(product_schema(), field, text)


def phrase(field: str, words: Phrase) -> Query:
    return term(field, words[0]) if len(words) == 1 else Query.phrase_query(product_schema(), field, list(words))


def begins(field: str, text: str) -> Query:
    return Query.fuzzy_term_query(product_schema(), field, text, distance=0, prefix=True)


def any_of(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(SHOULD, query) for query in queries])


def all_of(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(MUST, query) for query in queries])


def best_of(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries), 0.0)
