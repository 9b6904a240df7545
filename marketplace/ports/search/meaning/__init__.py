"""Nearness in meaning beside nearness in words. Needs NumPy and an embedding; everything works without it.

Words: part (a stretch of a document's text, short enough to have one meaning), row (its vector and whose it is).
Invariants: a vector only ever reorders and adds what the index itself holds; a text is embedded once.
"""
