"""Reading a study critically: by the tools that fit it, two people apart, then their consensus; looking numbers up."""

from typing import Any

from marketplace.catalogue.queries.products import product_of_id
from marketplace.evidence.actions.appraising import (
    OUTSIDERS,
    agree_consensus,
    give_appraisal,
    note_look_up,
    propose_consensus,
    tool_for,
)
from marketplace.evidence.models import Study
from marketplace.evidence.policies import may_appraise_study
from marketplace.evidence.queries.appraisals import Read, appraisal_rules, checks_of, readings_of
from marketplace.evidence.queries.studies import find_study
from marketplace.evidence.rules.appraising import BiasTool, Checklist, answers_of, rows_of
from marketplace.evidence.rules.bias import ByResult, numbers_of, shared_by
from marketplace.evidence.schemas.appraisals import (
    MOST_OTHERWISE,
    OTHERWISE,
    OUTCOMES,
    WHAT,
    read_looked_up,
    read_reading,
)
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission, owns
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, NotAllowed, Refusal
from marketplace.web.catalogue.declaring import day_typed
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.evidence.filling import options_of, raw_of
from marketplace.web.evidence.read_shown import checks_shown, result_called, tool_shown
from marketplace.web.evidence.showing import study_shown

BLANK = 2
"""How many more rows for single results a form has than are filled."""


@page("/studies/{ref:str}/appraisal", who=PUBLIC)
def show_appraisal(ask: Ask, ref: str) -> Page:
    """How people read a study: each tool that fits, what two said apart, what they agreed, what was looked up."""
    study = find_study(ask.db, ref, by=ask.actor)
    product = product_of_id(ask.db, study.product_id, by=ask.actor)
    rules = appraisal_rules(ask.services.frameworks)
    reads = {read.tool: read for read in readings_of(ask.db, study, by=ask.actor)}
    outside = ask.actor is not None and may_appraise_study(ask.actor, study)
    may = outside and not owns(ask.by, product.organisation_id) and study.state == "published"
    values = {
        "study": study_shown(study, ask.services.frameworks),
        "product": {"name": product.name, "url": f"/products/{product.ref}"},
        "rules": rules,
        "tools": [
            {
                **tool_shown(tool, reads.get(tool.id), rules, study.results),
                **doing(ask, study, tool, reads.get(tool.id), may=may),
            }
            for tool in rules.fitting(study.design)
        ],
        "checks": checks_shown(study, checks_of(ask.db, study)),
        "may_look_up": may or (ask.actor is not None and ask.actor.may(Permission.CATALOGUE_MODERATE)),
    }
    return Page("evidence/appraisal.html", values, shared=study.state != "draft")


@page("/studies/{ref:str}/appraisal/{tool:str}", who=ANYBODY_SIGNED_IN)
def read_study(ask: Ask, ref: str, tool: str, refusal: Refusal | None = None) -> Page:
    """One's own reading, item by item; or, where two have read it, what both could say."""
    study, found = _open(ask, ref, tool)
    read = _read(ask, study, found)
    together = read is not None and read.given > 1
    rules = appraisal_rules(ask.services.frameworks)
    values = {
        "study": study_shown(study, ask.services.frameworks),
        "tool": tool_shown(found, read, rules, study.results),
        "items": rows_of(found),
        "answers": [{"value": answer.id, "label": answer.label} for answer in answers_of(found, rules)],
        "domains": [{"value": row.id, "label": row.label} for row in rows_of(found)],
        "results": [{"value": str(each.position), "label": result_called(each)} for each in study.results],
        "places": places_of(ask, read),
        "together": together,
        "to": f"/studies/{study.ref}/appraisal/{found.id}{'/consensus' if together else ''}",
        "typed": _typed(ask, study, found, read),
        "errors": errors_of(refusal),
    }
    return Page("evidence/reading.html", values)


