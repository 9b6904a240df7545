"""The page of one claim, as everybody reads it; and saying what a result does for it."""

from typing import Any

from marketplace.catalogue.queries.products import product_of_id
from marketplace.evidence.actions.claims import settle_reopenings, weigh_result, withdraw_claim
from marketplace.evidence.models import Claim
from marketplace.evidence.policies import may_change_claim, may_weigh
from marketplace.evidence.queries.appraisals import agreed_risks, appraisal_rules
from marketplace.evidence.queries.claims import find_claim
from marketplace.evidence.queries.studies import published_studies
from marketplace.evidence.rules.claims import STANCES, is_of
from marketplace.evidence.rules.telling import measure_key
from marketplace.evidence.schemas.claims import read_weighed
from marketplace.faces.ask import Ask
from marketplace.faces.claims import ClaimRead, claim_read, plan_for, result_called
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.evidence.certainty import may_judge
from marketplace.web.evidence.claim_shown import TIERS, claim_shown, spoken_shown
from marketplace.web.evidence.filling import options_of, raw_of
from marketplace.web.evidence.read_shown import certainty_shown
from marketplace.web.evidence.showing import charts_of, found_of


@page("/claims/{ref:str}", who=PUBLIC)
def show_claim(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """A claim with every result for and against it, who stands behind each, and what changed beneath it."""
    claim = find_claim(ask.db, ref, by=ask.actor)
    product = product_of_id(ask.db, claim.product_id, by=ask.actor)
    read, frameworks = claim_read(ask.db, claim, by=ask.actor), ask.services.frameworks
    mine = ask.actor is not None and may_change_claim(ask.actor, claim)
    values = {
        "claim": claim_shown(read, frameworks),
        "facts": claim,
        "product": {"name": product.name, "url": f"/products/{product.ref}"},
        "rows": spoken_shown(read, frameworks, agreed=agreed_risks(ask.db, [each.study.id for each in read.spoken])),
        "retracted": spoken_shown(read, frameworks, retracted=True),
        "charts": charts_of([(each.study, each.result) for each in read.spoken], frameworks),
        "reopenings": [reopening_shown(each) for each in claim.reopenings],
        "waits": mine and any(each.settled_at is None for each in claim.reopenings),
        "own_url": f"/listings/{product.ref}/claims/{claim.ref}" if mine and claim.state == "draft" else "",
        "withdrawal_url": f"/claims/{claim.ref}/withdrawal" if mine and claim.state == "published" else "",
        "weighing_url": weighing_of(ask, claim),
        "together_url": together_of(product.ref, read),
        "plan": plan_for(read, frameworks),
        "tier": TIERS.get(plan_for(read, frameworks).need.tier, ""),
        "certainty": certainty_shown(ask, read.weighed, appraisal_rules(frameworks)),
        "certainty_url": f"/claims/{claim.ref}/certainty" if read.spoken and may_judge(ask, claim) else "",
        "typed": ask.form.one("words"),
        "errors": errors_of(refusal),
    }
    return Page("evidence/claim.html", values, shared=claim.state != "draft" and refusal is None)


@post("/claims/{ref:str}/settlement", who=ANYBODY_SIGNED_IN, again=show_claim)
def settle(ask: Ask, ref: str) -> Goto:
    """Say what the owner made of what changed beneath the claim."""
    claim = find_claim(ask.db, ref, by=ask.by)
    settle_reopenings(ask.db, claim, words=ask.form.one("words"), by=ask.by, at=ask.at)
    return Goto(f"/claims/{claim.ref}", told="What you made of it stands beside the claim.")


@page("/claims/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN)
def ask_why_withdraw(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Ask for the reason before something is claimed no longer."""
    claim = find_claim(ask.db, ref, by=ask.by)
    if not may_change_claim(ask.by, claim):
        raise NotAllowed("only its owner can withdraw a claim", "Say on the results what speaks against it.")
    if claim.state != "published":
        raise Conflict(f"cannot withdraw a {claim.state} claim", "Only what was published is withdrawn.")
    values = {
        "title": f"Withdraw the claim: {claim.words}", "label": "Withdraw", "question": "Why is it claimed no longer?",
        "hint": "The claim stays readable, marked as withdrawn with this reason.",
        "to": f"/claims/{claim.ref}/withdrawal", "back": f"/claims/{claim.ref}",
        "typed": ask.form.one("reason"), "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("catalogue/why.html", values)


@post("/claims/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, again=ask_why_withdraw)
def withdraw(ask: Ask, ref: str) -> Goto:
    """Claim it no longer."""
    claim = find_claim(ask.db, ref, by=ask.by)
    withdraw_claim(ask.db, claim, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/claims/{claim.ref}", told="The claim is withdrawn. Its page says so, with your reason.")


@page("/claims/{ref:str}/results", who=ANYBODY_SIGNED_IN)
def ask_what_it_does(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Choose a result of the product, say what it does for the claim, and why."""
    claim = find_claim(ask.db, ref, by=ask.by)
    if not may_weigh(ask.by, claim):
        raise NotAllowed("a result is weighed by the supplier, an assessor or an academic", "Ask one of them.")
    values = {
        "claim": claim,
        "results": weighable(ask, claim),
        "stances": options_of(STANCES),
        "typed": {name: ask.form.one(name) for name in ("result", "stance", "reason")},
        "errors": errors_of(refusal),
    }
    return Page("evidence/weigh.html", values)


@post("/claims/{ref:str}/results", who=ANYBODY_SIGNED_IN, again=ask_what_it_does)
def say_what_it_does(ask: Ask, ref: str) -> Goto:
    """Put what somebody says of a result beside the claim."""
    claim = find_claim(ask.db, ref, by=ask.by)
    chosen = ask.form.one("result")
    if not chosen:
        told = "Choose the result."
        raise Invalid("no result is chosen", told, fields={"result": told})
    stance, reason = read_weighed(raw_of(ask.form))
    study, result = result_called(ask.db, claim, chosen)
    weigh_result(ask.db, claim, study, result, stance=stance, reason=reason, by=ask.by, at=ask.at)
    return Goto(f"/claims/{claim.ref}", told="What you say of the result stands beside the claim, with your name.")


def together_of(product_ref: str, read: ClaimRead) -> str:
    """Where the results of the claim's measure are told together; empty where none counts."""
    own = next((each.result.measure for each in read.spoken if each.by_numbers is not None), "")
    return f"/products/{product_ref}/evidence/measures/{measure_key(own)}" if own else ""


def weighing_of(ask: Ask, claim: Claim) -> str:
    """Where whoever reads it can weigh a result, empty where they may not."""
    may = ask.actor is not None and claim.state == "published" and may_weigh(ask.actor, claim)
    return f"/claims/{claim.ref}/results" if may else ""


def weighable(ask: Ask, claim: Claim) -> list[dict[str, str]]:
    """The results that this person can weigh, of the claim's own measure first."""
    own = may_change_claim(ask.by, claim)
    rows = [
        (not is_of(claim, result), study.title, result.position, study, result)
        for study in published_studies(ask.db, [claim.product_id])
        for result in study.results
        if not (own and is_of(claim, result) and not result.subgroup)
    ]
    return [
        {
            "value": f"{study.ref}:{result.position}",
            "label": f"{result.measure} {found_of(result)}, {result.subgroup or 'everybody'}: {study.title}",
        }
        for _, _, _, study, result in sorted(rows, key=lambda row: row[:3])
    ]


def reopening_shown(each: Any) -> dict[str, Any]:
    """What changed beneath a claim, and what its owner made of it."""
    return {
        "at": each.at,
        "title": "Looked at again" if each.settled_at else "Has to be looked at again",
        "text": f"{each.because} {each.settled_words}".strip(),
        "by": "",
    }


ROUTES = [show_claim, settle, ask_why_withdraw, withdraw, ask_what_it_does, say_what_it_does]
