"""Bringing studies and results in from files: looked at first, then every entry that is new, or none."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.evidence.actions.writing import add_study, set_results
from marketplace.evidence.models import Study
from marketplace.evidence.policies import may_add, may_change
from marketplace.evidence.queries.content import measured_of
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.rules.duplicates import Known
from marketplace.evidence.schemas.files import (
    RESULTS,
    Brought,
    ResultRow,
    format_of,
    read_references,
    read_result_rows,
    text_of,
)
from marketplace.evidence.schemas.studies import Vocabulary
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.values import Value, replace


class Look(Value):
    """What a file would bring in. One of `entries` and `rows` is empty."""

    kind: str
    digest: str
    entries: tuple[Brought, ...] = ()
    rows: tuple[ResultRow, ...] = ()

    @property
    def faults(self) -> int:
        return sum(bool(each.wrong) for each in _all(self))

    @property
    def new(self) -> int:
        """How many entries hold and are not there yet."""
        fresh = sum(not each.wrong and each.duplicate is None for each in self.entries)
        return fresh + sum(not row.wrong for row in self.rows)


def _all(look: Look) -> list[Brought | ResultRow]:
    return [*look.entries, *look.rows]


def look_at(
    db: Session, product_id: UUID, content: bytes, *, name: str, defaults: Mapping[str, str], known: Vocabulary,
    by: Actor, on: date,
) -> Look:  # fmt: skip
    """What a file would bring to a product that the caller has found to be the actor's own; nothing is written.

    `defaults` are what the file does not say of its studies. Raises NotAllowed, and Invalid for a file as a whole.
    """
    if not may_add(by):
        raise NotAllowed("studies are brought in by those who write for the supplier", "Ask a manager for the role.")
    text, digest = text_of(content), hashlib.sha256(content).hexdigest()
    kind, there = format_of(name, text), studies_of(db, product_id, by=by)
    if kind == RESULTS:
        return Look(kind, digest, rows=_rows(read_result_rows(content, known), there, by))
    counted = [Known(one.ref, one.title, one.doi, one.registration) for one in there]
    return Look(kind, digest, tuple(read_references(text, kind, defaults, known, counted, on=on)))


def import_file(
    db: Session, product_id: UUID, content: bytes, *, name: str, defaults: Mapping[str, str], known: Vocabulary,
    by: Actor, on: date, at: datetime,
) -> list[Study]:  # fmt: skip
    """Write a draft for each entry that is new, or results into the drafts that they name. Raises as `look_at` does,

    and Invalid where any entry does not hold.
    """
    look = look_at(db, product_id, content, name=name, defaults=defaults, known=known, by=by, on=on)
    if look.faults:
        line, wrong = next((each.line, each.wrong) for each in _all(look) if each.wrong)
        told = f"Line {line}: {wrong} Nothing was brought in."
        raise Invalid(f"{look.faults} entries do not hold", told, fields={"file": told})
    if look.rows:
        return _put_results(db, look.rows, studies_of(db, product_id, by=by), by=by, at=at)
    return [_draft(db, product_id, entry, by=by, at=at) for entry in look.entries if entry.duplicate is None]


def _draft(db: Session, product_id: UUID, entry: Brought, *, by: Actor, at: datetime) -> Study:
    assert entry.described is not None
    study = add_study(db, product_id, entry.described, by=by, at=at)
    if entry.results:
        set_results(db, study, entry.results, by=by, at=at)
    return study


def _rows(rows: Sequence[ResultRow], there: Sequence[Study], by: Actor) -> tuple[ResultRow, ...]:
    """Each row with what is wrong with the study that it names."""
    return tuple(row if row.wrong else replace(row, wrong=_why_not(row.study, there, by)) for row in rows)


def _why_not(named: str, there: Sequence[Study], by: Actor) -> str:
    study = _called(named, there)
    if study is None:
        return "No study of this product has this reference, DOI or title."
    if study.state != "draft" or not may_change(by, study):
        return f"{study.ref} is {study.state}: correct it on its own page, with a reason."
    return ""


def _called(named: str, there: Sequence[Study]) -> Study | None:
    plain = named.casefold()
    return next((one for one in there if plain in (one.ref.casefold(), one.doi.casefold(), one.title.casefold())), None)


def _put_results(
    db: Session, rows: Sequence[ResultRow], there: Sequence[Study], *, by: Actor, at: datetime
) -> list[Study]:
    """The results after those that each study has already."""
    found = {study.id: (study, [measured_of(result) for result in study.results]) for study in there}
    touched = []
    for row in rows:
        study = _called(row.study, there)
        assert study is not None
        assert row.measured is not None
        found[study.id][1].append(row.measured)
        touched.append(study)
    changed = list(dict.fromkeys(touched))
    for study in changed:
        set_results(db, study, found[study.id][1], by=by, at=at)
    return changed
