"""What proves it: studies, evaluations and pilots of products, and their results.

Words: study, result, effect, interval, comparator, population, independence, certainty, retraction, summary.

Invariants:
- a published study is never edited in silence: it is changed with a reason, corrected or retracted, and stays readable;
- who paid for a study and who ran it is told wherever the study is told;
- results of differing designs are shown on one scale and never pooled here.
"""
