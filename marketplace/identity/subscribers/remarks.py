"""Comments: whom they ask, whom they name, and whom they reach at other organisations."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.actions.notices import tell
from marketplace.identity.events import RemarkMade
from marketplace.identity.models import Remark
from marketplace.kit.calendar import in_words
from marketplace.kit.jobs import Heard

QUOTED = 300


def tells_of_remark(db: Session, heard: Heard) -> None:
    """RemarkMade: who is asked for something, who is named, and who elsewhere can read it."""
    event = heard.event
    assert isinstance(event, RemarkMade)
    rows = select(Remark).options(joinedload(Remark.by), joinedload(Remark.organisation))
    remark = db.scalars(rows.where(Remark.id == event.remark_id)).one()
    who, words, path = remark.by.name, remark.words[:QUOTED], f"/comments/{remark.kind}/{remark.ref}"
    asked = [event.assigned_to_id] if event.assigned_to_id not in (None, heard.by_person_id) else []
    by_then = f" by {in_words(remark.due_on)}" if remark.due_on else ""
    from_there = f"{who} of {remark.organisation.name}"
    for people, kind, title, key in (
        ([each for each in asked if each], "task", f"{who} asks you{by_then}: {remark.title}", "asked"),
        (event.mentioned, "comment", f"{who} mentions you: {remark.title}", "mention"),
        (event.hears, "comment", f"{from_there} comments on {remark.title}", "shared"),
    ):
        tell(db, people, kind=kind, title=title, body=words, path=path, key=f"{heard.key} {key}", at=heard.at)
