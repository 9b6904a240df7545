"""Writing a study down and changing it. What was published is corrected with a reason, and what it said is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from marketplace.evidence.events import StudyAdded, StudyChanged, StudyCorrected
from marketplace.evidence.models import Correction, Result, Study
from marketplace.evidence.policies import may_add, may_change
from marketplace.evidence.queries.content import DESCRIBED, MEASURED, content_of
from marketplace.evidence.rules.content import changed_fields, content_digest
from marketplace.evidence.schemas import LONGEST, MOST_RESULTS, Described, Measured
from marketplace.evidence.states import STUDY
from marketplace.identity.policies import Actor
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_text

OWNERS = "only the people of its owner who write for the catalogue can change a study"
BY_CONTRACT = "what a contract found is not changed by hand"


def add_study(db: Session, product_id: UUID, described: Described, *, by: Actor, at: datetime) -> Study:
    """Begin a study of a product that the caller has found to be the actor's own. Raises NotAllowed."""
    if not may_add(by) or by.organisation_id is None:
        raise NotAllowed("a study is added by those who write for the supplier", "Ask a manager for the role.")
    study = new_study(described, product_id=product_id, owner_id=by.organisation_id, by=by, at=at)
    study.is_demonstration = by.is_demonstration
    db.add(study)
    db.flush()
    added = StudyAdded(
        study_id=study.id, product_id=product_id, organisation_id=study.organisation_id, title=study.title
    )
    record(db, added, by=by, at=at)
    return study


def change_study(
    db: Session, study: Study, described: Described, *, reason: str = "", expected: int | None = None, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Write a study anew, all but its results. `expected` is the version that the form showed.

    Raises NotAllowed, Conflict, and Invalid where it is published and no reason is given.
    """
    why, before = _begin(study, reason, expected, by=by)
    for name in DESCRIBED:
        setattr(study, name, getattr(described, name))
    note_change(db, study, before, why, by=by, at=at)


def set_results(
    db: Session, study: Study, results: Sequence[Measured], *, reason: str = "", expected: int | None = None,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Put these results in place of those that are there, in this order. Raises as `change_study` does."""
    why, before = _begin(study, reason, expected, by=by)
    refuse_beyond(study, results)
    exchange_results(db, study, results, at=at)
    note_change(db, study, before, why, by=by, at=at)


def new_study(described: Described, *, product_id: UUID, owner_id: UUID, by: Actor, at: datetime) -> Study:
    """A draft with these fields, not yet in the session."""
    return Study(
        id=new_id(at), ref=new_reference("STU"), product_id=product_id, organisation_id=owner_id, state=STUDY.start,
        state_reason="", contract_ref="", created_at=at, touched_at=at, created_by_id=by.person_id, results=[],
        corrections=[], **{name: getattr(described, name) for name in DESCRIBED},
    )  # fmt: skip


def put_results(study: Study, results: Sequence[Measured], *, at: datetime) -> None:
    """Add the results in their order."""
    for position, measured in enumerate(results, start=1):
        values = {name: getattr(measured, name) for name in MEASURED}
        study.results.append(Result(id=new_id(at), position=position, **values))


def exchange_results(db: Session, study: Study, results: Sequence[Measured], *, at: datetime) -> None:
    """Write what is measured again over the row that has it, so that claims go on pointing at it; the rest goes."""
    kept = {_same(result): result for result in reversed(study.results)}
    pairs = [(kept.pop(_same(measured), None), measured) for measured in results]
    for result in list(study.results):
        if all(result is not there for there, _ in pairs):
            study.results.remove(result)
    for place, result in enumerate(study.results, start=1):
        result.position = -place
    db.flush()
    for position, (there, measured) in enumerate(pairs, start=1):
        values = {name: getattr(measured, name) for name in MEASURED}
        if there is None:
            study.results.append(Result(id=new_id(at), position=position, **values))
        else:
            there.position = position
            for name, value in values.items():
                setattr(there, name, value)
    db.flush()
    study.results.sort(key=lambda result: result.position)


def _same(found: Result | Measured) -> tuple[str, ...]:
    """What makes two results the same one, before and after a correction of its numbers."""
    return (found.measure, found.unit, found.effect, found.better, found.at_time, found.subgroup)


def refuse_beyond(study: Study, results: Sequence[Measured]) -> None:
    """Raises Invalid where there are too many results, or a result counts more people than took part."""
    if len(results) > MOST_RESULTS:
        raise Conflict(f"the study has {MOST_RESULTS} results already", "Remove one that matters least.")
    for place, measured in enumerate(results):
        if study.participants is not None and (measured.participants or 0) > study.participants:
            told = f"{measured.participants:,} are more than the {study.participants:,} who took part."
            field = f"results.{place}.participants"
            raise Invalid(f"{measured.measure}: {told}", "Check both numbers.", fields={field: told})


def _begin(study: Study, reason: str, expected: int | None, *, by: Actor) -> tuple[str, dict[str, Any]]:
    """The reason as it is kept, and the study as it is before the change."""
    if study.contract_ref:
        raise NotAllowed(BY_CONTRACT, "Correct the measurements in the contract, or ask an operator to retract it.")
    if not may_change(by, study):
        raise NotAllowed(OWNERS, "Act for its owner.")
    if study.state not in ("draft", "published"):
        raise Conflict(f"cannot change a {study.state} study", "Write a new one down.")
    hold_version(expected, study.row_version)
    why = clean_text(reason, LONGEST["reason"])
    if study.state == "published" and not why:
        told = "Say what was wrong: everybody reads the correction."
        raise Invalid("a published study is changed for a reason", told, fields={"reason": told})
    return why, content_of(study)


def note_change(db: Session, study: Study, before: Mapping[str, Any], why: str, *, by: Actor, at: datetime) -> None:
    """Record what changed; keep how it was, where others had read it."""
    after = content_of(study)
    changed = changed_fields(before, after)
    if not changed:
        return
    study.touched_at = at
    flag_modified(study, "touched_at")
    if study.state == "draft":
        record(db, StudyChanged(study_id=study.id, product_id=study.product_id, changed=changed), by=by, at=at)
    else:
        _keep(db, study, before, changed, why, by=by, at=at)
        corrected = StudyCorrected(
            study_id=study.id, product_id=study.product_id, changed=changed, reason=why, digest=content_digest(after)
        )
        record(db, corrected, by=by, at=at)
    db.flush()


def _keep(
    db: Session, study: Study, before: Mapping[str, Any], changed: list[str], why: str, *, by: Actor, at: datetime
) -> None:
    kept = Correction(
        id=new_id(at), study_id=study.id, number=len(study.corrections) + 1, reason=why, changed=changed,
        before=dict(before), at=at, by_id=by.person_id,
    )  # fmt: skip
    study.corrections.append(kept)
    db.flush()
