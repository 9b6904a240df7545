"""What a study says as plain data: what its digest covers, and what is still missing before it can be published."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

NEEDED = {
    "setting": "Where it was done",
    "population": "In whom it was done",
    "ended_on": "When it ended",
    "funder": "Who paid for it",
    "conflicts": "Conflicts of interest; write none declared where there are none",
    "summary": "What it found",
    "plain_summary": "What it found, in plain words",
}
"""What everybody reads of a published study, and cannot be left open."""


def content_digest(content: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of the canonical JSON of a study with its results."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()


def lacking(content: Mapping[str, Any], *, compares: bool, measures: bool) -> dict[str, str]:
    """What is missing before publication, by field. A design that compares says with what; one that measures, what."""
    missing = {name: f"{label} is missing." for name, label in NEEDED.items() if not content[name]}
    if compares and not content["comparator"]:
        missing["comparator"] = "What it was compared with is missing."
    if measures and not content["results"]:
        missing["results"] = "There is no result yet: add what was measured, good or bad."
    return missing


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields in which two contents differ, in order; one that only one of them has, too."""
    return [name for name in {**after, **before} if before.get(name) != after.get(name)]
