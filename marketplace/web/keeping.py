"""Long forms whose text is kept while one types: what a page says of a draft, and how it is put back or let go."""

import dataclasses
from datetime import datetime

from marketplace.faces.ask import Ask, Values
from marketplace.faces.unsent import owner_of
from marketplace.kit.unsent import LONGEST_PLACE, Fields, kept_at, throw_away
from marketplace.kit.values import Value, replace

PLACE, TITLE, VERSION = "kept-as", "kept-title", "kept-version"
"""The hidden fields that a kept form carries: where it stands, what it is called, what it was made from."""
PUT_BACK = "put-back"
NOT_KEPT = frozenset({"csrf_token", "go", PLACE, TITLE, VERSION})


class Kept(Value):
    """What a page says of its draft. `at` is None where there is none to speak of.

    `is_back`: the form shows it. `is_older`: what the form is about was saved since the draft was begun.
    """

    place: str
    title: str
    version: str
    at: datetime | None = None
    is_back: bool = False
    is_older: bool = False

    @property
    def put_back(self) -> str:
        return f"{self.place}{'&' if '?' in self.place else '?'}{PUT_BACK}=yes"


def with_kept(ask: Ask, place: str, title: str, *, version: object = "") -> tuple[Ask, Kept]:
    """The ask, with what was typed in its form where somebody asks to put it back; and what the page says of it."""
    told = Kept(place, title, str(version))
    if ask.form or ask.actor is None or ask.actor.organisation_id is None or len(place) > LONGEST_PLACE:
        return ask, told
    draft = kept_at(ask.db, owner_of(ask), place)
    if draft is None:
        return ask, told
    is_back = ask.query.one(PUT_BACK) == "yes"
    told = replace(told, at=draft.at, is_back=is_back, is_older=draft.version != told.version)
    if not is_back:
        return ask, told
    return dataclasses.replace(ask, form=Values([(name, value) for name, value in draft.fields])), told


def let_go(ask: Ask) -> None:
    """Forget the draft of the form that was sent and taken."""
    place = place_of(ask.form)
    if place and ask.actor is not None and ask.actor.organisation_id is not None:
        throw_away(ask.db, owner_of(ask), place)


def place_of(form: Values) -> str:
    return next(iter(form.all(PLACE)), "")


def typed_in(form: Values) -> Fields:
    """The fields of a form that are worth keeping, in order."""
    return [(name, value) for name, values in form.items().items() if name not in NOT_KEPT for value in values]
