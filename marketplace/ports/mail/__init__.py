"""Mail: one message to one person, in two readings (text and simple HTML).

Words: message, kind, key, letter, sender, unsent, delivered.
Invariants: nothing in a message can add a header or a second reader; the same key always gives the same Message-ID, so
that a mail sent twice is recognised; a mail that could not be handed over is never taken for sent.
"""
