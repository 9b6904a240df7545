"""Meaning as numbers: texts in, vectors of one length out, so that near vectors mean near things.

Words: vector, piece (a part of a word that the model knows), model.
Invariants: nothing is fetched at run time; the same text gives the same vector; everything works without it.
"""
