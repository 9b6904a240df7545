"""The decision: what the pilot came to, measure by measure, and scale, extend or stop with reasons."""

from typing import Any

from sqlalchemy import select

from marketplace.contracts.actions.outcomes.deciding import EXTEND, VERDICTS, decide_pilot
from marketplace.contracts.queries.contracts import text_on
from marketplace.contracts.queries.outcomes.history import decisions_of
from marketplace.contracts.queries.outcomes.results import Finding, findings_of, shown
from marketplace.evidence.models import Study
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.kit.fields import Fields
from marketplace.web.contracts.common import contract_of, told_of, typed
from marketplace.web.contracts.outcomes.common import scene_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post

WORDS = {"scale": ("Scale", "met"), "extend": ("Extend", "conditions"), "stop": ("Stop", "not-met")}
FOUND = {
    "met": ("Target met", "met"),
    "partly": ("Met in part", "conditions"),
    "not-met": ("Not met", "not-met"),
    "held": ("Guard held", "met"),
    "breached": ("Guard breached", "not-met"),
    "unknown": ("Not measured", "unknown"),
}


@page("/contracts/{ref:str}/decision", who=ANYBODY_SIGNED_IN)
def show_decision(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The question, the exit criteria, what was found, what was decided, and the form that decides."""
    scene = scene_of(ask, ref, "decision")
    contract = scene.contract
    text = text_on(ask.db, contract.id, max(scene.today, scene.book.first))
    given = text.parameters if text is not None else contract.parameters
    decisions = decisions_of(ask.db, contract.id)
    studies = {one.study_id for one in decisions if one.study_id}
    rows = ask.db.execute(select(Study.id, Study.ref).where(Study.id.in_(studies)))
    refs = {row.id: row.ref for row in rows}
    ran_out = contract.state == "ended" and bool(decisions) and decisions[0].by_id is None
    values = {
        **scene.values(),
        "question": given.get("question") or "",
        "criteria": given.get("exit-criteria") or [],
        "stop_rule": given.get("stop-rule") or "",
        "price_afterwards": given.get("price-afterwards") or "",
        "ends_on": contract.ends_on,
        "findings": [_found(one) for one in findings_of(scene.book)] if scene.is_measured else [],
        "decisions": [_decided(one, refs) for one in decisions],
        "may_decide": scene.may_lead and (contract.state == "live" or ran_out),
        "ran_out": ran_out,
        "options": [{"value": key, "label": label} for key, label in VERDICTS.items() if not ran_out or key != EXTEND],
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("contracts/outcomes/decision.html", values)


@post("/contracts/{ref:str}/decision", who=ANYBODY_SIGNED_IN, again=show_decision, makes=True)
def decide(ask: Ask, ref: str) -> Goto:
    """Record the decision; to extend begins a variation that all sign."""
    contract, given = contract_of(ask, ref), Fields(typed(ask.form))
    until = given.day("until")
    given.check("the decision does not hold")
    decision = decide_pilot(
        ask.db, ask.services.frameworks, contract, verdict=ask.form.one("verdict"), reasons=ask.form.one("reasons"),
        until=until, at_once=ask.form.one("at_once") == "yes", by=ask.by, at=ask.at,
    )  # fmt: skip
    if decision.verdict == EXTEND:
        return Goto(
            f"/contracts/{ref}/changes", told="The extension is written as a variation. Issue it for signature."
        )
    return Goto(f"/contracts/{ref}/decision", told="The decision is recorded.")


def _found(finding: Finding) -> dict[str, Any]:
    word, kind = FOUND[finding.verdict]
    return {
        "label": finding.measure.label, "words": finding.words, "word": word, "kind": kind,
        "is_too_small": finding.is_too_small, "fewest": finding.measure.fewest,
        "baseline": shown(finding.baseline) if finding.baseline is not None else "none",
        "value": shown(finding.found.value) if finding.found.value is not None else "none",
        "count": finding.found.count, "unit": finding.measure.unit,
    }  # fmt: skip


def _decided(one: Any, refs: dict[Any, str]) -> dict[str, Any]:
    word, kind = WORDS[one.verdict]
    return {
        "word": word, "kind": kind, "reasons": one.reasons, "at": one.at, "by": one.by.name if one.by else "the clock",
        "study": refs.get(one.study_id, ""),
    }  # fmt: skip


ROUTES = [show_decision, decide]
