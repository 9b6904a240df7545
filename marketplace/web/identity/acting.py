"""For whom one acts, in which language one reads, and what happened in one's organisation."""

from marketplace.faces.ask import Ask
from marketplace.identity.actions.people import LANGUAGES, choose_language
from marketplace.identity.actions.sessions import act_for
from marketplace.identity.policies import Permission
from marketplace.identity.queries.audit import trail_of
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.web import cookies
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.identity.common import DESK, session_id, way_on


@post("/acting-for", who=ANYBODY_SIGNED_IN)
def switch(ask: Ask) -> Goto:
    """Act for another organisation; forms that were open are refused from now on."""
    organisation = act_for(ask.db, session_id(ask), ask.form.one("organisation"), by=ask.by, at=ask.at)
    return Goto(DESK, told=f"You act for {organisation.name}.")


@post("/language", who=PUBLIC)
def choose(ask: Ask) -> Goto:
    """Read pages in another language."""
    language = ask.form.one("language")
    if language not in LANGUAGES:
        raise Invalid(f"{quote(language)} is not offered", f"Choose one of {', '.join(LANGUAGES.values())}.")
    if ask.actor is not None:
        choose_language(ask.db, language, by=ask.by, at=ask.at)
    return Goto(way_on(ask.form.one("next"), "/"), cookies=[cookies.chosen_language(language, ask.services)])


@page("/audit", who=Permission.AUDIT_READ)
def show_audit(ask: Ask) -> Page:
    """What happened in the organisation, newest first."""
    trail = trail_of(ask.db, by=ask.by, after=ask.query.one("after"))
    rows = [
        {
            "at": each.at,
            "title": each.line,
            "text": f"For {each.for_whom}" if each.for_whom else "",
        }
        for each in trail.happenings
    ]
    values = {
        "organisation_ref": ask.by.organisation_ref,
        "organisation_name": ask.by.organisation_name,
        "entries": rows,
        "next_url": f"/audit?after={trail.next}" if trail.next else "",
    }
    return Page("identity/audit.html", values)


ROUTES = [switch, choose, show_audit]
