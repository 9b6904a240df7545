"""Search: documents in, ranked hits with counted facets out.

Words: document, reference, query, chosen, hidden, facet, found, hit, passage, generation.
Invariants: the database is the truth and an index can be thrown away; nothing that a person types is a syntax error;
a count beside a facet value is what one gets by clicking it.
"""
