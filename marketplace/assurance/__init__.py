"""What holds up, against which declared framework, on which day, and who decided so.

Words: answer, criterion, gate, finding, case, clarification, conflict, certificate, condition, reuse.

Invariants:
- a status is worked out from dated parts on the day that somebody asks, never stored as a word;
- nobody decides alone or on what their own organisation supplies, and conflicts are declared before papers open;
- answers, findings and decisions are only added to, and name documents by digest: a case reads as it stood on any day.
"""
