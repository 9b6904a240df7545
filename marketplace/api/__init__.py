"""The JSON face: what a page can do, a program can do, under /v1.

Words: caller, token, scope, problem, page, cursor, key, answer, move, delivery.

Invariants:
- a call is one session: it commits whole at the end, or leaves nothing behind;
- a call that creates and is sent again under the same key gets the first answer, and nothing happens twice;
- whatever is refused says so as a problem (RFC 9457), with what is wrong and a way on, and never a trace.
"""
