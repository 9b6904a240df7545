"""What an edition is as everybody reads it, as one digest: the record keeps it from the day of publication."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

CHANGES = {
    "first": "First edition",
    "correction": "Correction of the description alone",
    "fix": "New version: faults mended",
    "same-model": "New version: same model, new functions",
    "new-model": "New version: another model",
}


def edition_digest(*, edition: int, name: str, number: str, described: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of the canonical JSON of an edition."""
    shown: Any = {"edition": edition, "name": name, "number": number, "answers": dict(described)}
    return hashlib.sha256(rfc8785.dumps(shown)).hexdigest()