@post("/studies/{ref:str}/appraisal/{tool:str}", who=ANYBODY_SIGNED_IN, again=read_study)
def give(ask: Ask, ref: str, tool: str) -> Goto:
    """Put one's reading in; the other's is seen once both are."""
    study, found = _open(ask, ref, tool)
    product = product_of_id(ask.db, study.product_id, by=ask.by)
    rules = appraisal_rules(ask.services.frameworks)
    reading = read_reading(raw_of(ask.form), found, rules, numbers_of(study.results))
    no_conflict = ask.form.one("has_no_conflict") == "yes"
    give_appraisal(
        ask.db, study, found, reading, rules, supplier_id=product.organisation_id, has_no_conflict=no_conflict,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/studies/{study.ref}/appraisal", told="Your reading is in.")


@post("/studies/{ref:str}/appraisal/{tool:str}/consensus", who=ANYBODY_SIGNED_IN, again=read_study)
def propose(ask: Ask, ref: str, tool: str) -> Goto:
    """Write down what both could say."""
    study, found = _open(ask, ref, tool)
    rules = appraisal_rules(ask.services.frameworks)
    reading = read_reading(raw_of(ask.form), found, rules, numbers_of(study.results))
    propose_consensus(ask.db, study, found, reading, rules, by=ask.by, at=ask.at)
    return Goto(f"/studies/{study.ref}/appraisal", told="What you propose waits for the other of the two.")


@post("/studies/{ref:str}/appraisal/{tool:str}/agreement", who=ANYBODY_SIGNED_IN, again=read_study)
def agree(ask: Ask, ref: str, tool: str) -> Goto:
    """Say yes to what the other proposed."""
    study, found = _open(ask, ref, tool)
    agree_consensus(ask.db, study, found, by=ask.by, at=ask.at)
    return Goto(f"/studies/{study.ref}/appraisal", told="Both agree. Everybody reads it with the study.")


@page("/studies/{ref:str}/checks", who=ANYBODY_SIGNED_IN)
def ask_what_was_seen(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What was looked up, on which day, and what stood there."""
    study = find_study(ask.db, ref, by=ask.by)
    if not (may_appraise_study(ask.by, study) or ask.by.may(Permission.CATALOGUE_MODERATE)):
        raise NotAllowed("a number is looked up by somebody outside its owner", "Ask an assessor or an academic.")
    values = {
        "study": study_shown(study, ask.services.frameworks),
        "checks": checks_shown(study, checks_of(ask.db, study)),
        "whats": options_of(WHAT),
        "outcomes": options_of(OUTCOMES),
        "typed": {
            **{name: ask.form.one(name) for name in ("what", "outcome", "note")},
            "looked_on": day_typed(ask.form, "looked_on") or "",
        },
        "errors": errors_of(refusal),
    }
    return Page("evidence/checks.html", values)


@post("/studies/{ref:str}/checks", who=ANYBODY_SIGNED_IN, again=ask_what_was_seen)
def note_what_was_seen(ask: Ask, ref: str) -> Goto:
    """Write down what one saw."""
    study = find_study(ask.db, ref, by=ask.by)
    looked = read_looked_up(raw_of(ask.form), on=day_in_london(ask.at))
    note_look_up(ask.db, study, looked, by=ask.by, at=ask.at)
    return Goto(f"/studies/{study.ref}/appraisal", told="What you saw stands beside the number, with your name.")


def doing(ask: Ask, study: Study, tool: Checklist | BiasTool, read: Read | None, *, may: bool) -> dict[str, Any]:
    """Where this reader goes on with a tool, if anywhere: addresses, empty where they do not."""
    nothing = {"reading_url": "", "consensus_url": "", "agreement_url": ""}
    if not may:
        return nothing
    base = f"/studies/{study.ref}/appraisal/{tool.id}"
    mine = read is not None and any(each.by_id == ask.by.person_id for each in read.readings)
    if read is None or read.given < 2:
        return {**nothing, "reading_url": "" if mine else base}
    if not mine or read.is_agreed:
        return nothing
    proposed_by_other = read.consensus is not None and read.consensus.proposed_by_id != ask.by.person_id
    return {**nothing, "consensus_url": base, "agreement_url": f"{base}/agreement" if proposed_by_other else ""}


def _open(ask: Ask, ref: str, tool: str) -> tuple[Study, Checklist | BiasTool]:
    """The study and a tool that fits it, for whoever may read it critically. Raises NotFound, NotAllowed."""
    study = find_study(ask.db, ref, by=ask.by)
    if not may_appraise_study(ask.by, study):
        raise NotAllowed(OUTSIDERS, "Leave it to somebody outside.")
    return study, tool_for(study, tool, appraisal_rules(ask.services.frameworks))


def _read(ask: Ask, study: Study, tool: Checklist | BiasTool) -> Read | None:
    """What was read so far, where there is something left to do. Raises Conflict."""
    read = next((each for each in readings_of(ask.db, study, by=ask.by) if each.tool == tool.id), None)
    if read is None:
        return None
    mine = any(each.by_id == ask.by.person_id for each in read.readings)
    if read.is_agreed or (read.given > 1) != mine:
        raise Conflict("there is nothing left for you to read by this tool", "Its page says how far it is.")
    return read


def places_of(ask: Ask, read: Read | None) -> list[str]:
    """The rows in which something can be said of a single result: those that are filled, and two more."""
    typed = [name.rpartition("-")[0] for name in ask.form.items() if name.startswith(f"{OTHERWISE}-")]
    said = sum(map(len, _settled(read).values())) if read and not ask.form else 0
    count = len(set(typed)) or said + BLANK
    return [f"{OTHERWISE}-{number}" for number in range(1, min(count, MOST_OTHERWISE) + 1)]


def _typed(ask: Ask, study: Study, tool: Checklist | BiasTool, read: Read | None) -> dict[str, Any]:
    """Every answer as it was typed; for the consensus, as it was proposed, or as both said where they said the same."""
    names = [f"{part}-{row.id}" for row in rows_of(tool) for part in ("answer", "reason")]
    names += [f"{place}-{part}" for place in places_of(ask, read) for part in ("result", "domain", "answer", "reason")]
    if ask.form:
        return {name: ask.form.one(name) for name in (*names, "about", "reason", "overall", "has_no_conflict")}
    typed: dict[str, Any] = dict.fromkeys((*names, "about", "reason", "overall", "has_no_conflict"), "")
    if read is None or not read.readings:
        return typed
    settled = read.consensus.judgements if read.consensus else _shared(tool, read)
    for row, told in settled.items():
        typed |= {f"answer-{row}": told.get("answer", ""), f"reason-{row}": told.get("reason", "")}
    return typed | otherwise_typed(study, _settled(read))


def otherwise_typed(study: Study, settled: ByResult) -> dict[str, str]:
    """What is otherwise for single results, as the form has it."""
    numbers = {result_id: number for number, result_id in numbers_of(study.results).items()}
    rows = [(numbers[result], domain, told) for result, domains in settled.items() if result in numbers
            for domain, told in domains.items()]  # fmt: skip
    typed: dict[str, str] = {}
    for place, (number, domain, told) in enumerate(rows, start=1):
        values = {"result": number, "domain": domain, **told}
        typed |= {f"{OTHERWISE}-{place}-{name}": value for name, value in values.items()}
    return typed


def _settled(read: Read | None) -> ByResult:
    """What stands of single results: as it was proposed, or as both said where they said the same."""
    if read is None or not read.readings:
        return {}
    if read.consensus:
        return read.consensus.by_result
    return shared_by(read.readings[0].by_result, read.readings[-1].by_result)


def _shared(tool: Checklist | BiasTool, read: Read) -> dict[str, dict[str, str]]:
    one, other = (each.judgements for each in read.readings)
    same = [row.id for row in rows_of(tool) if one[row.id]["answer"] == other[row.id]["answer"]]
    return {row: one[row] for row in same}


ROUTES = [show_appraisal, read_study, give, propose, agree, ask_what_was_seen, note_what_was_seen]
