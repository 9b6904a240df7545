"""Saying something about a project or a product in it, and asking somebody for something."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.procurement.events import CommentDone, CommentMade
from marketplace.procurement.models import Comment, Project
from marketplace.procurement.policies import may_finish, may_read
from marketplace.procurement.queries.projects import colleagues_of, seat_of
from marketplace.procurement.schemas import LONGEST


def say(
    db: Session, project: Project, *, words: str, is_private: bool, product: Product | None = None,
    assigned_to_id: UUID | None = None, by: Actor, at: datetime,
) -> Comment:  # fmt: skip
    """Comment, for one's own organisation alone or for everybody on the project; perhaps asking one of them.

    Everybody who can read the project can comment. Raises NotAllowed, Invalid by field.
    """
    if not may_read(by, project, seat_of(db, project, by)) or by.person_id is None or by.organisation_id is None:
        raise NotAllowed("you cannot comment on this project", "Ask one of its buyers to name you on it.")
    kept = _words(words)
    _check_assigned(db, project, assigned_to_id, is_private=is_private, by=by)
    comment = Comment(
        id=new_id(at), project_id=project.id, product_id=product.id if product else None, words=kept,
        organisation_id=by.organisation_id, is_private=is_private, by_id=by.person_id, at=at,
        assigned_to_id=assigned_to_id,
    )  # fmt: skip
    db.add(comment)
    made = CommentMade(
        project_id=project.id, comment_id=comment.id, organisation_id=comment.organisation_id, is_private=is_private,
        product_id=comment.product_id, assigned_to_id=assigned_to_id,
    )  # fmt: skip
    record(db, made, by=by, at=at)
    return comment


def finish(db: Session, project: Project, comment: Comment, *, by: Actor, at: datetime) -> None:
    """Say that what a comment asked for is done. Raises NotAllowed, Conflict."""
    if not may_finish(by, comment):
        raise NotAllowed("this was asked of somebody else", "The one who asked, or was asked, says that it is done.")
    if comment.assigned_to_id is None or comment.done_at is not None:
        raise Conflict("there is nothing left to do here", "It was not asked of anybody, or it is done.")
    comment.done_at, comment.done_by_id = at, by.person_id
    record(db, CommentDone(project_id=project.id, comment_id=comment.id), by=by, at=at)


def _words(words: str) -> str:
    fields = Fields({"words": words})
    kept = fields.text("words", LONGEST["words"], needed="Write what you want to say.")
    fields.check("the comment is not made yet")
    return kept


def _check_assigned(db: Session, project: Project, person_id: UUID | None, *, is_private: bool, by: Actor) -> None:
    if person_id is None:
        return
    seats = [seat for seat in colleagues_of(db, project) if seat.person_id == person_id]
    if not seats:
        told = "Choose one of the people on the project."
    elif is_private and all(seat.organisation_id != by.organisation_id for seat in seats):
        told = "They cannot read a comment that is private to your organisation. Share it, or ask a colleague of yours."
    else:
        return
    raise Invalid("it cannot be asked of this person", "Choose somebody else.", fields={"assigned_to": told})
