"""Whom a buying organisation trusts, as its manager says it; and why certificates are not relied on, as a picture."""

from marketplace.assurance.actions.bodies import set_trust_policy
from marketplace.assurance.policies import may_set_trust
from marketplace.assurance.queries.bodies import policy_of, policy_row
from marketplace.assurance.queries.people import bodies
from marketplace.assurance.queries.picture import reasons
from marketplace.assurance.rules.trust import RULES
from marketplace.faces.ask import Ask
from marketplace.identity.models import Organisation
from marketplace.identity.queries.organisations import find_own
from marketplace.kit.errors import NotFound, Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post

YES, NO = "yes", "no"


@page("/organisations/{ref:str}/assurance-policy", who=ANYBODY_SIGNED_IN)
def show_policy(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Whom one's organisation trusts, and since when."""
    organisation = own_buyer(ask, ref)
    policy, row = policy_of(ask.db, organisation.id), policy_row(ask.db, organisation.id)
    typed = {
        "rule": ask.form.one("rule") or policy.rule, "bodies": ask.form.all("bodies") or sorted(policy.bodies),
        "recognised": ask.form.one("recognised") or (YES if policy.recognised else NO),
        "conditions": ask.form.one("conditions") or (YES if policy.conditions else NO),
        "words": ask.form.one("words") or (row.words if row else ""),
    }  # fmt: skip
    values = {
        "organisation": {"ref": organisation.ref, "name": organisation.name},
        "rules": [{"value": key, "label": label} for key, label in RULES.items()],
        "bodies": [{"value": each.ref, "label": each.name} for each in bodies(ask.db)],
        "since": row.at if row else None,
        "may_set": may_set_trust(ask.by),
        "typed": typed,
        "now": {
            "rule": RULES[policy.rule], "recognised": policy.recognised, "conditions": policy.conditions,
            "words": row.words if row else "",
            "bodies": [each.name for each in bodies(ask.db) if each.ref in policy.bodies],
        },
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/policy.html", values)


@post("/organisations/{ref:str}/assurance-policy", who=ANYBODY_SIGNED_IN, again=show_policy)
def send_policy(ask: Ask, ref: str) -> Goto:
    """Set it, from now on."""
    organisation = own_buyer(ask, ref)
    set_trust_policy(
        ask.db, rule=ask.form.one("rule"), named=ask.form.all("bodies"), recognised=ask.form.one("recognised") == YES,
        conditions=ask.form.one("conditions") == YES, words=ask.form.one("words"), by=ask.by, at=ask.at,
    )  # fmt: skip
    told = "The policy holds from now on. What you rely on already stays as it was decided."
    return Goto(f"/organisations/{organisation.ref}/assurance-policy", told=told)


@page("/assurance/reasons", who=PUBLIC)
def show_reasons(ask: Ask) -> Page:
    """Why organisations do not rely on what was assessed once. Who gave which reason is for those who are signed in."""
    told, refused, relied = reasons(ask.db, ask.services.frameworks)
    given = [each for each in told if each.count]
    values = {
        "refused": refused, "relied": relied,
        "bars": [{"label": each.ground.label, "value": each.count} for each in given],
        "reasons": [
            {"label": each.ground.label, "mends": each.ground.mends, "count": each.count,
             "newest": [{"words": words, "ref": ref} for words, ref in each.newest] if ask.actor else []}
            for each in given
        ],
        "is_signed_in": ask.actor is not None,
        "most": given[0].ground.label if given else "",
    }  # fmt: skip
    return Page("assurance/reasons.html", values)


def own_buyer(ask: Ask, ref: str) -> Organisation:
    """One's own organisation, where it buys. Raises NotFound."""
    organisation = find_own(ask.db, ref, by=ask.by)
    if not ask.by.is_buyer:
        raise NotFound("this organisation does not buy", "Only organisations that buy rely on certificates.")
    return organisation


ROUTES = [show_policy, send_policy, show_reasons]
