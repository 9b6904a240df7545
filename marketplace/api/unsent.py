"""What one typed into a form and did not send: kept for oneself, and never sent by itself."""

from datetime import datetime

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, get, post, put
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.faces.unsent import owner_of
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.kit.unsent import (
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_VERSION,
    Unsent,
    all_kept,
    keep,
    kept_at,
    throw_away,
)

MOST_FIELDS = 2_000


class PlaceIn(In):
    """Where the form stands: the path of its page."""

    place: str = Field(max_length=LONGEST_PLACE)


class FieldIn(In):
    name: Line
    value: Text


class FieldOut(Out):
    name: str
    value: str


class DraftIn(PlaceIn):
    """The fields of a form in order; `version` is that of what the form is about."""

    title: str = Field(default="", max_length=LONGEST_TITLE)
    version: str = Field(default="", max_length=LONGEST_VERSION)
    fields: list[FieldIn] = Field(max_length=MOST_FIELDS)


class DraftOut(Out):
    place: str
    title: str
    version: str
    fields: list[FieldOut]
    at: datetime


@get("/unsent", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_drafts(ask: Asked) -> Listed[DraftOut]:
    """Every form in which one typed something that is not saved, the newest first."""
    return all_of(_out(one) for one in all_kept(ask.db, owner_of(ask)))


@put("/unsent", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def keep_draft(ask: Asked, body: DraftIn) -> DraftOut:
    """Keep a form as it stands, over what was kept of it before. Nothing of it is saved."""
    owner = owner_of(ask)
    fields = [(one.name, one.value) for one in body.fields]
    keep(ask.db, owner, body.place, fields, title=body.title, version=body.version, at=ask.at)
    kept = kept_at(ask.db, owner, body.place)
    assert kept is not None
    return _out(kept)


@post("/unsent/removal", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=204)
def throw_draft_away(ask: Asked, body: PlaceIn) -> None:
    """Throw a draft away. Raises NotFound."""
    if not throw_away(ask.db, owner_of(ask), body.place):
        raise NotFound(f"nothing is kept of {quote(body.place)}", "The list of drafts has what is there.")


def _out(draft: Unsent) -> DraftOut:
    fields = [FieldOut(name=name, value=value) for name, value in draft.fields]
    return DraftOut(place=draft.place, title=draft.title, version=draft.version, fields=fields, at=draft.at)


CALLS = [list_drafts, keep_draft, throw_draft_away]
