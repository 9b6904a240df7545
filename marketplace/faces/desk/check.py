"""`desk check`: a framework and answers give the verdict on a day, with the reason of each part."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import WORDS, CriterionVerdict, Finding, Given, Judgement, Verdict
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.answers import clean
from marketplace.frameworks.answers.quantities import FIRST_YEAR, LAST_YEAR
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.kit.calendar import in_words, parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

KNOWN = ("framework", "version", "day", "answers")
PARTS = ("value", "documents", "dated", "finding")
FOUND = ("judgement", "note", "condition", "due-on")
JUDGEMENTS = ("met", "met-with-conditions", "not-met")
MOST_DOCUMENTS = 50


class Typed(Value):
    """One answer as it was typed: whose criterion it is, and under which name it was given."""

    name: str
    criterion: Criterion
    parts: Mapping[str, Any]


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """The verdict on a day. Raises Invalid, naming every answer that does not hold."""
    _refuse_strangers(given, KNOWN)
    framework = _framework(given, frameworks)
    if "day" not in given:
        raise Invalid("the day is missing", "Give day, such as day: 2026-11-24.")
    on = _day(given["day"], "day")
    verdict = judge(framework, _answers(given.get("answers", {}), framework), on=on)
    return Worked(f"{framework.label} on {in_words(on)}", _rows(verdict), _document(framework, verdict, on))


def _framework(given: Mapping[str, Any], frameworks: Frameworks) -> AssuranceFramework:
    name = str(given.get("framework", ""))
    if name not in frameworks.assurance:
        raise Invalid(f"{quote(name)} is not a framework", f"Use one of {', '.join(frameworks.assurance)}.")
    newest = frameworks.assurance[name]
    version = given.get("version", newest.version)
    found = frameworks.assurance_versions.get((name, version)) if isinstance(version, int) else None
    if found is None:
        raise Invalid(f"{quote(str(version))} is not a version of {name}", f"Use a number up to {newest.version}.")
    return found


def _answers(raw: Any, framework: AssuranceFramework) -> dict[str, Given]:
    """By question id. Answers may be named by code or by question, as a bare value or with documents and date."""
    if not isinstance(raw, dict):
        raise Invalid("answers are no named values", 'Write lines such as `C3.2: "no"`.')
    typed = [_typed(str(name), value, framework) for name, value in raw.items()]
    values, errors = clean(framework.form, {each.criterion.question_id: each.parts["value"] for each in typed})
    if errors:
        named = {each.criterion.question_id: each.name for each in typed}
        fields = {named.get(field.partition(".")[0], field): text for field, text in errors.items()}
        raise Invalid("some answers do not hold", "Mend those that are named.", fields=fields)
    return {
        each.criterion.question_id: _given(each, values[each.criterion.question_id])
        for each in typed
        if each.criterion.question_id in values
    }


def _typed(name: str, value: Any, framework: AssuranceFramework) -> Typed:
    criterion = framework.by_code.get(name) or framework.by_question.get(name)
    if criterion is None or criterion.known:
        raise Invalid(f"{quote(name)} is not asked by {framework.label}", "Name a code, such as C3.3, or a question.")
    parts = value if isinstance(value, dict) else {"value": value}
    _refuse_strangers(parts, PARTS)
    said = parts.get("value")
    return Typed(
        name, criterion, {**parts, "value": {True: "yes", False: "no"}[said] if isinstance(said, bool) else said}
    )


def _given(typed: Typed, value: Any) -> Given:
    dated = typed.parts.get("dated")
    return Given(
        value,
        documents=_documents(typed.parts.get("documents", 0), typed.name),
        dated=None if dated is None else _day(dated, f"{typed.name}: dated"),
        finding=_finding(typed.parts["finding"], typed.name) if "finding" in typed.parts else None,
    )


def _documents(raw: Any, name: str) -> tuple[str, ...]:
    """Names of documents, or how many there are."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= MOST_DOCUMENTS:
        return tuple(f"document {number}" for number in range(1, raw + 1))
    if isinstance(raw, list) and len(raw) <= MOST_DOCUMENTS and all(isinstance(each, str) and each for each in raw):
        return tuple(raw)
    raise Invalid(f"{name}: {quote(str(raw))} are no documents", f"Give a number up to {MOST_DOCUMENTS}, or names.")


