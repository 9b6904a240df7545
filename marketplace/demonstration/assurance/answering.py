"""The supplier's part: documents put there, every question answered, the application."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.applying import apply
from marketplace.assurance.queries.given import answers_of
from marketplace.catalogue.actions.documents import attach
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import attachments_of
from marketplace.demonstration.assurance.content import PaperOf
from marketplace.demonstration.assurance.track import Track
from marketplace.demonstration.papers import content_of
from marketplace.demonstration.stage import Stage, organisation_called
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid

STATED = "clinical-safety-officer"
"""What states its last day, which is counted from today."""


def answer_everything(track: Track, at: datetime, db: Session) -> None:
    """Each document kept and each question answered, but those left out; nothing where something is answered."""
    product, asked = track.product(db), track.framework().by_question
    there = answers_of(db, product, at=track.stage.now)
    if any(each.product_id == product.id for name, each in there.items() if name in asked):
        return
    kept = keep_papers(track.stage, product, track.declared.papers, by=track.writer(db), at=at, db=db)
    behind = {paper.id: kept[paper.file] for paper in track.declared.papers}
    listed = product.live_version.answers if product.live_version else {}
    left = {*listed, *track.case_of.leaves_out}
    wanted = track.declared.answers | track.case_of.instead
    given = {name: value for name, value in wanted.items() if name not in left}
    papers = {
        name: [behind[each] for each in files]
        for name, files in track.declared.behind.items() if name in given
    }  # fmt: skip
    dated = {name: day for name, day in dates(track, at).items() if name not in track.case_of.leaves_out}
    send(track, product, given, dated, papers, at, db)


def send(
    track: Track, product: Product, given: Mapping[str, Any], dated: Mapping[str, date | None],
    papers: Mapping[str, list[UUID]], at: datetime, db: Session,
) -> None:  # fmt: skip
    """Answer as the supplier would. Raises Invalid, naming what does not hold."""
    saved = answer(
        db, product, given, framework=track.framework(), dated=dated, documents=papers, by=track.writer(db), at=at
    )
    if saved.errors:
        raise Invalid(f"{product.name} is not answered well", "Mend assurance.yaml.", fields=saved.errors)


def dates(track: Track, at: datetime) -> dict[str, date | None]:
    """The days of what is dated: back from the day of the answers, but what states its end, from today."""
    found: dict[str, date | None] = {}
    for name, days in track.declared.dated.items():
        ago = track.case_of.tested if name == "penetration-test" and track.case_of.tested else days
        start = track.stage.now if name == STATED else at
        found[name] = day_in_london(start) - timedelta(days=ago)
    return found


def keep_papers(
    stage: Stage, product: Product, papers: Iterable[PaperOf], *, by: Actor, at: datetime, db: Session
) -> dict[str, UUID]:
    """The documents beside the product by the names of their files, each set anew for it where it is not there yet.

    The name of a later one says of when it is.
    """
    there = {each.name: each.id for each in attachments_of(db, product.id)}
    for paper in papers:
        if paper.file not in there:
            content = BytesIO(content_of(paper, product.name))
            kept = attach(
                db, stage.files, product, content, file_name=paper.file, kind=paper.kind, access=paper.access, by=by,
                at=at,
            )  # fmt: skip
            there[paper.file] = kept.id
    return there


def send_application(track: Track, at: datetime, db: Session) -> None:
    if track.case(db) is not None:
        return
    product, body = track.product(db), organisation_called(db, track.case_of.body)
    assert product.live_version is not None, f"{track.case_of.product} is not on show"
    assert body is not None, f"there is no {track.case_of.body}"
    apply(
        db, product, product.live_version, framework=track.framework(), body=body, scope=track.case_of.scope,
        by=track.writer(db), at=at,
    )  # fmt: skip
