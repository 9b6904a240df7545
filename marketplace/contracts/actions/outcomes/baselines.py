"""The baseline: what each organisation found before the product was used, recorded, and locked before go-live.

What a variation adds later has its own: recorded and locked before the variation is signed.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.common import begin_leading, lock_contract, own_party
from marketplace.contracts.actions.outcomes.measuring import ensure_measures
from marketplace.contracts.events.outcomes import BaselineLocked, BaselineRecorded
from marketplace.contracts.models import Contract, Measure, Measurement
from marketplace.contracts.policies.outcomes import may_run
from marketplace.contracts.queries.outcomes.baselines import BEFORE_LIVE, Wanted, wanted_baselines
from marketplace.contracts.queries.outcomes.books import Book, Latest, book_of, latest_of, measures_of, reading_of
from marketplace.contracts.queries.outcomes.results import rounded_of
from marketplace.contracts.rules.given import check_value
from marketplace.contracts.rules.pooling import pool
from marketplace.contracts.rules.terms import plain
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.fields import told
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote


def record_baseline(
    db: Session, contract: Contract, rows: Sequence[Measured], *, by: Actor, at: datetime
) -> list[Measurement]:
    """Write down what the actor's organisation found before go-live, or before a variation adds a measure.

    A value that replaces another needs a reason. Raises NotAllowed; Conflict where no baseline is wanted, as before
    the contract is issued and once it is locked; Invalid by field.
    """
    state = lock_contract(db, contract)
    party = own_party(db, contract, by)
    if party is None or not may_run(by, party):
        raise NotAllowed("this is for the contract manager of an organisation that shares the fee", "Ask them.")
    book = book_of(db, contract)
    wanted = wanted_or_refused(db, book, state, on=day_in_london(at))
    measures = ensure_measures(db, book, wanted.measures, at=at)
    there = latest_of(db, contract.id, list(measures.values()), kind="baseline")
    _check(wanted, there, rows, by)
    written = []
    for row in rows:
        old = there.get(("", row.key, party.organisation_id))
        one = Measurement(
            id=new_id(at), contract_id=contract.id, measure_id=measures[row.key].id, kind="baseline", period="",
            organisation_id=party.organisation_id, turn=old.turn + 1 if old else 1, value=row.value, count=row.count,
            replaces_id=old.id if old else None, reason=row.reason, added_by_id=by.person_id, at=at, source_name="",
            source_digest="",
        )  # fmt: skip
        db.add(one)
        written.append(one)
        said = BaselineRecorded(
            contract_id=contract.id, organisation_id=party.organisation_id, measure=row.key, count=row.count,
            value=plain(Fraction(row.value)) if row.value is not None else "", turn=one.turn, reason=row.reason,
        )  # fmt: skip
        record(db, said, by=by, at=at)
    db.flush()
    return written


def lock_baseline(db: Session, contract: Contract, *, by: Actor, at: datetime) -> list[Measure]:
    """Pool the baselines that are wanted and lock them: from now on nobody changes them. Once, by the lead.

    Raises NotAllowed; Conflict, naming what is missing, or where it is locked already.
    """
    state = begin_leading(db, contract, by=by)
    book = book_of(db, contract)
    wanted = wanted_or_refused(db, book, state, on=day_in_london(at))
    rows = ensure_measures(db, book, wanted.measures, at=at)
    measures = [rows[key] for key in wanted.keys]
    every = latest_of(db, contract.id, list(rows.values()), kind="baseline")
    there = {place: row for place, row in every.items() if place[1] in wanted.keys}
    missing = wanted.missing(there)
    if missing:
        raise Conflict(f"baselines are missing: {'; '.join(missing)}", "Give each, or say why there is none.")
    digest = _digest(there)
    for measure in measures:
        pooled = pool(
            reading_of(row, str(row.organisation_id)) for (_, key, _), row in there.items() if key == measure.key
        )
        if pooled.value is None:
            raise Conflict(f"nobody has a baseline of {measure.label}", "Without one, nothing says what has changed.")
        measure.baseline = rounded_of(pooled.value)
        measure.baseline_n, measure.baseline_digest = pooled.count, digest
        measure.baseline_locked_at, measure.baseline_locked_by_id = at, by.person_id
    locked = BaselineLocked(
        contract_id=contract.id, digest=digest,
        baselines={each.key: f"{each.baseline:f}" for each in measures if each.baseline is not None},
    )  # fmt: skip
    record(db, locked, by=by, at=at)
    db.flush()
    return measures_of(db, contract.id)


def check_baselines(db: Session, contract: Contract, *, on: date) -> None:
    """Raise Conflict while a live contract is put a variation that adds a measure whose baseline is not locked."""
    if contract.state != "live":
        return
    wanted = wanted_baselines(db, book_of(db, contract), on=on)
    if wanted.measures:
        raise Conflict(
            f"no baseline is locked of {wanted.labels}, which variation {wanted.number} adds",
            "Each trust gives what it finds now under Measurements, and the lead locks it. Then the parties sign.",
        )


def wanted_or_refused(db: Session, book: Book, state: str, *, on: date) -> Wanted:
    """What is to be given. Raises Conflict where nothing is: too early, too late, or locked."""
    wanted = wanted_baselines(db, book, on=on)
    if wanted.measures:
        return wanted
    locked = [row.baseline_locked_at for row in book.measures.values() if row.baseline_locked_at is not None]
    if state in BEFORE_LIVE and locked:
        raise Conflict(
            f"the baseline was locked on {in_words(day_in_london(max(locked)))}",
            "It stays as it is. What is wrong with it belongs into a variation of the contract.",
        )
    raise Conflict(
        f"the contract is {state}, and no baseline is wanted",
        "A baseline is given from the issue of the text until go-live; that of a measure which a variation adds, from"
        " its issue until the parties sign it.",
    )


def _check(wanted: Wanted, there: Latest, rows: Sequence[Measured], by: Actor) -> None:
    wrong: dict[str, str] = {}
    measures = {measure.key: measure for measure in wanted.measures}
    for row in rows:
        try:
            if row.key not in measures:
                raise Invalid(
                    f"no baseline of {quote(row.key)} is wanted", f"What is wanted: {', '.join(wanted.keys)}."
                )
            if row.value is not None:
                check_value(measures[row.key], Fraction(row.value), row.count)
            old = there.get(("", row.key, by.organisation_id)) if by.organisation_id else None
            if old is not None and not row.reason:
                raise Invalid(
                    f"a baseline of {measures[row.key].label} was given on {in_words(day_in_london(old.at))}",
                    "It is never edited. Give a reason, and the new value is added and counts instead.",
                )
        except Invalid as refusal:
            wrong[f"value-{row.key}"] = told(refusal)
    if wrong:
        raise Invalid("the baseline does not hold", "Look at what is marked. Nothing was lost.", fields=wrong)


def _digest(there: Latest) -> str:
    """Over every value that was pooled, with whose it is and what it was taken from."""
    facts = sorted(
        [key, str(organisation_id), f"{row.value:f}" if row.value is not None else "", row.count, str(row.id)]
        for (_, key, organisation_id), row in there.items()
    )
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
