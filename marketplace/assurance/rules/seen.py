"""What somebody saw, as one digest: a finding points at an answer by it, a decision at everything there was."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import rfc8785


def digest_of_answer(value: Any, dated: date | None, documents: Sequence[str]) -> str:
    """The SHA-256, in hex, of an answer with its date and the digests of the documents behind it, in any order."""
    seen: Any = {"value": value, "dated": dated.isoformat() if dated else None, "documents": sorted(documents)}
    return hashlib.sha256(rfc8785.dumps(seen)).hexdigest()


def digest_of_case(
    *, framework: str, version: int, product: str, number: str, answers: Mapping[str, str], findings: Mapping[str, str]
) -> str:
    """The SHA-256, in hex, of a case: its framework, the product's version, each answer and finding by its digest."""
    seen: Any = {
        "framework": framework, "version": version, "product": product, "number": number,
        "answers": dict(answers), "findings": dict(findings),
    }  # fmt: skip
    return hashlib.sha256(rfc8785.dumps(seen)).hexdigest()
