"""The declared rules, read and checked: what is asked of a product, with which answers, and where words come from.

Its words: question (kept for life), option, taxonomy (a published list of options), description (the form of a product
version), section, gate (`when`), facet, import mapping, calendar, lock (the digests of what is published), source.

Its invariants: a file that does not hold together is refused with its file and line, before anything starts; a file
that is published never changes, its next version stands beside it and names only the differences; a new filterable
question becomes a field, a check, a row of the comparison and a facet without any Python.
"""
