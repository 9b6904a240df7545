"""Which criteria are asked, given what was answered: open, shut for a reason, or waiting for an earlier answer.

A shut gate skips a criterion and keeps its answer; an unanswered gate makes it wait. So taking an answer away never
makes a criterion disappear.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from marketplace.frameworks.schema.assurance import CodeGate
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.kit.values import Value


class Gating(Value):
    """Whether a criterion is asked, and why not."""

    state: Literal["open", "shut", "waiting"]
    reason: str = ""


OPEN = Gating("open")


def gatings(framework: AssuranceFramework, values: Mapping[str, Any]) -> dict[str, Gating]:
    """For each code whether it is asked; `values` are answers by question id. The order of criteria plays no part."""
    found = {criterion.code: OPEN for criterion in framework.criteria if not criterion.gates}

    def of(code: str) -> Gating:
        if code not in found:
            found[code] = _gating(framework.by_code[code], lambda gate: _gate(gate, framework, values, of))
        return found[code]

    return {criterion.code: of(criterion.code) for criterion in framework.criteria}


def _gating(criterion: Criterion, state: Callable[[CodeGate], Gating]) -> Gating:
    always = state(criterion.when)
    if not criterion.when_any or always.state == "shut":
        return always
    either = _either([state(gate) for gate in criterion.when_any])
    return always if either.state == "open" else either


def _either(some: list[Gating]) -> Gating:
    for wanted in ("open", "waiting"):
        if found := next((each for each in some if each.state == wanted), None):
            return found
    return Gating("shut", " ".join(dict.fromkeys(each.reason for each in some)))


def _gate(
    gate: CodeGate, framework: AssuranceFramework, values: Mapping[str, Any], of: Callable[[str], Gating]
) -> Gating:
    """All of its parts open; shut where any is, whatever the others wait for."""
    if not gate:
        return OPEN
    named = sorted(gate.items()) if len(gate) > 1 else gate.items()
    parts = [_part(framework.by_code[code], options, values, of(code)) for code, options in named]
    if len(parts) == 1:
        return parts[0]
    for wanted in ("shut", "waiting"):
        if found := next((each for each in parts if each.state == wanted), None):
            return found
    return OPEN


def _part(gate: Criterion, options: tuple[str, ...], values: Mapping[str, Any], own: Gating) -> Gating:
    if own.state == "waiting":
        return own
    if own.state == "open":
        if gate.question_id not in values:
            return Gating("waiting", f"Waits for the answer to {gate.code} “{gate.label}”.")
        if not options_of(values[gate.question_id]).isdisjoint(options):
            return OPEN
    return Gating("shut", f"Asked only when {gate.code} “{gate.label}” is {wanted(gate, options)}.")


def wanted(gate: Criterion, options: tuple[str, ...]) -> str:
    """The answers that open a gate, in words: “Yes” or “In part”."""
    return " or ".join(f"“{gate.question.labels[option]}”" for option in options)


def options_of(value: object) -> set[str]:
    """The options of an answer, one or several."""
    if isinstance(value, str):
        return {value}
    values = value if isinstance(value, list | tuple) else [value]
    return {each for each in values if isinstance(each, str)}
