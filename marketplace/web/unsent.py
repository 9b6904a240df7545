"""What was typed and not saved: kept while one types, listed, thrown away."""

from marketplace.faces.ask import Ask
from marketplace.faces.unsent import owner_of
from marketplace.kit.calendar import LONDON
from marketplace.kit.unsent import all_kept, keep, throw_away
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post
from marketplace.web.keeping import TITLE, VERSION, Kept, place_of, typed_in


@page("/unsent", who=ANYBODY_SIGNED_IN)
def list_unsent(ask: Ask) -> Page:
    """Every form in which one typed something that is not saved."""
    drafts = all_kept(ask.db, owner_of(ask)) if ask.by.organisation_id else []
    values = {"drafts": [Kept(one.place, one.title or one.place, one.version, one.at) for one in drafts]}
    return Page("identity/unsent.html", values)


@post("/unsent", who=ANYBODY_SIGNED_IN)
def keep_unsent(ask: Ask) -> Download:
    """Keep a form as it stands while somebody types; it says when, in words for the page."""
    keep(
        ask.db, owner_of(ask), place_of(ask.form), typed_in(ask.form), title=ask.form.one(TITLE),
        version=ask.form.one(VERSION), at=ask.at,
    )  # fmt: skip
    told = f"Kept as a draft at {ask.at.astimezone(LONDON):%H:%M}. It is not saved until you save it."
    return Download(told, "text/plain; charset=utf-8")


@post("/unsent/removal", who=ANYBODY_SIGNED_IN)
def throw_unsent_away(ask: Ask) -> Goto:
    """Throw a draft away; the form stands as it was saved."""
    place = place_of(ask.form)
    gone = throw_away(ask.db, owner_of(ask), place)
    back = ask.form.one("back") or place
    return Goto(back, told="The draft is thrown away." if gone else "There was no draft any more.")


ROUTES = [list_unsent, keep_unsent, throw_unsent_away]
