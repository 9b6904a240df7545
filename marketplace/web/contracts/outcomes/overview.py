"""The outcomes of a contract at a glance: what holds, what is missing before go-live, each measure, each month."""

from typing import Any

from marketplace.contracts.actions.outcomes.living import go_live
from marketplace.contracts.models import Dispute
from marketplace.contracts.queries.outcomes.books import open_disputes
from marketplace.contracts.queries.outcomes.finance import outlook_of
from marketplace.contracts.queries.outcomes.readiness import missing_for_live
from marketplace.contracts.rules.periods import in_words
from marketplace.contracts.rules.terms import Terms, plain
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.web.contracts.common import contract_of, told_of
from marketplace.web.contracts.outcomes.common import Scene, scene_of
from marketplace.web.contracts.outcomes.showing import shown_measures, shown_months
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post

BEFORE = ("draft", "issued", "signed")


@page("/contracts/{ref:str}/outcomes", who=ANYBODY_SIGNED_IN)
def show_outcomes(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What was promised and what happened: charts with baseline and target, months, disputes, what holds."""
    scene = scene_of(ask, ref, "outcomes")
    before = scene.contract.state in BEFORE
    missing = missing_for_live(ask.db, ask.services.frameworks, scene.contract, on=scene.today) if before else []
    outlook = outlook_of(scene.book, scene.today)
    values = {
        **scene.values(),
        "is_before": before,
        "missing": missing,
        "measures": shown_measures(scene),
        "months": shown_months(scene, outlook),
        "money": money_of(scene),
        "disputes": [shown_dispute(scene, one) for one in open_disputes(ask.db, scene.contract.id)],
        "mechanism": ask.services.frameworks.mechanisms["at-risk-fee"],
        **told_of(refusal),
    }
    return Page("contracts/outcomes/overview.html", values)


@post("/contracts/{ref:str}/going-live", who=ANYBODY_SIGNED_IN, again=show_outcomes)
def put_to_work(ask: Ask, ref: str) -> Goto:
    """Go live, where nothing is missing."""
    go_live(ask.db, ask.services.frameworks, contract_of(ask, ref), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/outcomes", told="The contract is live.")


def money_of(scene: Scene) -> list[dict[str, str]]:
    """What the fee is, what is at risk, and where the cap stands."""
    terms: Terms = scene.book.given.terms
    owed = list(scene.book.posted.values())
    rows = [
        {"label": "Fee of a month, before VAT", "value": str(Money(terms.fee_pence)), "note": "for all together"},
        {"label": "At risk", "value": f"{plain(terms.at_risk * 100)} %", "note": "paid by results"},
        {"label": "Due so far", "value": str(Money(sum(each.net_pence for each in owed))), "note": "before VAT"},
    ]
    if terms.cap_pence is not None:
        rows.append({"label": "Cap of the term", "value": str(Money(terms.cap_pence)), "note": "before VAT"})
    return rows


def shown_dispute(scene: Scene, dispute: Dispute) -> dict[str, Any]:
    labels = scene.book.labels
    return {
        "id": str(dispute.id), "period": dispute.period, "month": in_words(dispute.period),
        "organisation": dispute.organisation.name, "measures": ", ".join(labels[key] for key in dispute.measures),
        "reason": dispute.reason, "opened_at": dispute.opened_at,
        "is_own": scene.party is not None and dispute.organisation_id == scene.party.organisation_id,
        "url": f"{scene.frame.base}/periods/{dispute.period}",
    }  # fmt: skip


ROUTES = [show_outcomes, put_to_work]
