"""What comes in, from forms and from JSON alike: read field by field, and told all at once where it does not hold."""

from collections.abc import Mapping
from datetime import date

from marketplace.assurance.states import OUTCOMES, SEVERITIES
from marketplace.kit.errors import Invalid
from marketplace.kit.text import clean_text, quote

LONGEST = {
    "words": 2_000, "reply": 4_000, "note": 2_000, "condition": 500, "reasons": 4_000, "reason": 2_000, "scope": 1_000,
    "grounds": 4_000,
}  # fmt: skip


def text_of(name: str, typed: str, *, needed: str = "") -> str:
    """A text as it is kept. Raises Invalid for what is too long, holds what no text should, or is missing."""
    try:
        kept = clean_text(typed, LONGEST[name])
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={name: f"{wrong.fact}. {wrong.hint}".rstrip()}) from wrong
    if needed and not kept:
        raise Invalid(f"the {name} is missing", needed, fields={name: needed})
    return kept


def outcome_of(typed: str) -> str:
    """An outcome by its id. Raises Invalid."""
    if typed not in OUTCOMES:
        told = f"Choose one of {', '.join(word.lower() for word in OUTCOMES.values())}."
        raise Invalid(f"{quote(typed)} is not an outcome", told, fields={"outcome": told})
    return typed


def severity_of(judgement: str, severity: str) -> str:
    """How much hangs on a finding, where its assessor did not say: little on a condition, much on what is not met."""
    return severity or {"met-with-conditions": "minor", "not-met": "major"}.get(judgement, "")


def finding_faults(
    judgement: str, note: str, condition: str, due_on: date | None, severity: str = "", *, today: date
) -> Mapping[str, str]:
    """What is wrong with a finding, by field: a condition says what is to be done, a refusal why."""
    wrong = {}
    if severity and severity not in SEVERITIES:
        wrong["severity"] = f"Choose one of {', '.join(word.lower() for word in SEVERITIES.values())}."
    if severity == "critical" and judgement != "not-met":
        wrong["severity"] = "What is critical is not met. Choose that, or a lesser severity."
    if judgement not in OUTCOMES:
        wrong["judgement"] = "Say whether it is met, met with a condition, or not met."
    if judgement == "met-with-conditions" and not condition:
        wrong["condition"] = "Say what the supplier has to do."
    if judgement == "not-met" and not note:
        wrong["note"] = "Say why it is not met; the supplier reads it."
    if judgement != "met-with-conditions" and condition:
        wrong["condition"] = "A condition goes with “met with conditions” alone. Choose that, or empty this."
    if due_on is not None and (judgement != "met-with-conditions" or due_on <= today):
        wrong["due-on"] = "A day goes with a condition, and is still to come."
    return wrong
