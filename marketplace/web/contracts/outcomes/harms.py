"""Harms: reporting one holds the part at risk at once; a clinical safety officer closes it."""

from typing import Any
from uuid import UUID

from marketplace.contracts.actions.outcomes.safety import close_harm, report_harm
from marketplace.contracts.policies.outcomes import SEVERITIES
from marketplace.contracts.queries.outcomes.history import every_hold, harms_of
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.web.contracts.common import contract_of, told_of, typed
from marketplace.web.contracts.outcomes.common import scene_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post


@page("/contracts/{ref:str}/harms", who=ANYBODY_SIGNED_IN)
def show_harms(ask: Ask, ref: str, refusal: Refusal | None = None, harm: UUID | None = None) -> Page:
    """Open and closed harms, everything that held the part at risk, and the form to report one."""
    scene = scene_of(ask, ref, "harms")
    values = {
        **scene.values(),
        "harms": [_shown(one) for one in harms_of(ask.db, scene.contract.id)],
        "history": every_hold(ask.db, scene.contract.id),
        "severities": [{"value": key, "label": label} for key, label in SEVERITIES.items()],
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("contracts/outcomes/harms.html", values)


@post("/contracts/{ref:str}/harms", who=ANYBODY_SIGNED_IN, again=show_harms, makes=True)
def report(ask: Ask, ref: str) -> Goto:
    """Report a harm or a near miss."""
    severity, words = ask.form.one("severity"), ask.form.one("words")
    report_harm(ask.db, contract_of(ask, ref), severity=severity, words=words, by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/harms", told="The harm is reported. From now on nothing at risk is paid.")


@post("/contracts/{ref:str}/harms/{harm:uuid}/closure", who=ANYBODY_SIGNED_IN, again=show_harms)
def close(ask: Ask, ref: str, harm: UUID) -> Goto:
    """Say that a harm is dealt with."""
    close_harm(ask.db, contract_of(ask, ref), harm, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/harms", told="The harm is closed. What waited for it is released.")


def _shown(harm: Any) -> dict[str, Any]:
    return {
        "id": str(harm.id), "severity": SEVERITIES[harm.severity], "words": harm.words, "opened_at": harm.opened_at,
        "organisation": harm.organisation.name, "closed_at": harm.closed_at, "closed_reason": harm.closed_reason,
    }  # fmt: skip


ROUTES = [show_harms, report, close]