def _finding(raw: Any, name: str) -> Finding:
    if not isinstance(raw, dict) or raw.get("judgement") not in JUDGEMENTS:
        raise Invalid(f"{name}: the finding has no judgement", f"Give judgement, one of {', '.join(JUDGEMENTS)}.")
    _refuse_strangers(raw, FOUND)
    due = raw.get("due-on")
    return Finding(
        cast("Judgement", raw["judgement"]),
        note=str(raw.get("note", "")),
        condition=str(raw.get("condition", "")),
        due_on=None if due is None else _day(due, f"{name}: due-on"),
    )


def _refuse_strangers(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    if strangers := sorted(str(name) for name in given if name not in known):
        raise Invalid(f"{quote(strangers[0])} is not asked for", f"Give {', '.join(known)}.")


def _day(value: Any, name: str) -> date:
    day = value if type(value) is date else parse_day(str(value))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(f"{name}: {day} is not in a year from {FIRST_YEAR} to {LAST_YEAR}", "Check the year.")
    return day


def _rows(verdict: Verdict) -> list[tuple[str, str, str]]:
    """The whole first, then each part that is assessed."""
    rows = [("Verdict", WORDS[verdict.status], verdict.cause)]
    if verdict.until is not None:
        rows.append(("First part to end", in_words(verdict.until), verdict.until_cause))
    rows += [
        (f"{each.section.label}: fulfilled", f"{each.met} of {each.asked}", "Told, and decides nothing")
        for each in verdict.scores
    ]
    return rows + [_row(each) for each in verdict.criteria if each.criterion.assessed != "context"]


def _row(part: CriterionVerdict) -> tuple[str, str, str]:
    until = f" Holds until {in_words(part.until)}." if part.until is not None and part.status != "expired" else ""
    return f"{part.criterion.code} {part.criterion.label}", WORDS[part.status], part.reason + until


def _document(framework: AssuranceFramework, verdict: Verdict, on: date) -> dict[str, Any]:
    return {
        "framework": framework.id,
        "version": framework.version,
        "edition": framework.edition,
        "day": on.isoformat(),
        "status": verdict.status,
        "cause": verdict.cause,
        "until": _iso(verdict.until),
        "until-cause": verdict.until_cause,
        "scores": [{"section": each.section.id, "met": each.met, "asked": each.asked} for each in verdict.scores],
        "criteria": [
            {
                "code": each.criterion.code,
                "question": each.criterion.question_id,
                "status": each.status,
                "reason": each.reason,
                "until": _iso(each.until),
            }
            for each in verdict.criteria
        ],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


EXAMPLE = """\
framework: dtac
day: 2026-11-24
answers:
  C1.1.1: "no"
  C1.2: "yes"
  C1.2.2: "yes"
  C1.2.3: {value: provided, documents: 1}
  C1.2.4: {value: provided, documents: [safety case report, hazard log]}
  C1.2.5: {value: "Dr A. Example, anaesthetist, GMC 0000000", dated: 2027-06-30}
  C2.1: {value: confirmed, dated: 2026-06-12}
  C2.2: "yes"
  C2.2.1: {value: provided, documents: 1, dated: 2026-02-28}
  C2.2.2: {value: provided, documents: 1}
  C2.2.3: {value: provided, documents: 1}
  C2.2.4: {value: provided, documents: 1}
  C2.2.5: "no"
  C3.1: {value: provided, documents: 1, dated: 2026-03-03}
  C3.2: "no"
  C3.3: {value: provided, documents: 1, dated: 2025-11-23}
  C3.3a: 5.3
  C3.4: confirmed
  C3.5: "yes"
  C3.5.1: "yes"
  C3.6: "yes"
  C4.1: "no"
  C4.2: "yes"
  C4.2.1: "yes"
  C4.2.2: "yes"
  C4.2.4: not-patient-facing
"""

CALCULATOR = Calculator(
    name="check",
    label="Check answers against a framework",
    text=(
        "Which criteria hold on a day, which are skipped and why, and what ends first. The example has a penetration "
        "test of 366 days ago. Documents are counted and not read."
    ),
    source="DTAC 2.0, form of 24 February 2026, as declared under /frameworks",
    example=EXAMPLE,
    work=work,
)
