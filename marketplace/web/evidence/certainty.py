"""Judging by GRADE how certain the results behind a claim are."""

from typing import Any

from marketplace.evidence.actions.appraising import judge_certainty
from marketplace.evidence.models import Claim
from marketplace.evidence.policies import may_appraise
from marketplace.evidence.queries.appraisals import agreed_risks, appraisal_rules
from marketplace.evidence.queries.claims import find_claim
from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.queries.summaries import effect_of
from marketplace.evidence.rules.appraising import AppraisalRules
from marketplace.evidence.rules.grading import grade
from marketplace.evidence.schemas.appraisals import STEPS, read_judged
from marketplace.faces.ask import Ask
from marketplace.faces.claims import ClaimRead, claim_read
from marketplace.identity.policies import owns
from marketplace.kit.errors import NotAllowed, Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.evidence.claim_shown import bias_of, claim_shown, spoken_shown
from marketplace.web.evidence.filling import raw_of


@page("/claims/{ref:str}/certainty", who=ANYBODY_SIGNED_IN)
def ask_how_certain(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Where the results begin, and what puts them down or up; what the records alone show stands beside it."""
    claim = find_claim(ask.db, ref, by=ask.by)
    if not may_judge(ask, claim):
        raise NotAllowed("certainty is judged by assessors and academics outside the supplier", "Ask one of them.")
    read, frameworks = claim_read(ask.db, claim, by=ask.by), ask.services.frameworks
    rules = appraisal_rules(frameworks)
    values = {
        "claim": claim_shown(read, frameworks),
        "rows": spoken_shown(read, frameworks),
        "grade": rules.grade,
        "starts": [{"value": each.id, "label": each.label} for each in rules.grade.starts],
        "domains": [*_domains(rules, down=True), *_domains(rules, down=False)],
        "prompts": prompts_of(ask, read),
        "typed": {name: ask.form.one(name) for name in names_of(rules)},
        "errors": errors_of(refusal),
    }
    return Page("evidence/certainty.html", values)


@post("/claims/{ref:str}/certainty", who=ANYBODY_SIGNED_IN, again=ask_how_certain)
def judge(ask: Ask, ref: str) -> Goto:
    """Put the judgement beside the claim; its level follows from the steps."""
    claim = find_claim(ask.db, ref, by=ask.by)
    rules = appraisal_rules(ask.services.frameworks)
    judged = read_judged(raw_of(ask.form), rules)
    weighed = claim_read(ask.db, claim, by=ask.by).weighed
    judge_certainty(ask.db, claim, weighed, judged, rules, by=ask.by, at=ask.at)
    return Goto(f"/claims/{claim.ref}", told="How certain it is stands beside the claim, step by step, with your name.")


def may_judge(ask: Ask, claim: Claim) -> bool:
    """Whether whoever reads the claim can say how certain it is."""
    return ask.actor is not None and may_appraise(ask.actor) and not owns(ask.actor, claim.organisation_id)


def names_of(rules: AppraisalRules) -> list[str]:
    """Every field of the form."""
    domains = (*rules.grade.down, *rules.grade.up)
    return ["start", *(f"{part}-{domain.id}" for domain in domains for part in ("steps", "reason"))]


def prompts_of(ask: Ask, read: ClaimRead) -> list[str]:
    """What the records alone would take off, and what two readers agreed of each study's risk of bias."""
    effects = [effect_of(each.study, each.result, read.fits[each.study.id].id) for each in read.spoken]
    steps = grade(effects, strength_rules(ask.services.frameworks)).reasons if effects else ()
    agreed = agreed_risks(ask.db, [each.study.id for each in read.spoken])
    rules = appraisal_rules(ask.services.frameworks)
    biases = [(each.study.title, bias_of(each, agreed, rules)) for each in read.spoken]
    told = [
        f"{title}: risk of bias {bias['word'].lower()}, as two readers agreed{' of this result' * bool(bias['why'])}."
        for title, bias in biases
        if bias
    ]
    return [*(f"{step.domain}: {step.label}." for step in steps), *dict.fromkeys(told)]


def _domains(rules: AppraisalRules, *, down: bool) -> list[dict[str, Any]]:
    """Each domain with the steps that can be taken."""
    rows = rules.grade.down if down else rules.grade.up
    way = "down" if down else "up"
    return [
        {
            "id": row.id,
            "label": row.label,
            "prompt": row.prompt,
            "steps": [
                {"value": word, "label": "No step" if not count else f"{count} {way}"}
                for word, count in STEPS.items()
                if count <= (row.most_with_robins or row.most)
            ],
        }
        for row in rows
    ]


ROUTES = [ask_how_certain, judge]
