"""Candidates, costs and fits as the templates name them: plain data, said in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.kit.money import Money
from marketplace.procurement.models import Candidate, Decision
from marketplace.procurement.queries.shortlist import Card, Fit
from marketplace.procurement.rules.costs import Costing
from marketplace.procurement.rules.fit import FITS, WEIGHTS
from marketplace.procurement.rules.shortlist import VERDICTS
from marketplace.procurement.rules.standing import STATES, Standing

FIT_KINDS = {"met": "met", "part": "conditions", "not-met": "not-met", "unknown": "unknown"}
STATE_KINDS = {"live": "live", "suspended": "suspended", "withdrawn": "withdrawn"}


def shown_card(card: Card, reasons: Mapping[str, str]) -> dict[str, Any]:
    """A candidate on the board; `reasons` are the words of the codes."""
    standing = card.look.standing
    return {
        "ref": card.look.product.ref,
        "name": card.look.name,
        "supplier": card.look.product.supplier_name,
        "state": STATES[standing.state],
        "state_kind": STATE_KINDS.get(standing.state, "unknown"),
        "is_live": standing.state == "live",
        "number": standing.number,
        "edition": standing.edition,
        "verdict": VERDICTS[card.decision.verdict],
        "decision": shown_decision(card.decision, reasons),
        "turns": card.candidate.turns,
        "changes": [{"label": change.what, "before": change.before, "after": change.after} for change in card.changes],
        "cost": shown_cost(card.look.costing),
        "musts": shown_tally(card.musts),
        "must_count": sum(card.musts.values()),
        "meets_musts": card.meets_musts,
    }


def shown_decision(decision: Decision, reasons: Mapping[str, str]) -> dict[str, Any]:
    """A decision with its reason in words, who made it, and how the product stood then."""
    standing = Standing.read(decision.standing)
    return {
        "verdict": VERDICTS[decision.verdict],
        "kind": decision.verdict,
        "reason": in_words(decision, reasons),
        "by": decision.by.name if decision.by else "Touchstone",
        "at": decision.at,
        "number": standing.number,
        "edition": standing.edition,
        "state": STATES.get(standing.state, standing.state),
        "yearly_pence": standing.yearly_pence,
    }


def shown_history(candidate: Candidate, reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every decision on a candidate, the latest first."""
    return [shown_decision(decision, reasons) for decision in reversed(candidate.decisions)]


def in_words(decision: Decision, reasons: Mapping[str, str]) -> str:
    """The reason that was chosen, then what was typed."""
    parts = (reasons.get(decision.reason_code, decision.reason_code), decision.reason)
    return ". ".join(part for part in parts if part)


def shown_tally(counted: dict[str, int]) -> list[dict[str, Any]]:
    """How many are met, part met, not met, unknown: those that there are."""
    return [{"word": FITS[fit], "kind": FIT_KINDS[fit], "count": count} for fit, count in counted.items() if count]


def shown_fit(fit: Fit) -> dict[str, Any]:
    """One cell of the matrix of requirements."""
    judgement = fit.judgement
    return {
        "id": fit.requirement.id,
        "wording": fit.requirement.wording,
        "weight": WEIGHTS[fit.requirement.weight],
        "word": FITS[fit.verdict.fit],
        "kind": FIT_KINDS[fit.verdict.fit],
        "answer": fit.answer,
        "is_judged": fit.verdict.judged,
        "is_outdated": fit.verdict.outdated,
        "note": judgement.note if judgement else "",
        "by": judgement.by.name if judgement and judgement.by else "",
        "at": judgement.at if judgement else None,
        "edition": judgement.edition if judgement else None,
    }


def shown_cost(costing: Costing) -> dict[str, Any]:
    """What a product costs in the project, with its working; `missing` where it cannot be said."""
    cost = costing.cost
    return {
        "missing": costing.missing,
        "year": costing.year.net if costing.year else None,
        "once": cost.start.net if cost and costing.year else None,
        "term": costing.term.net if costing.term else None,
        "term_gross": costing.term_gross,
        "years": costing.years,
        "yearly_lines": cost.yearly if cost else (),
        "once_lines": cost.once if cost else (),
        "extra_lines": cost.extras if cost else (),
        "result_lines": cost.by_result if cost else (),
    }


def costs_of(cards: Sequence[Card], years: int) -> dict[str, Any]:
    """The costs of what is on the list side by side, cheapest over the term first, the unknown last."""
    known = [card.look for card in cards if card.look.costing.term]
    unknown = [card.look for card in cards if not card.look.costing.term]
    looks = [*sorted(known, key=lambda look: look.costing.term_gross or Money.zero), *unknown]
    rows = [{"name": look.name, "ref": look.product.ref, **shown_cost(look.costing)} for look in looks]
    return {"rows": rows, "years": years}
