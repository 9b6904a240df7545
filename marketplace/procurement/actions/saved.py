"""Saving a search, and telling its owner what is new."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.catalogue.queries.asking import choices_of
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.ports.search.port import Query, Search, SearchUnavailable
from marketplace.procurement.actions.searches import tidy
from marketplace.procurement.events import SearchForgotten, SearchSaved
from marketplace.procurement.models import Project, SavedSearch
from marketplace.procurement.policies import may_forget
from marketplace.procurement.queries.saved import due_searches, saved_searches
from marketplace.procurement.queries.searches import query_of, refs_found
from marketplace.procurement.queries.standing import products_by_ref
from marketplace.procurement.rules.novelty import new_among, seen_after
from marketplace.procurement.schemas import LONGEST

MOST = 50
WINDOW = 500
"""How many of the newest results are looked at for something new."""
DAILY = timedelta(days=1)
SOON = timedelta(minutes=2)
"""After a listing is published, the index has it by then."""
NAMED = 5


def save_search(
    db: Session,
    query: Query,
    *,
    name: str,
    found: Sequence[str],
    project: Project | None = None,
    by: Actor,
    at: datetime,
) -> SavedSearch:
    """Keep a search that its owner hears of when it finds something new. `found` is what it finds already.

    Raises NotAllowed, Conflict, Invalid by field.
    """
    if by.person_id is None:
        raise NotAllowed("a search is saved by a person", "Sign in first.")
    if len(saved_searches(db, by=by)) >= MOST:
        raise Conflict(f"you have {MOST} saved searches", "Forget one that you no longer need.")
    fields, words = Fields({"name": name}), tidy(query.words)[: LONGEST["name"]]
    needed = "" if words else "Give the search a name, by which a mail can speak of it."
    kept = fields.line("name", LONGEST["name"], needed=needed) or words
    fields.check("the search is not saved yet")
    saved = SavedSearch(
        id=new_id(at), person_id=by.person_id, organisation_id=by.organisation_id, name=kept, words=tidy(query.words),
        project_id=project.id if project else None, chosen=choices_of(query), saved_at=at, checked_at=at,
        with_stale=not query.hidden, seen=seen_after(found, []), due_at=at + DAILY,
    )  # fmt: skip
    db.add(saved)
    record(db, SearchSaved(saved_search_id=saved.id, name=kept, project_id=saved.project_id), by=by, at=at)
    return saved


def forget_search(db: Session, saved: SavedSearch, *, by: Actor, at: datetime) -> None:
    """Hear of it no longer. Raises NotAllowed."""
    if not may_forget(by, saved):
        raise NotAllowed("this search was saved by somebody else", "Each forgets their own.")
    saved.ended_at = at
    record(db, SearchForgotten(saved_search_id=saved.id), by=by, at=at)


def hasten_searches(db: Session, *, at: datetime) -> None:
    """Something was published: look at every saved search soon, once the index has it."""
    later = (SavedSearch.ended_at.is_(None), SavedSearch.due_at > at + SOON)
    db.execute(update(SavedSearch).where(*later).values(due_at=at + SOON))


def tell_what_is_new(db: Session, search: Search, *, at: datetime, most: int = 50) -> int:
    """Tell the owners of saved searches that are due what is new; returns how many searches were looked at.

    Repeatable. Where the engine cannot answer, what is left stays due.
    """
    looked = 0
    for saved in due_searches(db, at=at, most=most):
        try:
            found, _ = refs_found(search, query_of(db, saved, on=day_in_london(at)), most=WINDOW)
        except SearchUnavailable:
            break
        _tell(db, saved, found, at=at)
        looked += 1
    return looked


def _tell(db: Session, saved: SavedSearch, found: Sequence[str], *, at: datetime) -> None:
    """What came to fit is new too, such as a product that has its certificate now.

    Where not all that was found is known, only what was published since: what is older may have been there unseen.
    """
    new = products_by_ref(db, new_among(found, saved.seen))
    knows_all = len(saved.seen) < WINDOW
    fresh = [p for p in new if p.live_version and (knows_all or (p.live_version.published_at or at) > saved.saved_at)]
    saved.seen, saved.checked_at, saved.due_at = seen_after(found, saved.seen), at, at + DAILY
    if not fresh:
        return
    names = [product.live_version.name for product in fresh if product.live_version]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    tell(
        db, [saved.person_id], kind="saved-search", organisation_id=saved.organisation_id, at=at,
        title=f"{len(fresh)} new for “{saved.name}”", body=f"{', '.join(names[:NAMED])}{more}.",
        path=f"/saved-searches/{saved.id}", key=f"saved-search {saved.id} {','.join(sorted(p.ref for p in fresh))}",
    )  # fmt: skip
