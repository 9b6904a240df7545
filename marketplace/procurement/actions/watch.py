"""Telling people what became of the products that they look at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import CLOCK
from marketplace.identity.rules.remarks import mentioned
from marketplace.kit.calendar import day_in_london
from marketplace.kit.record import record
from marketplace.procurement.events import CandidateChanged
from marketplace.procurement.models import Candidate, Comment, Project
from marketplace.procurement.queries.projects import colleagues_of, people_to_tell
from marketplace.procurement.queries.saved import followers_of
from marketplace.procurement.queries.standing import Look, looks_in
from marketplace.procurement.queries.watch import repriced_on, watched
from marketplace.procurement.rules.standing import Change, Standing, changes

QUOTED = 300


def watch_products(db: Session, product_ids: Iterable[UUID], *, key: str, at: datetime) -> int:
    """Tell everybody on a project what changed about its products since they were last told; returns how many changed.

    Repeatable: what was told is known from then on, and nobody hears the same `key` twice.
    """
    changed = 0
    for candidate, project in watched(db, product_ids):
        look = looks_in(db, project, [candidate.product_id], on=day_in_london(at)).get(candidate.product_id)
        found = changes(Standing.read(candidate.known), look.standing) if look else []
        if look and found:
            _note_change(db, candidate, project, look, found, key=key, at=at)
            changed += 1
    return changed


def watch_prices_of_the_day(db: Session, *, at: datetime) -> int:
    """Prices begin and end to hold without anybody doing anything: look at those that did today."""
    day = day_in_london(at)
    return watch_products(db, repriced_on(db, day), key=f"prices of {day}", at=at)


def tell_of_certificate(db: Session, product_id: UUID, words: str, reason: str, *, key: str, at: datetime) -> int:
    """Tell everybody on a project with this product what became of its certificate; returns how many projects."""
    found = watched(db, [product_id])
    for candidate, project in found:
        product = candidate.product
        changed = CandidateChanged(
            project_id=project.id, product_id=product.id, product_ref=product.ref, product_name=product.name,
            changes=[f"{words}: {reason}"],
        )  # fmt: skip
        record(db, changed, by=CLOCK, at=at)
        _tell_all(
            db, project, f"{product.name}: {words.lower()}", f"In {project.name}. {reason}", "shortlist", but=None,
            key=f"{key} {candidate.id}", at=at,
        )  # fmt: skip
    return len(found)


def tell_followers(db: Session, product: Product, words: str, *, key: str, at: datetime) -> int:
    """Tell those who follow a product or its supplier what happened; returns how many are new to hear it."""
    people = followers_of(db, product_id=product.id, supplier_id=product.organisation_id)
    return tell(
        db, people, kind="follow", title=f"{product.name}: {words}", body="", path=f"/products/{product.ref}",
        key=f"follow {key}", at=at,
    )  # fmt: skip


def tell_colleague(
    db: Session, project: Project, person_id: UUID, organisation_id: UUID, *, key: str, at: datetime
) -> None:
    """Tell somebody that they are on a project now."""
    tell(
        db, [person_id], kind="project", title=f"You are on the project {project.name}",
        body=f"{project.organisation.name} shares it with you.", path=f"/projects/{project.ref}", key=key, at=at,
        organisation_id=organisation_id,
    )  # fmt: skip


def tell_asked(db: Session, project: Project, comment: Comment, *, key: str, at: datetime) -> None:
    """Tell somebody that a comment asks them for something."""
    if comment.assigned_to_id is not None:
        tell(
            db, [comment.assigned_to_id], kind="task", title=f"{comment.by.name} asks you in {project.name}",
            body=comment.words[:QUOTED], path=f"/projects/{project.ref}/comments", key=key, at=at,
        )  # fmt: skip


def tell_mentioned(db: Session, project: Project, comment: Comment, *, key: str, at: datetime) -> None:
    """Tell those whose names stand in a comment behind an @, if they can read it."""
    seats = [
        seat for seat in colleagues_of(db, project) if seat.person_id not in (comment.by_id, comment.assigned_to_id)
    ]
    readers = [seat for seat in seats if not comment.is_private or seat.organisation_id == comment.organisation_id]
    named = mentioned(comment.words, {seat.person_id: seat.person.name for seat in readers})
    tell(
        db, named, kind="project", title=f"{comment.by.name} mentions you in {project.name}",
        body=comment.words[:QUOTED], path=f"/projects/{project.ref}/comments", key=f"{key} mention", at=at,
    )  # fmt: skip


def tell_project(db: Session, project: Project, words: str, *, but: UUID | None, key: str, at: datetime) -> None:
    """Tell everybody on a project, but the one who did it, what became of it."""
    _tell_all(db, project, f"{project.name}: {words}", project.state_reason, "project", but=but, key=key, at=at)


def _note_change(
    db: Session, candidate: Candidate, project: Project, look: Look, found: Sequence[Change], *, key: str, at: datetime
) -> None:
    candidate.known = look.standing.plain()
    words = [str(change) for change in found]
    changed = CandidateChanged(
        project_id=project.id, product_id=look.product.id, product_ref=look.product.ref, product_name=look.name,
        changes=words,
    )  # fmt: skip
    record(db, changed, by=CLOCK, at=at)
    title = f"{look.name} changed: {', '.join(change.what.lower() for change in found)}"
    body = f"In {project.name}. {'. '.join(words)}."
    _tell_all(db, project, title, body, "shortlist", but=None, key=f"{key} {candidate.id}", at=at)


def _tell_all(
    db: Session, project: Project, title: str, body: str, kind: str, *, but: UUID | None, key: str, at: datetime
) -> None:
    """One notice for each person on the project, under the organisation that they act for in it."""
    by_organisation: dict[UUID, list[UUID]] = defaultdict(list)
    for person_id, organisation_id in people_to_tell(db, project.id):
        if person_id != but:
            by_organisation[organisation_id].append(person_id)
    for organisation_id, people in by_organisation.items():
        tell(
            db, people, kind=kind, title=title, body=body, path=f"/projects/{project.ref}", key=key, at=at,
            organisation_id=organisation_id,
        )  # fmt: skip
