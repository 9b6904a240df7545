"""The workbench of a case: criteria with their state, the answer with its finding, the documents behind it."""

from datetime import datetime

from marketplace.assurance.actions.assessing import WORKS, ask_clarification, find
from marketplace.assurance.actions.deciding import Judged, unjudged
from marketplace.assurance.actions.notes import keep_note
from marketplace.assurance.models import Case
from marketplace.assurance.policies import may_assess, may_open_papers, seat_of
from marketplace.assurance.queries.cases import (
    clarifications_of,
    declared_by,
    find_case,
    framework_of,
    stood,
)
from marketplace.assurance.queries.given import papers_of_case, seen_in_case
from marketplace.assurance.rules.judging import judge
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london, hours_of_london, parse_day
from marketplace.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from marketplace.web.assurance.case_parts import Bench, ends_of, facts_of, focus_of, marks_of
from marketplace.web.assurance.case_past import past_of
from marketplace.web.assurance.papers import document_facts
from marketplace.web.catalogue.declaring import read_day
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.keeping import with_kept

ASSESS = Permission.ASSURANCE_ASSESS


@page("/cases/{ref:str}", who=ASSESS)
def show_case(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Who is on it and how many days are left; with the papers open, the workbench. `?on=` shows it as it stood."""
    case = own_case(ask, ref)
    at, is_past = moment_of(ask)
    then = stood(ask.db, ask.services.frameworks, case, at=at)
    values = {**facts_of(ask, case, then, is_past=is_past), "errors": errors_of(refusal), "refusal": refusal}
    if not may_open_papers(ask.by, case, declared_by(ask.db, case, ask.by.person_id)):
        return Page("assurance/case.html", values)
    bench = bench_of(ask, case, at=then.at, answers_at=then.answers_at)
    code = ask.form.one("code") or ask.query.one("at") or bench.first_open
    if code not in bench.framework.by_code:
        raise NotFound(f"{bench.framework.label} has no criterion of that code", "Choose one of the list.")
    asked = clarifications_of(ask.db, case, at=at)
    place, title = f"/cases/{case.ref}?at={code}", f"{code} of {case.version.name}"
    ask, kept = with_kept(ask, place, title, version=found_at(bench, code))
    values |= {
        "kept": kept,
        **focus_of(ask, bench, code, asked, works=not is_past and WORKS.get(case.state) == seat_of(ask.by, case)),
        **ends_of(ask, case, bench, at=at, is_past=is_past),
        "parts": marks_of(bench, case, code, ask),
        **past_of(ask, case, bench, code),
        "documents": document_facts(ask, case, bench.papers.answers.get(bench.framework.by_code[code].question_id)),
    }
    return Page("assurance/workbench.html", values)


@post("/cases/{ref:str}/findings", who=ASSESS, again=show_case, makes=True)
def save_finding(ask: Ask, ref: str) -> Goto:
    """Keep what was found of one criterion, and go on to the next."""
    case = own_case(ask, ref)
    code = ask.form.one("code")
    due_on, wrong = read_day(ask.form, "due-on")
    if wrong:
        raise Invalid("the day of the condition does not hold", "Mend what is marked.", fields=wrong)
    finding = find(
        ask.db, case, code, ask.form.one("judgement"), note=ask.form.one("note"), condition=ask.form.one("condition"),
        severity=ask.form.one("severity"), due_on=due_on, frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    told = f"{finding.code} is saved at {ask.at:%H:%M}."
    following = ask.form.one("next") if ask.form.one("go") == "on" else ""
    return Goto(f"/cases/{case.ref}?at={following or finding.code}", told=told)


@post("/cases/{ref:str}/clarifications", who=ASSESS, again=show_case)
def send_question(ask: Ask, ref: str) -> Goto:
    """Ask the supplier; the clock stops until they reply."""
    case = own_case(ask, ref)
    asked = ask_clarification(
        ask.db, case, ask.form.one("code"), ask.form.one("words"), frameworks=ask.services.frameworks, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    told = f"Asked. The clock stands still; the supplier has until {asked.due_on.day} {asked.due_on:%B %Y}."
    return Goto(f"/cases/{case.ref}?at={asked.code}", told=told)


@post("/cases/{ref:str}/notes", who=ASSESS, again=show_case, makes=True)
def save_note(ask: Ask, ref: str) -> Goto:
    """Keep a note for the assessors of the case."""
    case = own_case(ask, ref)
    note = keep_note(
        ask.db, case, ask.form.one("code"), ask.form.one("note"), frameworks=ask.services.frameworks, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return Goto(f"/cases/{case.ref}?at={note.code}", told="Kept, for the assessors of this case alone.")


def found_at(bench: Bench, code: str) -> str:
    """When the finding of a criterion was kept last: what a draft of it was begun from."""
    finding = bench.papers.findings.get(code)
    return finding.at.isoformat() if finding else ""


def own_case(ask: Ask, ref: str) -> Case:
    """A case of the actor's body. Raises NotFound."""
    case = find_case(ask.db, ref, by=ask.by)
    if not may_assess(ask.by, case):
        raise NotAllowed("this is for the assessors of the case", "Its supplier finds it under Our products.")
    return case


def moment_of(ask: Ask) -> tuple[datetime, bool]:
    """The end of the day that the address asks for, or now; and whether it is past. Raises Invalid."""
    asked = ask.query.one("on")
    if not asked:
        return ask.at, False
    day = parse_day(asked)
    if day > day_in_london(ask.at):
        raise Invalid(f"{asked} is still to come", "Look at a day that was, or leave it out.")
    end = hours_of_london(day)[1]
    return min(end, ask.at), True


def bench_of(ask: Ask, case: Case, *, at: datetime, answers_at: datetime) -> Bench:
    """The papers of the case as they stood at a moment, and what they came to then."""
    framework = framework_of(ask.services.frameworks, case)
    papers = papers_of_case(ask.db, case, framework, answers_at=answers_at, at=at)
    judged = Judged(papers, judge(framework, papers.given, on=day_in_london(at)), seen_in_case(case, papers))
    return Bench(framework, papers, judged, tuple(unjudged(judged)))


ROUTES = [show_case, save_finding, send_question, save_note]
