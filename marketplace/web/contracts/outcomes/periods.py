"""One month: how it was worked out, what each organisation owes, and accepting or disputing it."""

from typing import Any
from uuid import UUID

import yaml

from marketplace.contracts.actions.outcomes.settling import compute_period
from marketplace.contracts.actions.outcomes.verdicts import OUTCOMES, accept_outcome, dispute_outcome, resolve_dispute
from marketplace.contracts.models import Settlement
from marketplace.contracts.queries.outcomes.history import disputes_of, lines_of, measurements_of, numbers_of
from marketplace.contracts.queries.outcomes.waiting import settle_by
from marketplace.contracts.rules.given import measures_in
from marketplace.contracts.rules.periods import data_due_on, in_words, is_over
from marketplace.contracts.schemas.outcomes import read_form
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Conflict, Refusal
from marketplace.web.contracts.common import told_of, typed
from marketplace.web.contracts.outcomes.common import Scene, period_in, scene_of, settlement_in
from marketplace.web.contracts.outcomes.showing import own_share, shown_rows, shown_shares, working
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post

KINDS = {
    "settlement": "First line",
    "release": "Released: no longer held or disputed",
    "correction": "Difference after a correction",
}


@page("/contracts/{ref:str}/periods/{period:str}", who=ANYBODY_SIGNED_IN)
def show_period(ask: Ask, ref: str, period: str, refusal: Refusal | None = None, dispute: UUID | None = None) -> Page:
    """The working of a month, its shares, what was said of it, and its lines in the ledger."""
    scene = scene_of(ask, ref, "outcomes")
    month = period_in(scene.book, period)
    settlement = scene.book.settled.get(month)
    terms = scene.book.given.terms_on(month)
    values = {
        **scene.values(),
        "period": month,
        "month": in_words(month),
        "is_over": is_over(month, scene.today),
        "due_on": data_due_on(month, terms.data_days),
        "missing": [f"{terms.measure(key).label} of {party.organisation.name}"
                    for party, key in scene.book.missing(month)],
        "settled": _settled(scene, settlement) if settlement is not None else None,
        "numbers": [_number(one) for one in numbers_of(ask.db, scene.contract.id, month)],
        "lines": [_line(one) for one in lines_of(ask.db, scene.contract.id, period=month)],
        "rows": shown_rows(measurements_of(ask.db, scene.contract.id, period=month), _labels(scene), _names(scene)),
        "disputes": [_dispute(scene, one) for one in disputes_of(ask.db, scene.contract.id, month)],
        "outcomes": [{"value": key, "label": label} for key, label in OUTCOMES.items()],
        "fields": [{"key": one.key, "label": one.label, "unit": one.unit} for one in terms.measures],
        "typed": typed(ask.form),
        "chosen": ask.form.all("measures"),
        **told_of(refusal),
    }  # fmt: skip
    return Page("contracts/outcomes/period.html", values)


