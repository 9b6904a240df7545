"""How hazards stand by the declared matrix, what of them blocks a release or a deployment, and what a log says."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from marketplace.assurance.rules.safety.declared import Level, Matrix
from marketplace.kit.values import Value


class Risky(Protocol):
    """A hazard, as far as the rules read it."""

    number: int
    name: str
    description: str
    effect: str
    causes: str
    controls: str
    severity: str
    likelihood: str
    added: dict[str, str]
    residual_severity: str
    residual_likelihood: str
    reason: str
    action: str
    owner: str
    state: str
    handed_over: str
    origin_id: Any
    disposition: str
    disposition_reason: str


KEPT = (
    "number", "name", "description", "effect", "causes", "controls", "severity", "likelihood", "added",
    "residual_severity", "residual_likelihood", "reason", "action", "owner", "state", "handed_over", "disposition",
    "disposition_reason",
)  # fmt: skip
"""What of a hazard goes into a report, and into the fingerprint of a log."""


class Rated(Value):
    """A hazard with its risk before and after controls; None where nobody rated it."""

    hazard: Risky
    before: Level | None
    after: Level | None


class Hindrance(Value):
    """Why a log does not yet allow what is asked, and of which hazard; 0 for the log as a whole."""

    number: int
    words: str


def rated(hazard: Risky, matrix: Matrix) -> Rated:
    """How a hazard stands by the matrix."""
    return Rated(
        hazard, matrix.rated(hazard.likelihood, hazard.severity),
        matrix.rated(hazard.residual_likelihood, hazard.residual_severity),
    )  # fmt: skip


def rated_all(hazards: Iterable[Risky], matrix: Matrix) -> list[Rated]:
    return [rated(hazard, matrix) for hazard in hazards]


def counts_of(log: Iterable[Rated], matrix: Matrix) -> list[tuple[Level, int, int]]:
    """Of each level, the highest first: how many hazards stood there before controls, and how many after."""
    rows = list(log)
    before = Counter(row.before.level for row in rows if row.before)
    after = Counter(row.after.level for row in rows if row.after)
    levels = sorted(matrix.levels, key=lambda level: -level.level)
    return [(level, before[level.level], after[level.level]) for level in levels]


def hindrances(log: Iterable[Rated]) -> list[Hindrance]:
    """Why a report cannot be given out: nothing in the log, not rated, too much risk left, or no reason given for it.

    Source: DCB0129 and DCB0160, 5.1 and 6.1; what each level asks for is declared.
    """
    rows = list(log)
    if not rows:
        return [Hindrance(0, "The log is empty.")]
    return [Hindrance(row.hazard.number, words) for row in rows for words in _faults(row)]


def release_blocked(log: Iterable[Rated]) -> list[Hindrance]:
    """Hazards whose risk that is left may not be released, by what the matrix declares of its level."""
    return [_too_high(row.hazard, row.after) for row in log if row.after is not None and row.after.blocks]


def off_sale(log: Iterable[Rated]) -> list[Hindrance]:
    """Hazards because of whose risk that is left a listing on show is suspended, by what the matrix declares."""
    return [
        _too_high(row.hazard, row.after) for row in log if row.after is not None and row.after.on_sale == "suspended"
    ]


def undecided(log: Iterable[Rated]) -> list[Hindrance]:
    """Hazards that were handed over to a deployment, and on which it has not decided yet."""
    return [
        Hindrance(row.hazard.number, "It was handed over to you, and you have not decided what you do with it.")
        for row in log if row.hazard.origin_id is not None and not row.hazard.disposition
    ]  # fmt: skip


def digest_of_log(hazards: Sequence[Risky]) -> str:
    """The fingerprint of a log: the same where every line says the same."""
    return digest_of([plain(hazard) for hazard in hazards])


def digest_of(document: Any) -> str:
    """SHA-256 over JSON with sorted keys and no spaces."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(hazard: Risky) -> dict[str, Any]:
    """A hazard as plain data, as a report keeps it."""
    return {name.replace("_", "-"): getattr(hazard, name) for name in KEPT}


def changed_columns(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Which columns say something else now."""
    return [name for name in after if before.get(name) != after[name]]


def _too_high(hazard: Risky, after: Level) -> Hindrance:
    return Hindrance(hazard.number, f"{hazard.name}: the risk that is left is {after.level}, {after.label.lower()}")


def _faults(row: Rated) -> list[str]:
    hazard, found = row.hazard, []
    if row.before is None or row.after is None:
        return ["Its risk is not rated before and after controls."]
    if row.after.blocks:
        found.append(f"The risk that is left is {row.after.level}: {row.after.says.lower()}.")
    if row.after.needs_reason and not hazard.reason:
        found.append(f"The risk that is left is {row.after.level}: the clinical safety officer has to say why.")
    if hazard.state == "transferred" and not hazard.handed_over:
        found.append("It is handed over, and nothing says what the deploying organisation has to do.")
    if hazard.state == "open" and hazard.origin_id is None:
        found.append("It is open: close it, or hand it over.")
    return found
