"""What was before, beside a criterion on the workbench: the last version's answer and decision; and notes on it."""

from typing import Any

from marketplace.assurance.models import Basis, Case
from marketplace.assurance.queries.cases import LOADED, framework_of
from marketplace.assurance.queries.checks import notes_of
from marketplace.assurance.queries.delta import carried_in
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.states import OUTCOMES
from marketplace.faces.ask import Ask
from marketplace.web.assurance.case_parts import Bench
from marketplace.web.assurance.showing import shown_answer


def past_of(ask: Ask, case: Case, bench: Bench, code: str) -> dict[str, Any]:
    """What the case goes on from, as far as this criterion is concerned; and the notes of its assessors."""
    notes = notes_of(ask.db, case)
    finding = bench.papers.findings.get(code)
    basis = ask.db.get(Basis, case.id)
    return {
        "notes": [{"words": each.words, "at": each.at, "by": each.by.name if each.by else ""} for each in notes[code]],
        "noted": sorted(each for each in notes if notes[each]),
        "past": _past(ask, bench, basis, code) if basis is not None else None,
        "is_carried": finding is not None and basis is not None and finding.id in carried_in(ask.db, case.id),
    }


def _past(ask: Ask, bench: Bench, basis: Basis, code: str) -> dict[str, Any]:
    """The earlier case: its answer to this criterion, what was found of it, and why it is looked at again."""
    earlier = ask.db.get_one(Case, basis.earlier_id, options=LOADED)
    framework = framework_of(ask.services.frameworks, earlier)
    reopened = basis.reopened.get(code, "")
    values: dict[str, Any] = {
        "ref": earlier.ref, "number": earlier.version.number, "outcome": OUTCOMES.get(earlier.outcome, ""),
        "reopened": reopened, "answer": None, "found": "", "note": "", "is_same": False,
    }  # fmt: skip
    if code not in framework.by_code:
        return values
    papers = papers_of_case(ask.db, earlier, framework, answers_at=earlier.answers_at)
    name = framework.by_code[code].question_id
    finding = papers.findings.get(code)
    return {
        **values, "answer": shown_answer(framework, papers.given, name), "note": finding.note if finding else "",
        "found": OUTCOMES[finding.judgement] if finding else "",
        "is_same": papers.seen(name) == bench.papers.seen(bench.framework.by_code[code].question_id),
    }  # fmt: skip