@post("/contracts/{ref:str}/periods/{period:str}/computation", who=ANYBODY_SIGNED_IN, again=show_period)
def compute(ask: Ask, ref: str, period: str) -> Goto:
    """Compute a month whose data are all in."""
    scene = scene_of(ask, ref, "outcomes")
    month = period_in(scene.book, period)
    compute_period(ask.db, scene.contract, month, by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/periods/{month}", told=f"{in_words(month)} is computed.")


@post("/contracts/{ref:str}/periods/{period:str}/acceptance", who=ANYBODY_SIGNED_IN, again=show_period)
def accept(ask: Ask, ref: str, period: str) -> Goto:
    """Accept my organisation's share of the number that the page showed."""
    scene = scene_of(ask, ref, "outcomes")
    month = period_in(scene.book, period)
    settlement = settlement_in(scene.book, month)
    _hold_number(ask, settlement)
    due = accept_outcome(ask.db, scene.contract, settlement, by=ask.by, at=ask.at)
    told = f"{in_words(month)} is accepted." if due else f"{in_words(month)} is accepted. Nothing is due of it now."
    return Goto(f"/contracts/{ref}/periods/{month}", told=told)


@post("/contracts/{ref:str}/periods/{period:str}/disputes", who=ANYBODY_SIGNED_IN, again=show_period)
def open_dispute(ask: Ask, ref: str, period: str) -> Goto:
    """Dispute measures of a month: only what they earned is withheld."""
    scene = scene_of(ask, ref, "outcomes")
    month = period_in(scene.book, period)
    settlement = settlement_in(scene.book, month)
    _hold_number(ask, settlement)
    dispute_outcome(
        ask.db, scene.contract, settlement, measures=ask.form.all("measures"), reason=ask.form.one("reason"), by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return Goto(f"/contracts/{ref}/periods/{month}", told="It is disputed. Everything else of your share is due.")


@post(
    "/contracts/{ref:str}/periods/{period:str}/disputes/{dispute:uuid}/resolution",
    who=ANYBODY_SIGNED_IN, again=show_period,
)  # fmt: skip
def resolve(ask: Ask, ref: str, period: str, dispute: UUID) -> Goto:
    """End a dispute of my organisation."""
    scene = scene_of(ask, ref, "outcomes")
    month = period_in(scene.book, period)
    given, outcome = typed(ask.form), ask.form.one("outcome")
    measures = scene.book.given.terms_on(month).measures
    has_values = any(value.strip() for name, value in given.items() if name.startswith("value-"))
    agreed = read_form(given, measures) if outcome == "agreed" and has_values else ()
    resolve_dispute(
        ask.db, scene.contract, dispute, outcome=outcome, reason=ask.form.one("reason"), agreed=agreed, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return Goto(f"/contracts/{ref}/periods/{month}", told="The dispute is resolved.")


@page("/contracts/{ref:str}/periods/{period:str}/basis.yaml", who=ANYBODY_SIGNED_IN)
def basis(ask: Ask, ref: str, period: str) -> Download:
    """Everything needed to work the month out again, as `marketplace desk settle` reads it."""
    scene = scene_of(ask, ref, "outcomes")
    month = period_in(scene.book, period)
    settlement = settlement_in(scene.book, month)
    given = {name: value for name, value in settlement.basis.items() if name != "period"}
    content = yaml.safe_dump(given, sort_keys=False, allow_unicode=True).encode()
    headers = {"content-disposition": f'attachment; filename="{scene.contract.ref}-{month}.yaml"'}
    return Download(content, "application/yaml", headers)


def _hold_number(ask: Ask, settlement: Settlement) -> None:
    """Raise Conflict where the page showed an older number than the one that counts now."""
    shown = ask.form.one("number")
    if shown and shown != str(settlement.number):
        raise Conflict("this outcome was computed again while your page was open", "Look at the newer one first.")


def _settled(scene: Scene, settlement: Settlement) -> dict[str, Any]:
    rows = measures_in(settlement.basis, settlement.period)
    share = own_share(scene, settlement)
    carried = share is not None and share.is_carried and share.verdict == "accepted"
    is_open = share is not None and scene.may_run and not share.verdict
    return {
        "number": settlement.number, "state": settlement.state, "total_pence": settlement.total_pence,
        "base_pence": settlement.base_pence, "at_risk_pence": settlement.at_risk_pence,
        "reason": settlement.reason, "computed_at": settlement.computed_at, "closed_at": settlement.closed_at,
        "by": settle_by(settlement), "working": working(settlement),
        "shares": shown_shares(scene, settlement),
        "may_accept": is_open, "may_dispute": is_open or (carried and scene.may_run),
        "own_pence": share.base_pence + share.at_risk_pence if share is not None else None,
        "parts": _parts(share, rows) if share is not None else [],
        "options": [{"value": row["key"], "label": row.get("label") or row["key"]} for row in rows],
    }  # fmt: skip


def _parts(share: Any, rows: Any) -> list[dict[str, Any]]:
    """What each measure earned of the own share."""
    return [{"label": row.get("label") or row["key"], "pence": share.parts.get(row["key"], 0)} for row in rows
            if not row.get("guard")]  # fmt: skip


def _number(one: Settlement) -> dict[str, Any]:
    return {
        "number": one.number, "state": one.state, "total_pence": one.total_pence, "reason": one.reason,
        "at": one.computed_at,
    }  # fmt: skip


def _line(one: Any) -> dict[str, Any]:
    return {
        "at": one.at, "organisation": one.organisation.name, "kind": KINDS[one.kind], "base_pence": one.base_pence,
        "at_risk_pence": one.at_risk_pence, "net_pence": one.net_pence,
    }  # fmt: skip


def _dispute(scene: Scene, one: Any) -> dict[str, Any]:
    labels = scene.book.labels
    return {
        "id": str(one.id), "organisation": one.organisation.name, "reason": one.reason, "opened_at": one.opened_at,
        "measures": ", ".join(labels.get(key, key) for key in one.measures), "outcome": one.outcome,
        "outcome_reason": one.outcome_reason, "resolved_at": one.resolved_at,
        "may_resolve": scene.may_run and scene.party is not None
        and one.organisation_id == scene.party.organisation_id and one.resolved_at is None,
    }  # fmt: skip


def _labels(scene: Scene) -> dict[Any, str]:
    return {measure.id: measure.label for measure in scene.book.measures.values()}


def _names(scene: Scene) -> dict[Any, str]:
    return {party.organisation_id: party.organisation.name for party in scene.book.parties}


ROUTES = [show_period, compute, accept, open_dispute, resolve, basis]
