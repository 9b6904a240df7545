"""A safety case report as plain data: what is declared, what the log says and what was written, in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.assurance.rules.safety.declared import Level, LogShape, Matrix, ReportShape
from marketplace.assurance.rules.safety.hazards import Rated, counts_of
from marketplace.kit.values import Value

UNRATED = "Not rated"


class Fact(Value):
    """Something the listing says of the system, under its label."""

    label: str
    text: str


def assembled(
    head: Mapping[str, Any], shape: ReportShape, matrix: Matrix, columns: LogShape, log: Sequence[Rated],
    typed: Mapping[str, str], facts: Sequence[Fact],
) -> dict[str, Any]:  # fmt: skip
    """The whole report: its head, its parts in the declared order, and the log as it stood."""
    filled = {
        "introduction": f"{head['standard']} clinical safety case report {head['number']} of {head['product']}, "
        f"version {head['version']}, by {head['organisation']}. Phase: {head['phase']}.",
        "evaluation": _evaluation(matrix, log),
        "approval": f"Approved by {head['officer']}, clinical safety officer, {head['registration']}.",
        "configuration": f"It covers version {head['version']}. Fingerprint of the log: {head['log-digest']}.",
    }
    parts = [
        {"id": part.id, "label": part.label, "text": typed.get(part.id) or filled.get(part.id, ""),
         "facts": [[fact.label, fact.text] for fact in facts] if part.id == "system" else []}
        for part in shape.parts if part.id != "hazards"
    ]  # fmt: skip
    return {
        "head": dict(head), "parts": parts, "hazards": [hazard_of(row, matrix, columns) for row in log],
        "scheme": _scheme(matrix),
        "counts": [[str(level.level), level.label, before, after] for level, before, after in counts_of(log, matrix)],
    }  # fmt: skip


def hazard_of(row: Rated, matrix: Matrix, columns: LogShape) -> dict[str, Any]:
    """A hazard in words, as people read it on a page or on paper."""
    hazard = row.hazard
    severities = {each.id: each.label for each in matrix.severities}
    likelihoods = {each.id: each.label for each in matrix.likelihoods}
    dispositions = {each.id: each.label for each in columns.dispositions}
    return {
        "number": hazard.number, "name": hazard.name, "description": hazard.description, "effect": hazard.effect,
        "causes": hazard.causes, "controls": hazard.controls,
        "added": [[kind.label, hazard.added[kind.id]] for kind in columns.controls if hazard.added.get(kind.id)],
        "before": _risk(row.before, severities.get(hazard.severity), likelihoods.get(hazard.likelihood)),
        "after": _risk(
            row.after, severities.get(hazard.residual_severity), likelihoods.get(hazard.residual_likelihood)
        ),
        "reason": hazard.reason, "action": hazard.action, "owner": hazard.owner, "state": hazard.state,
        "handed-over": hazard.handed_over, "disposition": dispositions.get(hazard.disposition, ""),
        "disposition-reason": hazard.disposition_reason,
    }  # fmt: skip


def _risk(level: Level | None, severity: str | None, likelihood: str | None) -> dict[str, Any]:
    if level is None:
        return {"level": 0, "words": UNRATED}
    return {"level": level.level, "words": f"{level.level} {level.label}: {likelihood} and {str(severity).lower()}"}


def _evaluation(matrix: Matrix, log: Sequence[Rated]) -> str:
    shown = [
        f"{level.level} ({level.label.lower()}): {before} before controls, {after} after"
        for level, before, after in counts_of(log, matrix) if before or after
    ]  # fmt: skip
    source = f"{matrix.source.document}, {matrix.source.section}"
    return f"Rated by the declared matrix, {matrix.label} ({source}). " + ("; ".join(shown) or "No hazard") + "."


def _scheme(matrix: Matrix) -> dict[str, Any]:
    """The matrix as a table, the most likely first."""
    return {
        "label": matrix.label, "source": f"{matrix.source.document}, {matrix.source.section}",
        "mark": matrix.source.mark, "note": matrix.note,
        "severities": [each.label for each in matrix.severities],
        "rows": [[each.label, *map(str, matrix.ratings[each.id])] for each in reversed(matrix.likelihoods)],
        "levels": [[str(each.level), each.label, each.says] for each in reversed(matrix.levels)],
    }  # fmt: skip
