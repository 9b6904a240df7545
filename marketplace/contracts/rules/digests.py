"""One way to write plain data as bytes, and their digest: whoever has the data works out the same."""

import hashlib
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """Plain data as canonical JSON. Source: RFC 8785."""
    return rfc8785.dumps(value)


def digest_of(value: Any) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
