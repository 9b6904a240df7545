"""One page on which an organisation relies on what was assessed once, and sees what stays with it."""

from typing import Any

from marketplace.assurance.actions.relying import accept_assurance, allow_relying, refuse_assurance
from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.bodies import trust_in
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.assurance.queries.declared import border, grounds
from marketplace.assurance.rules.declared import Once
from marketplace.assurance.rules.trust import Trust
from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, Refusal
from marketplace.web.assurance.certificates import certificate_values
from marketplace.web.assurance.showing import Part
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post


@page("/certificates/{ref:str}/reuse", who=ANYBODY_SIGNED_IN)
def show_reuse(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Left what was assured once, right what stays with you; below, one decision."""
    certificate = find_certificate(ask.db, ref)
    values = certificate_values(ask, certificate, on=day_in_london(ask.at))
    declared = border(ask.services.frameworks)
    values |= {
        "once": [once_of(each, values["parts"]) for each in declared.once],
        "local": declared.local,
        "note": declared.note,
        "organisation": ask.by.organisation_name,
        "trust": trust_of(ask, certificate),
        "policy_url": f"/organisations/{ask.by.organisation_ref}/assurance-policy" if ask.by.is_buyer else "",
        "grounds": [{"value": each.id, "label": each.label} for each in grounds(ask.services.frameworks).grounds],
        "typed": {name: ask.form.one(name) for name in ("decision", "reason", "ground")},
        "errors": errors_of(refusal),
    }
    return Page("assurance/reuse.html", values)


@post("/certificates/{ref:str}/reuse", who=ANYBODY_SIGNED_IN, again=show_reuse, makes=True)
def decide_reuse(ask: Ask, ref: str) -> Goto:
    """Accept, or refuse with a reason that others read."""
    certificate = find_certificate(ask.db, ref)
    allow_relying(ask.by)
    decision, reason = ask.form.one("decision"), ask.form.one("reason")
    if decision == "accept":
        accept_assurance(ask.db, certificate, reason=reason, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
        told = f"{ask.by.organisation_name} relies on {certificate.ref}. What is left is yours: see below."
    elif decision == "refuse":
        refuse_assurance(
            ask.db, certificate, reason=reason, ground=ask.form.one("ground"), frameworks=ask.services.frameworks,
            by=ask.by, at=ask.at,
        )  # fmt: skip
        told = f"{ask.by.organisation_name} does not rely on {certificate.ref}. The supplier is told why."
    else:
        raise Invalid("nothing was decided", "Choose one.", fields={"decision": "Rely on it, or say why not."})
    return Goto(f"/certificates/{certificate.ref}/reuse", told=told)


def trust_of(ask: Ask, certificate: Certificate) -> Trust | None:
    """Whether the policy of the asking organisation trusts it; None for who does not buy."""
    if not ask.by.is_buyer or ask.by.organisation_id is None:
        return None
    today = day_in_london(ask.at)
    return trust_in(ask.db, ask.services.frameworks, certificate, ask.by.organisation_id, on=today)


def once_of(declared: Once, parts: list[Part]) -> dict[str, Any]:
    """A part that was assured once, with how it stands today."""
    return {"declared": declared, "parts": [part for part in parts if part.id in declared.sections]}


ROUTES = [show_reuse, decide_reuse]
