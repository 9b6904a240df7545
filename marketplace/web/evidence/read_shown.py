"""How people read a study and a claim, as pages say it."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.evidence.models import Certainty, Consensus, Result, Study, StudyCheck
from marketplace.evidence.queries.appraisals import Read, certainty_of, is_current
from marketplace.evidence.queries.claims import Weighed
from marketplace.evidence.rules.appraising import (
    AppraisalRules,
    BiasTool,
    Checklist,
    agreement_of,
    answers_of,
    coverage_of,
    rows_of,
)
from marketplace.evidence.rules.bias import risk_of
from marketplace.evidence.rules.registrations import registered_of, slip_in
from marketplace.evidence.schemas.appraisals import OUTCOMES, WHAT
from marketplace.faces.ask import Ask
from marketplace.web.picture import strength_words

TOOL_MARKS = {"low": "met", "some-concerns": "conditions", "moderate": "conditions", "unclear": "conditions"}
CHECK_MARKS = {"found": "met", "differs": "conditions", "not-found": "not-met"}
LEVELS = {4: "high", 3: "moderate", 2: "low", 1: "very-low"}


def tool_shown(
    tool: Checklist | BiasTool, read: Read | None, rules: AppraisalRules, results: Sequence[Result] = ()
) -> dict[str, Any]:
    """A tool with what its readers agreed, what each said where both may be seen, and what still waits."""
    words = {answer.id: answer.label for answer in answers_of(tool, rules)}
    agreed = read.consensus if read and read.is_agreed else None
    return {
        "id": tool.id,
        "label": tool.label,
        "is_checklist": isinstance(tool, Checklist),
        "size": tool.size if isinstance(tool, Checklist) else "",
        "source": tool.source,
        "source_mark": tool.mark,
        "given": read.given if read else 0,
        "is_agreed": agreed is not None,
        "proposed": read is not None and read.consensus is not None and agreed is None,
        "overall": words.get(agreed.overall, "") if agreed else "",
        "mark": TOOL_MARKS.get(agreed.overall, "not-met") if agreed and agreed.overall else "unknown",
        "coverage": coverage_of(agreed.judgements, answers_of(tool, rules))
        if agreed and isinstance(tool, Checklist)
        else [],
        "reason": read.consensus.reason if read and read.consensus else "",
        "rows": _rows(tool, read, words),
        "readers": [f"{each.by.name}, {each.organisation.name}" for each in read.readings] if read else [],
        "agreement": _agreement(tool, read),
        "otherwise": _otherwise(tool, read, words, results),
    }


def result_called(result: Result) -> str:
    """A result as people tell it from the others of its study."""
    return ", ".join(filter(None, (f"{result.position}. {result.measure}", result.at_time, result.subgroup)))


def risk_for(consensus: Consensus, result: Result, rules: AppraisalRules) -> dict[str, str] | None:
    """The agreed risk of bias of one result in words; `why` says what is otherwise than of its study."""
    tool = rules.tool.get(consensus.tool)
    if tool is None:
        return None
    otherwise = consensus.by_result.get(str(result.id), {})
    found = risk_of(tool, consensus.overall, consensus.judgements, otherwise)
    words = {answer.id: answer.label for answer in answers_of(tool, rules)}
    why = "; ".join(each["reason"] for each in otherwise.values())
    return {"word": words.get(found, found), "mark": TOOL_MARKS.get(found, "not-met"), "tool": tool.label, "why": why}


def checks_shown(study: Study, checks: Mapping[str, StudyCheck]) -> list[dict[str, Any]]:
    """The DOI and the registration of a study: looked up on a day with what result, or not checked."""
    values = {"doi": study.doi, "registration": study.registration}
    return [_check(what, value, checks.get(what)) for what, value in values.items() if value]


def certainty_shown(ask: Ask, weighed: Weighed, rules: AppraisalRules) -> dict[str, Any] | None:
    """The last judgement of how certain the results behind a claim are, step by step; None where nobody judged."""
    found = certainty_of(ask.db, weighed.claim.id)
    if found is None:
        return None
    words = strength_words(ask.services.frameworks)
    return {
        "level": found.level,
        "word": words[LEVELS[found.level]],
        "start": rules.grade.start[found.start].label,
        "start_word": words[LEVELS[rules.grade.start[found.start].level]],
        "steps": _steps(found, rules),
        "by": f"{found.by.name}, {found.organisation.name}",
        "at": found.at,
        "is_current": is_current(found, weighed),
        "studies": len(found.basis),
    }


def _rows(tool: Checklist | BiasTool, read: Read | None, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each item with what each reader said of it, and what stands agreed or proposed."""
    if read is None or not (read.readings or read.consensus):
        return []
    settled = read.consensus.judgements if read.consensus else {}
    return [
        {
            "label": row.label,
            "said": [
                {
                    "word": words.get(each.judgements.get(row.id, {}).get("answer", ""), "Not said"),
                    "reason": each.judgements.get(row.id, {}).get("reason", ""),
                }
                for each in read.readings
            ],
            "settled": words.get(settled.get(row.id, {}).get("answer", ""), ""),
            "why": settled.get(row.id, {}).get("reason", ""),
        }
        for row in rows_of(tool)
    ]


def _otherwise(
    tool: Checklist | BiasTool, read: Read | None, words: Mapping[str, str], results: Sequence[Result]
) -> list[dict[str, Any]]:
    """Each result of which somebody says otherwise than of the study: domain by domain who says what."""
    if read is None:
        return []
    labels = {row.id: row.label for row in rows_of(tool)}
    said = [(f"{each.by.name}, {each.organisation.name}", each.by_result) for each in read.readings]
    if read.consensus:
        said.append(("Both" if read.is_agreed else "Proposed", read.consensus.by_result))
    rows = []
    for result in results:
        told = [
            f"{who}: {labels.get(domain, domain)}: {words.get(judged['answer'], '')}. {judged['reason']}"
            for who, by_result in said
            for domain, judged in by_result.get(str(result.id), {}).items()
        ]
        if told:
            rows.append({"result": result_called(result), "told": told})
    return rows


def _agreement(tool: Checklist | BiasTool, read: Read | None) -> str:
    if read is None or len(read.readings) != 2:
        return ""
    found = agreement_of(tool, read.readings[0].judgements, read.readings[1].judgements)
    return f"Reading apart, both said the same of {found.same} of {found.of}."


def _check(what: str, value: str, check: StudyCheck | None) -> dict[str, Any]:
    known = registered_of(value) if what == "registration" else None
    url = f"https://doi.org/{value}" if what == "doi" else known.url if known else ""
    return {
        "what": WHAT[what],
        "value": value,
        "register": known.register if known else "",
        "slip": slip_in(value) if what == "registration" else "",
        "url": url,
        "word": OUTCOMES[check.outcome] if check else "Not checked",
        "mark": CHECK_MARKS[check.outcome] if check else "unknown",
        "on": check.looked_on if check else None,
        "by": check.by.name if check and check.by else "",
        "note": check.note if check else "",
    }


def _steps(found: Certainty, rules: AppraisalRules) -> list[dict[str, Any]]:
    domains = {domain.id: domain.label for domain in (*rules.grade.down, *rules.grade.up)}
    return [
        {"label": domains.get(name, name), "steps": each["steps"], "reason": each["reason"]}
        for name, each in found.judgements.items()
    ]
