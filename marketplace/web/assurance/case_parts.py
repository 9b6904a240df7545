"""The parts of the page of a case, in plain values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketplace.assurance.actions.assessing import SEATS
from marketplace.assurance.actions.deciding import Judged, conditions_of
from marketplace.assurance.models import Case, Clarification
from marketplace.assurance.policies import seat_of
from marketplace.assurance.queries.bodies import able_people
from marketplace.assurance.queries.cases import Stood, declarations_of, declared_by, opinions_of
from marketplace.assurance.queries.certificates import certificate_of_case
from marketplace.assurance.queries.given import Papers
from marketplace.assurance.rules.verdicts import WORDS
from marketplace.assurance.rules.wording import asked_when, passing
from marketplace.assurance.states import OUTCOMES, SEVERITIES
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value
from marketplace.web.assurance.showing import MARKS, Status, case_status, clock_in_words, shown_answer, status_of
from marketplace.web.assurance.showing import conditions_of as shown_conditions
from marketplace.web.catalogue.declaring import day_typed

STAGES = {"first": "First assessor", "second": "Second assessor", "third": "Third assessor"}
SAYS = {"first": "proposed", "second": "said", "third": "settled"}


class Bench(Value):
    """What lies on the workbench: the framework, the papers, what they come to, and what is not judged yet."""

    framework: AssuranceFramework
    papers: Papers
    judged: Judged
    open: tuple[str, ...]

    @property
    def first_open(self) -> str:
        """The first criterion that nobody has judged; the first that counts where all are."""
        counted = [each.criterion.code for each in self.judged.verdict.criteria if each.counts]
        return self.open[0] if self.open else (counted[0] if counted else self.framework.criteria[0].code)


def facts_of(ask: Ask, case: Case, then: Stood, *, is_past: bool) -> dict[str, Any]:
    """What stands above the workbench, and is all that there is while the papers are closed."""
    seat, free = seat_of(ask.by, case), SEATS.get(case.state)
    people = {"first": case.first_assessor, "second": case.second_assessor, "third": case.third_assessor}
    declared = declared_by(ask.db, case, ask.by.person_id)
    is_free = free is not None and people[free] is None
    return {
        "case": {"ref": case.ref, "name": case.version.name, "number": case.version.number, "scope": case.scope,
                 "supplier": case.supplier.name, "product_ref": case.product.ref, "body": case.body.name},
        "framework": {"id": case.framework_id, "label": ask.services.frameworks.assurance_versions[
            case.framework_id, case.framework_version].label},
        "status": case_status(case, then.state),
        "clock": clock_in_words(then.clock) if case.ended_at is None else "",
        "seats": [{"label": STAGES[stage], "name": person.name} for stage, person in people.items() if person],
        "seat": seat,
        "must_declare": bool(seat) and (declared is None) and case.ended_at is None and not is_past,
        "free": free if is_free and not is_past else "",
        "colleagues": _colleagues(ask, case) if is_free else [],
        "declarations": [
            {"by": each.person.name, "text": each.words or "No conflict of interest", "at": each.at}
            for each in declarations_of(ask.db, case)
        ],
        "on": day_in_london(then.at) if is_past else None,
        "applied_on": day_in_london(case.applied_at),
        "typed": {name: ask.form.one(name) for name in ("conflict", "words", "outcome", "reasons", "person")},
    }  # fmt: skip


def marks_of(bench: Bench, case: Case, code: str, ask: Ask) -> list[dict[str, Any]]:
    """The list on the left: each criterion that is asked, with what was found, or what the rule says."""
    on = f"&on={ask.query.one('on')}" if ask.query.one("on") else ""
    found: list[dict[str, Any]] = []
    for section in sorted(bench.framework.sections, key=lambda each: each.assessed == "context"):
        own = [each for each in bench.judged.verdict.criteria if each.criterion.section == section.id]
        rows = [
            {"code": each.criterion.code, "label": each.criterion.label, "is_here": each.criterion.code == code,
             "url": f"/cases/{case.ref}?at={each.criterion.code}{on}", "status": _mark(bench, each.criterion.code)}
            for each in own if each.status != "skipped"
        ]  # fmt: skip
        if rows:
            found.append({"label": section.title, "rows": rows})
    return found


def focus_of(ask: Ask, bench: Bench, code: str, asked: Sequence[Clarification], *, works: bool) -> dict[str, Any]:
    """The criterion in the middle: what is asked, answered and found, and the way to the ones before and after."""
    criterion = bench.framework.by_code[code]
    verdict = next(each for each in bench.judged.verdict.criteria if each.criterion.code == code)
    codes = [each.criterion.code for each in bench.judged.verdict.criteria if each.status != "skipped"]
    here = codes.index(code) if code in codes else -1
    finding = bench.papers.findings.get(code)
    given = bench.papers.given.get(criterion.question_id)
    typed = ask.form.one("judgement"), ask.form.one("note"), ask.form.one("condition")
    kept = (finding.judgement, finding.note, finding.condition) if finding else ("", "", "")
    judgement, note, condition = typed if ask.form.one("code") == code else kept
    return {
        "criterion": criterion,
        "verdict": {"status": status_of(verdict), "reason": verdict.reason, "until": verdict.until},
        "answer": shown_answer(bench.framework, bench.papers.given, criterion.question_id),
        "dated": given.dated if given else None,
        "passes": passing(criterion), "asked_when": asked_when(criterion, bench.framework),
        "severities": [{"value": key, "label": label} for key, label in SEVERITIES.items()],
        "finding": {"judgement": judgement, "note": note, "condition": condition,
                    "severity": ask.form.one("severity") or (finding.severity if finding else ""),
                    "due_on": day_typed(ask.form, "due-on") or (finding.due_on if finding else None)},
        "found_at": finding.at if finding else None,
        "judgements": [{"value": key, "label": label} for key, label in OUTCOMES.items()],
        "works": works and verdict.counts,
        "may_ask": works and bench.framework.by_code[code].who == "supplier",
        "previous": codes[here - 1] if here > 0 else "",
        "next": codes[here + 1] if 0 <= here < len(codes) - 1 else "",
        "asked": [each for each in asked if each.code == code],
        "asked_elsewhere": [each for each in asked if each.code != code],
        "words": ask.form.one("words"),
    }  # fmt: skip


def ends_of(ask: Ask, case: Case, bench: Bench, *, at: datetime, is_past: bool) -> dict[str, Any]:
    """What the case comes to: the verdict so far, opinions given, and the form for the one who speaks next."""
    speaks = {"in-assessment": "first", "proposed": "second", "disagreed": "third"}.get(case.state, "")
    opinions = opinions_of(ask.db, case, at=at)
    verdict = bench.judged.verdict
    certificate = certificate_of_case(ask.db, case.id)
    return {
        "came_to": {"status": Status(WORDS[verdict.status], MARKS[verdict.status]), "cause": verdict.cause,
                    "until": verdict.until, "until_cause": verdict.until_cause},
        "open_codes": bench.open,
        "conditions": shown_conditions(conditions_of(bench.judged)),
        "opinions": [
            {"label": f"{each.person.name} ({STAGES[each.stage].lower()}) {SAYS[each.stage]}: "
                      f"{OUTCOMES[each.outcome].lower()}", "text": each.reasons, "at": each.at, "seen": each.seen}
            for each in opinions
        ],
        "speaks": speaks if speaks and not is_past and seat_of(ask.by, case) == speaks else "",
        "proposed": opinions[0].outcome if opinions else "",
        "outcomes": [{"value": key, "label": label} for key, label in OUTCOMES.items()],
        "certificate": certificate.ref if certificate is not None and certificate.issued_at <= at else "",
    }  # fmt: skip


def _mark(bench: Bench, code: str) -> Status:
    finding = bench.papers.findings.get(code)
    verdict = next(each for each in bench.judged.verdict.criteria if each.criterion.code == code)
    if finding is not None:
        return status_of(verdict)
    if verdict.counts and verdict.status == "met":
        return Status("To judge", "submitted")
    return status_of(verdict) if verdict.counts else Status("Read", "unknown")


def _colleagues(ask: Ask, case: Case) -> list[dict[str, str]]:
    """Who else of the body could have the free seat, whoever has the least to do first."""
    taken = {case.first_assessor_id, case.second_assessor_id, ask.by.person_id}
    able = able_people(ask.db, case.body_id, case.framework_id, case.supplier_id, on=day_in_london(ask.at))
    return [
        {"value": str(each.person.id), "label": f"{each.person.name} ({each.open_cases} open)"}
        for each in able if not each.hindrance and each.person.id not in taken
    ]  # fmt: skip
