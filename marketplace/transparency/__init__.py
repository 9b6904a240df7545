"""What the public may see: which contract, what was promised, what happened, what was paid.

Words: register, entry, promise, redaction, recompute.

Invariants:
- the public sees contracts from their signature on, and nothing of anybody's person;
- what is left out says so, with the reason and until when;
- every number names its source and can be worked out again by anybody.
"""
