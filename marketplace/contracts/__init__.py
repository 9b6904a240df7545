"""What was promised: terms, texts, signatures, outcomes, and how a pilot ends.

Words: template, parameter, clause, text, signature, obligation, measure, baseline, settlement, dispute.

Invariants:
- a signature covers the digest of the exact text, and a binding text is never edited: a change is a signed variation;
- measurements are only added, and the sum of all lines due always equals what rating the final data at once would give;
- a pilot has an end, and cannot pass it in silence.
"""
