"""The demonstration: invented people, products and projects, played through the same actions that everybody uses.

Words: scene (something that somebody did at a moment), stage (who and what the scenes speak of), content (what is
declared in frameworks/demonstration).

Invariants:
- nothing is inserted: every row follows from an action, asked by the actor who could have asked it;
- what is there already is left alone, so playing it again changes nothing;
- everything is marked as a demonstration, and nobody in it has a password.
"""

from marketplace.demonstration.play import play

__all__ = ["play"]
