"""Files that people bring: kept whole or not at all, under the digest of their bytes.

Words: stored, digest, limit, sniff, accepted, ending, remote part, polyglot.
Invariants: the type of a file is what its bytes say, never what its name or a browser says; a file that was cut off
leaves nothing behind; what can act (scripts, macros, remote parts) does not come in, and what goes out is inert.
"""
