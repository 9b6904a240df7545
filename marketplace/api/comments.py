"""Comments on anything, by program: read as far as one may, made, and what they ask for done."""

from datetime import date, datetime
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.faces.comments import saying_of, thing_of
from marketplace.identity.actions.remarks import finish_remark, remark_on
from marketplace.identity.models import Remark
from marketplace.identity.queries.remarks import asked_of, find_remark, remarks_about
from marketplace.identity.rules.remarks import PRIVATE, ways_of


class CommentIn(In):
    """`reach` is private, everybody where the thing is closed, or one of `ways`; `due_on` needs somebody asked."""

    words: Text
    reach: Line = PRIVATE
    assigned_to: UUID | None = None
    due_on: date | None = None


class CommentOut(Out):
    id: UUID
    kind: str
    ref: str
    title: str
    words: str
    reach: str
    shared_with: str
    by: str
    organisation: str
    at: datetime
    assigned_to: str
    due_on: date | None
    done_at: datetime | None


class WayOut(Out):
    """A value of `reach`, and what it means."""

    reach: str
    label: str


class ThreadOut(Listed[CommentOut]):
    """What was said about a thing, and who a comment on it can be for."""

    items: list[CommentOut]
    kind: str
    ref: str
    title: str
    path: str
    ways: list[WayOut]


@get("/comments", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_asked(ask: Asked) -> Listed[CommentOut]:
    """What comments still ask of the caller, what is due first ahead."""
    return all_of(_comment(one) for one in asked_of(ask.db, by=ask.by))


@get("/comments/{kind:str}/{ref:str}", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_comments(ask: Asked, kind: str, ref: str) -> ThreadOut:
    """What was said about a thing as far as the caller may hear it, oldest first."""
    about = thing_of(ask.db, kind, ref, by=ask.by)
    items = [_comment(one) for one in remarks_about(ask.db, about, by=ask.by)]
    ways = [WayOut(reach=key, label=label) for key, label in ways_of(about).items()]
    return ThreadOut(
        items=items, total=len(items), kind=about.kind, ref=about.ref, title=about.title, path=about.path, ways=ways
    )  # fmt: skip


@post("/comments/{kind:str}/{ref:str}", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=201)
def comment(ask: Asked, kind: str, ref: str, body: CommentIn) -> CommentOut:
    """Say something about a thing; whoever can open it can comment on it."""
    about = thing_of(ask.db, kind, ref, by=ask.by)
    saying = saying_of(
        about, words=body.words, reach=body.reach, assigned_to_id=body.assigned_to, due_on=body.due_on
    )  # fmt: skip
    made = remark_on(ask.db, about, saying, by=ask.by, at=ask.at)
    ask.db.flush()
    return _comment(find_remark(ask.db, about, made.id, by=ask.by))


@post("/comments/{kind:str}/{ref:str}/{comment:str}/completion", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def complete(ask: Asked, kind: str, ref: str, comment: UUID) -> CommentOut:
    """Say that what was asked for is done."""
    about = thing_of(ask.db, kind, ref, by=ask.by)
    found = find_remark(ask.db, about, comment, by=ask.by)
    finish_remark(ask.db, found, by=ask.by, at=ask.at)
    return _comment(found)


def _comment(one: Remark) -> CommentOut:
    return CommentOut(
        id=one.id, kind=one.kind, ref=one.ref, title=one.title, words=one.words, reach=one.reach,
        shared_with=one.shared_with.name if one.shared_with is not None else "", by=one.by.name,
        organisation=one.organisation.name, at=one.at, due_on=one.due_on, done_at=one.done_at,
        assigned_to=one.assigned_to.name if one.assigned_to is not None else "",
    )  # fmt: skip


CALLS = [list_asked, list_comments, comment, complete]
