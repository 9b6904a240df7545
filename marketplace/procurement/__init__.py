"""What is wanted, found and chosen, alone or together, with the reason for each step.

Words: project, need, requirement, fit, step, lock, candidate, decision, colleague, trail.

Invariants:
- a decision, a judgement and a comment are never changed: whoever changes their mind adds another;
- what is unknown is never counted as met, and a judgement of an earlier edition is unknown for the next;
- a project is seen by its own organisation and by the colleagues named on it, and by nobody else.
"""
