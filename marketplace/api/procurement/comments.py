"""What people say in a project: shared, or private to their organisation."""

from datetime import datetime
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.procurement.common import project_of
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.catalogue.queries.products import product_for
from marketplace.identity.policies import Permission
from marketplace.procurement.actions.comments import finish, say
from marketplace.procurement.models import Comment
from marketplace.procurement.queries.comments import comments_of, find_comment

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE


class CommentIn(In):
    """Something to say, perhaps about a product, perhaps asked of a person on the project."""

    words: Text
    is_private: bool = False
    product: Line = ""
    assigned_to: UUID | None = None


class CommentOut(Out):
    id: UUID
    words: str
    is_private: bool
    by: str
    organisation: str
    at: datetime
    product_ref: str
    assigned_to: str
    done_at: datetime | None


@get("/projects/{ref:str}/comments", who=ANYBODY_SIGNED_IN, scope=READ)
def list_comments(ask: Asked, ref: str) -> Listed[CommentOut]:
    """Shared comments, and the private ones of one's own organisation, oldest first."""
    return all_of(_comment(one) for one in comments_of(ask.db, project_of(ask, ref), by=ask.by))


@post("/projects/{ref:str}/comments", who=ANYBODY_SIGNED_IN, scope=READ, status=201)
def comment(ask: Asked, ref: str, body: CommentIn) -> CommentOut:
    """Say something; whoever can read the project can comment."""
    project = project_of(ask, ref)
    product = product_for(ask.db, body.product, by=ask.actor) if body.product else None
    made = say(
        ask.db, project, words=body.words, is_private=body.is_private, product=product,
        assigned_to_id=body.assigned_to, by=ask.by, at=ask.at,
    )  # fmt: skip
    ask.db.flush()
    return _comment(find_comment(ask.db, project, made.id, by=ask.by))


@post("/projects/{ref:str}/comments/{comment:str}/completion", who=ANYBODY_SIGNED_IN, scope=READ)
def complete(ask: Asked, ref: str, comment: UUID) -> CommentOut:
    """Say that what was asked for is done."""
    project = project_of(ask, ref)
    found = find_comment(ask.db, project, comment, by=ask.by)
    finish(ask.db, project, found, by=ask.by, at=ask.at)
    return _comment(found)


def _comment(comment: Comment) -> CommentOut:
    return CommentOut(
        id=comment.id, words=comment.words, is_private=comment.is_private, by=comment.by.name,
        organisation=comment.organisation.name, at=comment.at, done_at=comment.done_at,
        product_ref=comment.product.ref if comment.product else "",
        assigned_to=comment.assigned_to.name if comment.assigned_to else "",
    )  # fmt: skip


CALLS = [list_comments, comment, complete]
